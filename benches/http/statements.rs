//! What the binary sends to PostgreSQL for a request: recorded from the server's log at each run, and held against the
//! file that pgbench's script is made of.
//!
//! In `statements/*.sql` a line is a message. What differs from request to request is a name there, with pgbench's colon.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::json;
use shophouse::database::private::Login;
use shophouse::tenancy::ShopId;

use crate::common::{Outcome, SECRET, Serving, one};
use crate::seed::{DATABASE, FIRST_PRODUCT, FIRST_SHOP, FIRST_VARIANT, ID, PRODUCTS, Shops, shop};
use crate::work::Work;

/// The shop's last order number while one is placed to be recorded: a number that is nothing else.
const NUMBER: i64 = 4_711_000_000;

/// The product that is asked for, and the variants that are bought, counted from the first product.
const ASKED: [usize; 2] = [4, PRODUCTS - 3];

/// Where the statements of a request are kept.
pub fn file(work: Work) -> PathBuf {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/http/statements");
    PathBuf::from(dir).join(format!("{}.sql", work.name()))
}

/// Records each kind of request; an error when one is not as its file says, or, with `write`, writes the files.
pub fn check(shops: &Shops<'_>, works: &[Work], write: bool) -> Outcome<()> {
    let mut admin = shops.server.connect(Login::Admin, DATABASE)?;
    let login = one(&mut shops.server.connect(Login::Web, DATABASE)?, "SELECT current_user")?;
    admin.batch_execute(&format!(
        "ALTER ROLE {login} SET log_statement = 'all'; ALTER ROLE {login} SET log_error_verbosity = 'default'"
    ))?;
    let checked = works.iter().try_for_each(|work| {
        // New, so that its connections are to be logged.
        let serving = Serving::start(shops.server, DATABASE, &[])?;
        let recorded = record(shops, &serving, *work)?;
        let path = file(*work);
        let kept = fs::read_to_string(&path).unwrap_or_default();
        if recorded == kept {
            return Ok(());
        }
        if write {
            println!("written: {}", path.display());
            return Ok(fs::write(&path, recorded)?);
        }
        Err(format!(
            "the binary sends other statements than {} has{}\n\
             Look whether that is meant; then write them anew: ./dev bench http --write-statements",
            path.display(),
            difference(&kept, &recorded),
        )
        .into())
    });
    admin.batch_execute(&format!(
        "ALTER ROLE {login} RESET log_statement; ALTER ROLE {login} RESET log_error_verbosity"
    ))?;
    checked
}

fn difference(kept: &str, recorded: &str) -> String {
    let (kept, recorded): (Vec<_>, Vec<_>) = (kept.lines().collect(), recorded.lines().collect());
    let gone = kept.iter().filter(|line| !recorded.contains(line)).map(|line| format!("\n- {line}"));
    let come = recorded.iter().filter(|line| !kept.contains(line)).map(|line| format!("\n+ {line}"));
    gone.chain(come).collect()
}

