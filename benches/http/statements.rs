//! What the binary sends to PostgreSQL for a request: recorded from the server's log at each run, and compared with the
//! file from which pgbench's script is made.
//!
//! In `statements/*.sql` a line is a message. What differs between requests is a pgbench variable, such as `:shop`.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::json;
use shophouse::database::private::Login;
use shophouse::tenancy::ShopId;

use crate::common::{Outcome, RunningBinary, SECRET, one};
use crate::requests::RequestKind;
use crate::seed::{DATABASE, FIRST_PRODUCT, FIRST_SHOP, FIRST_VARIANT, ID, PRODUCTS, Shops, shop};

/// The shop's last order number before the recorded order: a number that occurs nowhere else in the statements.
const NUMBER: i64 = 4_711_000_000;

/// The indexes of the products in the recorded requests. The first one is read; both are bought.
const CHOSEN: [usize; 2] = [4, PRODUCTS - 3];

/// The file with the statements of a request.
pub fn file(kind: RequestKind) -> PathBuf {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/http/statements");
    PathBuf::from(dir).join(format!("{}.sql", kind.name()))
}

/// Records each kind of request and compares it with its file. A difference is an error, or, with `write`, is written to the
/// file.
pub fn check(shops: &Shops<'_>, kinds: &[RequestKind], write: bool) -> Outcome<()> {
    let mut admin = shops.server.connect(Login::Admin, DATABASE)?;
    let login = one(&mut shops.server.connect(Login::Web, DATABASE)?, "SELECT current_user")?;
    admin.batch_execute(&format!(
        "ALTER ROLE {login} SET log_statement = 'all'; ALTER ROLE {login} SET log_error_verbosity = 'default'"
    ))?;
    let checked = kinds.iter().try_for_each(|kind| {
        // A new process: the setting applies to new connections only.
        let binary = RunningBinary::start(shops.server, DATABASE, &[])?;
        let recorded = record(shops, &binary, *kind)?;
        let path = file(*kind);
        let stored = fs::read_to_string(&path).unwrap_or_default();
        if recorded == stored {
            return Ok(());
        }
        if write {
            println!("written: {}", path.display());
            return Ok(fs::write(&path, recorded)?);
        }
        Err(format!(
            "the binary sends other statements than {} has{}\n\
             If that is intended, rewrite the files: ./dev bench http --write-statements",
            path.display(),
            difference(&stored, &recorded),
        )
        .into())
    });
    admin.batch_execute(&format!(
        "ALTER ROLE {login} RESET log_statement; ALTER ROLE {login} RESET log_error_verbosity"
    ))?;
    checked
}

fn difference(stored: &str, recorded: &str) -> String {
    let (stored, recorded): (Vec<_>, Vec<_>) = (stored.lines().collect(), recorded.lines().collect());
    let removed = stored.iter().filter(|line| !recorded.contains(line)).map(|line| format!("\n- {line}"));
    let added = recorded.iter().filter(|line| !stored.contains(line)).map(|line| format!("\n+ {line}"));
    removed.chain(added).collect()
}