/// The messages of one request, with names for what differs.
fn record(shops: &Shops<'_>, serving: &Serving, work: Work) -> Outcome<String> {
    let shop = shop(0)?;
    let mut owner = shops.server.connect(Login::Owner, DATABASE)?;
    owner.batch_execute(&format!("UPDATE {}.counters SET value = {NUMBER}", shop.schema()))?;
    let mut log = File::open(shops.server.log())?;
    log.seek(SeekFrom::End(0))?;
    ask(shops, serving, work, shop)?;
    let patience = Instant::now();
    let mut text = String::new();
    loop {
        log.read_to_string(&mut text)?;
        if let Some(messages) = of_transaction(&text, &shop.schema()) {
            let mut names = Names::new(shops, work);
            return Ok(messages.iter().map(|message| names.put_into(message) + "\n").collect());
        }
        if patience.elapsed() > Duration::from_secs(10) {
            return Err(format!("no whole transaction is in PostgreSQL's log:\n{text}").into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn ask(shops: &Shops<'_>, serving: &Serving, work: Work, shop: ShopId) -> Outcome<()> {
    let agent = ureq::Agent::new_with_defaults();
    let tokens = shophouse::http::request::token::Tokens::new(&SECRET.into());
    let token = tokens.sign(shops.caller, Some(shop))?;
    let path = match work {
        Work::Product => format!("/products/{ID}{}", FIRST_PRODUCT + ASKED[0]),
        Work::List => "/products?limit=20".to_owned(),
        Work::Order => {
            let line = |(place, quantity)| json!({ "variant_id": format!("{ID}{}", FIRST_VARIANT + 10 * place), "quantity": quantity });
            let lines = [(ASKED[0], 1), (ASKED[1], 2)].map(line);
            serving.post(&agent, "/orders", &token, &json!({ "lines": lines }))?;
            return Ok(());
        }
    };
    agent.get(serving.url(&path)).header("Authorization", format!("Bearer {token}")).call()?;
    Ok(())
}

/// The messages of the transaction in this schema, as the log has them; none while it has not ended.
fn of_transaction(log: &str, schema: &str) -> Option<Vec<String>> {
    let mut messages: Vec<String> = Vec::new();
    let mut process = None;
    for line in log.lines() {
        // As the log's prefix has it: the time, and the process in brackets.
        let Some((from, said)) =
            line.split_once(']').and_then(|(head, said)| Some((head.split_once('[')?.1, said)))
        else {
            continue;
        };
        if let Some((_, sql)) = said.split_once("LOG:  statement: ") {
            if process.is_none() && sql.starts_with("BEGIN") && sql.contains(schema) {
                process = Some(from.to_owned());
            }
            if process.as_deref() == Some(from) {
                messages.push(sql.to_owned());
                if sql == "COMMIT" {
                    return Some(messages);
                }
            }
        } else if process.as_deref() != Some(from) {
        } else if let Some((_, sql)) = said.split_once("LOG:  execute <unnamed>: ") {
            messages.push(sql.to_owned());
        } else if let Some((_, values)) = said.split_once("DETAIL:  parameters: ") {
            let message = messages.pop()?;
            messages.push(bound(&message, values));
        }
    }
    None
}

/// A statement with its parameters written out. The last come first: `$1` begins `$10` too.
fn bound(sql: &str, values: &str) -> String {
    let mut values: Vec<String> = parameters(values);
    let mut sql = sql.to_owned();
    while let Some(value) = values.pop() {
        sql = sql.replace(&format!("${}", values.len() + 1), &value);
    }
    sql
}

/// `$1 = 'a', $2 = NULL` as literals.
fn parameters(values: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = values;
    while let Some((_, value)) = rest.split_once(" = ") {
        let end = if value.starts_with('\'') {
            end_of_literal(value)
        } else {
            value.find(", ").unwrap_or(value.len())
        };
        found.push(typed(&value[..end]));
        rest = &value[end..];
    }
    found
}

/// Behind the quote that ends the literal; a doubled one does not.
fn end_of_literal(value: &str) -> usize {
    let mut end = 1;
    while let Some(quote) = value[end..].find('\'') {
        end += quote + 1;
        if !value[end..].starts_with('\'') {
            return end;
        }
        end += 1;
    }
    value.len()
}

/// The binary names the type of each parameter; of an array PostgreSQL cannot always find it out.
fn typed(literal: &str) -> String {
    match literal.strip_prefix("'{").and_then(|list| list.split([',', '}']).next()) {
        Some(first) if is_id(first) => format!("{literal}::uuid[]"),
        Some(first) if first.parse::<i64>().is_ok() => format!("{literal}::bigint[]"),
        _ => literal.to_owned(),
    }
}

/// What has which name.
struct Names {
    known: Vec<(String, String)>,
    /// Ids made for this request.
    made: Vec<String>,
}

impl Names {
    fn new(shops: &Shops<'_>, work: Work) -> Self {
        let name = |value: String, name: &str| (value, format!(":{name}"));
        let mut known = vec![
            name((FIRST_SHOP).to_string(), "shop"),
            name((FIRST_VARIANT + 10 * ASKED[0]).to_string(), "variant1"),
            name((FIRST_VARIANT + 10 * ASKED[1]).to_string(), "variant2"),
            name(shops.caller.session.to_string(), "session"),
            name(shops.caller.user.to_string(), "user"),
            name(shops.role.clone(), "role"),
            name(shops.version.clone(), "version"),
            name((NUMBER + 1).to_string(), "value"),
        ];
        let product = |place: usize| (FIRST_PRODUCT + place).to_string();
        match work {
            Work::Product => known.push(name(product(ASKED[0]), "product1")),
            // The same ones each time.
            Work::List => {}
            Work::Order => {
                known.push(name(product(ASKED[0]), "product1"));
                known.push(name(product(ASKED[1]), "product2"));
            }
        }
        Self { known, made: Vec::new() }
    }

    fn put_into(&mut self, message: &str) -> String {
        let mut message = message.to_owned();
        for (value, name) in &self.known {
            message = message.replace(value, name);
        }
        let literals: Vec<String> = message.split(['\'', '{', '}', ',']).map(str::to_owned).collect();
        for literal in literals {
            if literal.len() > 19 && is_time(&literal) {
                message = message.replace(&literal, ":now");
            } else if is_id(&literal) && !literal.starts_with(ID) {
                let place = self.made.iter().position(|made| *made == literal);
                let place = place.unwrap_or_else(|| {
                    self.made.push(literal.clone());
                    self.made.len() - 1
                });
                message = message.replace(&literal, &format!("{ID}:made{}", place + 1));
            }
        }
        message
    }
}

/// Whether it is an id as PostgreSQL writes one.
fn is_id(text: &str) -> bool {
    text.len() == ID.len() + 12 && uuid::Uuid::try_parse(text).is_ok()
}

/// Whether it is a time as PostgreSQL writes one.
fn is_time(literal: &str) -> bool {
    let shape = "0000-00-00 00:00:00";
    literal.bytes().zip(shape.bytes()).all(|(byte, shaped)| match shaped {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    })
}