/// The messages of one request, with variables for what differs between requests.
fn record(shops: &Shops<'_>, binary: &RunningBinary, kind: RequestKind) -> Outcome<String> {
    let shop = shop(0)?;
    let mut owner = shops.server.connect(Login::Owner, DATABASE)?;
    owner.batch_execute(&format!("UPDATE {}.counters SET value = {NUMBER}", shop.schema()))?;
    let mut log = File::open(shops.server.log())?;
    log.seek(SeekFrom::End(0))?;
    send_request(shops, binary, kind, shop)?;
    let start = Instant::now();
    let mut text = String::new();
    loop {
        log.read_to_string(&mut text)?;
        if let Some(messages) = transaction_messages(&text, &shop.schema()) {
            let mut variables = Variables::new(shops, kind);
            return Ok(messages.iter().map(|message| variables.insert_into(message) + "\n").collect());
        }
        if start.elapsed() > Duration::from_secs(10) {
            return Err(format!("no complete transaction is in PostgreSQL's log:\n{text}").into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn send_request(shops: &Shops<'_>, binary: &RunningBinary, kind: RequestKind, shop: ShopId) -> Outcome<()> {
    let agent = ureq::Agent::new_with_defaults();
    let tokens = shophouse::http::request::token::Tokens::new(&SECRET.into());
    let token = tokens.sign(shops.caller, Some(shop), None)?;
    let path = match kind {
        RequestKind::Product => format!("/products/{ID}{}", FIRST_PRODUCT + CHOSEN[0]),
        RequestKind::List => "/products?limit=20".to_owned(),
        RequestKind::Storefront => {
            format!("/storefront/shop-{FIRST_SHOP}/products/product-{}", FIRST_PRODUCT + CHOSEN[0])
        }
        RequestKind::Order => {
            let line = |(place, quantity)| json!({ "variant_id": format!("{ID}{}", FIRST_VARIANT + 10 * place), "quantity": quantity });
            let lines = [(CHOSEN[0], 1), (CHOSEN[1], 2)].map(line);
            binary.post(&agent, "/orders", &token, &json!({ "lines": lines }))?;
            return Ok(());
        }
    };
    agent.get(binary.url(&path)).header("Authorization", format!("Bearer {token}")).call()?;
    Ok(())
}

/// The messages of the transaction in this schema, from the log; none until it has ended.
fn transaction_messages(log: &str, schema: &str) -> Option<Vec<String>> {
    // The transactions under way, by process.
    let mut open: HashMap<&str, Vec<String>> = HashMap::new();
    for line in log.lines() {
        // The prefix of a log line is the time, and the process id in brackets.
        let Some((process, entry)) =
            line.split_once(']').and_then(|(head, entry)| Some((head.split_once('[')?.1, entry)))
        else {
            continue;
        };
        if let Some((_, sql)) = entry.split_once("LOG:  statement: ") {
            if sql.starts_with("BEGIN") {
                open.insert(process, Vec::new());
            }
            let Some(messages) = open.get_mut(process) else { continue };
            messages.push(sql.to_owned());
            if sql == "COMMIT" {
                let messages = open.remove(process)?;
                if messages.iter().any(|message| message.contains(schema)) {
                    return Some(messages);
                }
            }
            continue;
        }
        let Some(messages) = open.get_mut(process) else { continue };
        if let Some((_, execute)) = entry.split_once("LOG:  execute ") {
            let sql = execute.split_once(": ")?.1;
            // What tells a shop's prepared statement apart is nothing to the simple protocol.
            messages.push(sql.split(" /* ").next()?.to_owned());
        } else if let Some((_, values)) = entry.split_once("DETAIL:  parameters: ") {
            let message = messages.pop()?;
            messages.push(with_literals(&message, values));
        }
    }
    None
}

/// A statement with its parameters as literals. The last one is replaced first, because `$1` is also the beginning of `$10`.
fn with_literals(sql: &str, values: &str) -> String {
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
        found.push(with_type(&value[..end]));
        rest = &value[end..];
    }
    found
}

/// The end of a quoted literal. A doubled quote does not end it.
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

/// Adds the type to an id and to an array. The binary sends the type of each parameter; of a literal PostgreSQL cannot always
/// infer it.
fn with_type(literal: &str) -> String {
    if is_id(literal.trim_matches('\'')) {
        return format!("{literal}::uuid");
    }
    match literal.strip_prefix("'{").and_then(|list| list.split([',', '}']).next()) {
        Some(first) if is_id(first) => format!("{literal}::uuid[]"),
        Some(first) if first.parse::<i64>().is_ok() => format!("{literal}::bigint[]"),
        _ => literal.to_owned(),
    }
}

/// The values that become pgbench variables.
struct Variables {
    known: Vec<(String, String)>,
    /// The ids that the binary made for this request.
    made: Vec<String>,
}

impl Variables {
    fn new(shops: &Shops<'_>, kind: RequestKind) -> Self {
        let name = |value: String, name: &str| (value, format!(":{name}"));
        let mut known = vec![
            name((FIRST_SHOP).to_string(), "shop"),
            name((FIRST_VARIANT + 10 * CHOSEN[0]).to_string(), "variant1"),
            name((FIRST_VARIANT + 10 * CHOSEN[1]).to_string(), "variant2"),
            name(shops.caller.session.to_string(), "session"),
            name(shops.caller.user.to_string(), "user"),
            name(shops.role.clone(), "role"),
            name(shops.public_role(), "public"),
            name(shops.version.clone(), "version"),
            name((NUMBER + 1).to_string(), "value"),
        ];
        let product = |place: usize| (FIRST_PRODUCT + place).to_string();
        match kind {
            RequestKind::Product | RequestKind::Storefront => {
                known.push(name(product(CHOSEN[0]), "product1"));
            }
            // The request for a list is always the same.
            RequestKind::List => {}
            RequestKind::Order => {
                known.push(name(product(CHOSEN[0]), "product1"));
                known.push(name(product(CHOSEN[1]), "product2"));
            }
        }
        Self { known, made: Vec::new() }
    }

    fn insert_into(&mut self, message: &str) -> String {
        let mut message = message.to_owned();
        for (value, name) in &self.known {
            message = message.replace(value, name);
        }
        let literals: Vec<String> = message.split(['\'', '{', '}', ',']).map(str::to_owned).collect();
        for literal in literals {
            if literal.len() > 19 && is_time(&literal) {
                message = message.replace(&literal, ":now");
            } else if is_id(&literal) && !literal.starts_with(ID) {
                let index = self.made.iter().position(|made| *made == literal);
                let index = index.unwrap_or_else(|| {
                    self.made.push(literal.clone());
                    self.made.len() - 1
                });
                message = message.replace(&literal, &format!("{ID}:made{}", index + 1));
            }
        }
        message
    }
}

/// Whether a text is a UUID as PostgreSQL prints it.
fn is_id(text: &str) -> bool {
    text.len() == ID.len() + 12 && uuid::Uuid::try_parse(text).is_ok()
}

/// Whether a text begins with a time as PostgreSQL prints it.
fn is_time(literal: &str) -> bool {
    let shape = "0000-00-00 00:00:00";
    literal.bytes().zip(shape.bytes()).all(|(byte, shaped)| match shaped {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    })
}
