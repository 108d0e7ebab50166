//! The same transactions sent by pgbench, as a measure of what PostgreSQL itself can do on this machine.
//!
//! By the simple protocol, pgbench sends one message per round trip as the binary does. As the limit of what is possible it also sends
//! them prepared, and all of a transaction at once; what the simple protocol writes into the text is then a parameter.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use shophouse::database::private::Login;

use crate::common::Outcome;
use crate::requests::{Choice, RequestKind, ZIPF};
use crate::seed::{DATABASE, FIRST_PRODUCT, FIRST_SHOP, FIRST_VARIANT, ID, PRODUCTS, Shops, shop};
use crate::statements;

/// How pgbench sends a transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Protocol {
    /// As text, a message after the other.
    Simple,
    /// As prepared statements, all at once. For one shop only: with another search path PostgreSQL analyses a statement anew.
    Prepared,
}

/// A run of pgbench.
pub struct PgbenchRun<'a> {
    pub kind: RequestKind,
    /// Shops to choose from.
    pub shops: usize,
    pub choice: Choice,
    pub clients: usize,
    /// Seconds of warm-up: its connections are new, and have not loaded the shops' tables yet.
    pub warm: usize,
    pub seconds: usize,
    pub dir: &'a Path,
}

/// What a run found after its warm-up.
pub struct PgbenchResult {
    /// Transactions a second.
    pub rate: f64,
    /// How long each transaction took, sorted.
    pub durations: Vec<Duration>,
}

impl PgbenchRun<'_> {
    /// As many transactions as PostgreSQL can do.
    pub fn run(&self, shops: &Shops<'_>, protocol: Protocol) -> Outcome<PgbenchResult> {
        self.result(shops, protocol, &[])
    }

    /// So many are due each second, and a duration is from the moment when its transaction is due.
    pub fn run_at(&self, rate: f64, shops: &Shops<'_>) -> Outcome<PgbenchResult> {
        self.result(shops, Protocol::Simple, &[format!("--rate={rate}")])
    }

    fn result(&self, shops: &Shops<'_>, protocol: Protocol, more: &[String]) -> Outcome<PgbenchResult> {
        let log = self.dir.join("pgbench-log");
        for old in logs(&log)? {
            std::fs::remove_file(old)?;
        }
        let mut options = vec!["--log".to_owned(), format!("--log-prefix={}", log.display())];
        options.extend_from_slice(more);
        let output = self.output(shops, protocol, &options)?;
        Ok(PgbenchResult { rate: self.rate(&output)?, durations: self.durations(&log)? })
    }

    fn durations(&self, log: &Path) -> Outcome<Vec<Duration>> {
        let mut transactions = Vec::new();
        for log in logs(log)? {
            let text = std::fs::read_to_string(log)?;
            transactions.extend(
                text.lines().map(Transaction::read).collect::<Option<Vec<_>>>().ok_or("a log of pgbench")?,
            );
        }
        let first = transactions.iter().map(|it| it.ended).min().unwrap_or_default();
        let begin = first + Duration::from_secs(self.warm as u64);
        let counted = transactions.iter().filter(|it| it.ended >= begin);
        let mut durations: Vec<Duration> = counted.map(|it| it.took).collect();
        durations.sort_unstable();
        Ok(durations)
    }

    /// What pgbench reports.
    fn output(&self, shops: &Shops<'_>, protocol: Protocol, more: &[String]) -> Outcome<String> {
        let script = self.dir.join("pgbench.sql");
        std::fs::write(&script, self.script(protocol)?)?;
        let define = |name: &str, value: &str| format!("--define={name}={value}");
        let pgbench =
            std::env::var_os("SHOPHOUSE_PG_BIN").map_or_else(Default::default, PathBuf::from).join("pgbench");
        // pgbench prepares the statements of a flight before it sends the first, so without the tenant's schema and role.
        let (login, options) = match protocol {
            Protocol::Simple => (Login::Web, String::new()),
            Protocol::Prepared => (Login::Admin, format!("-csearch_path={}", shop(0)?.schema())),
        };
        let output = Command::new(pgbench)
            .args(["--no-vacuum", "--jobs=2", "--progress=1"])
            .arg(if protocol == Protocol::Simple { "--protocol=simple" } else { "--protocol=prepared" })
            .arg(format!("--client={}", self.clients))
            .arg(format!("--time={}", self.warm + self.seconds))
            .arg(define("session", &shops.caller.session.to_string()))
            .arg(define("user", &shops.caller.user.to_string()))
            .arg(define("role", &shops.role))
            .arg(define("public", &shops.public_role()))
            .arg(define("version", &shops.version))
            // Far ahead: an order that has expired would be work for the binary, which is running.
            .arg(define("now", "2100-01-01 00:00:00+00"))
            .args(more)
            .arg("--file")
            .arg(&script)
            .arg(shops.server.url(login, DATABASE))
            .env("PGOPTIONS", options)
            .output()
            .map_err(|error| format!("pgbench: {error}"))?;
        let output_text = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("pgbench: {output_text}").into());
        }
        Ok(output_text.into_owned())
    }

    /// The script: the random choices, then the statements.
    fn script(&self, protocol: Protocol) -> Result<String, String> {
        let path = statements::file(self.kind);
        let statements =
            std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let (last, half) = (self.shops - 1, PRODUCTS / 2);
        let choice = match self.choice {
            Choice::One | Choice::Uniform => format!("random(0, {last})"),
            Choice::Zipf => format!("random_zipfian(0, {last}, {ZIPF})"),
        };
        let mut script = format!(
            "\\set shop {FIRST_SHOP} + {choice}\n\
             \\set place1 random(0, {half} - 1)\n\
             \\set place2 random({half}, {PRODUCTS} - 1)\n\
             \\set product1 {FIRST_PRODUCT} + :place1\n\
             \\set product2 {FIRST_PRODUCT} + :place2\n\
             \\set variant1 {FIRST_VARIANT} + 10 * :place1\n\
             \\set variant2 {FIRST_VARIANT} + 10 * :place2\n"
        );
        let ids = (1..).take_while(|made| statements.contains(&format!(":made{made}")));
        script.extend(ids.map(|made| format!("\\set made{made} random(100000000000, 999999999999)\n")));
        match protocol {
            Protocol::Simple => script.extend(statements.lines().map(simple)),
            Protocol::Prepared => {
                let statements = statements.lines().flat_map(|message| message.split("; ")).map(prepared);
                script.push_str("\\startpipeline\n");
                script.extend(statements);
                script.push_str("\\endpipeline\n");
            }
        }
        Ok(script)
    }

    /// The mean rate of the measured seconds. pgbench reports each second on its own.
    fn rate(&self, output_text: &str) -> Outcome<f64> {
        let mut rates = Vec::new();
        for line in output_text.lines().filter_map(|line| line.strip_prefix("progress: ")) {
            let mut words = line.split_whitespace();
            let rate: f64 = words.nth(2).ok_or("no rate")?.parse()?;
            if !line.contains(" 0 failed") && line.contains("failed") {
                return Err(format!("pgbench: {line}").into());
            }
            rates.push(rate);
        }
        let measured = rates.get(self.warm..).filter(|rates| !rates.is_empty());
        let measured = measured.ok_or_else(|| format!("pgbench reported too few seconds: {output_text}"))?;
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let seconds = measured.len() as f64;
        Ok(measured.iter().sum::<f64>() / seconds)
    }
}

/// A line of the log of transactions.
struct Transaction {
    /// Since 1970.
    ended: Duration,
    took: Duration,
}

impl Transaction {
    /// `client number took_us script ended_s ended_us lag_us`.
    fn read(line: &str) -> Option<Self> {
        let fields: Vec<u64> = line.split(' ').map(|field| field.parse().ok()).collect::<Option<_>>()?;
        let &[_, _, took, _, seconds, micros, ..] = fields.as_slice() else { return None };
        let ended = Duration::from_secs(seconds) + Duration::from_micros(micros);
        Some(Self { ended, took: Duration::from_micros(took) })
    }
}

/// The logs with this prefix, one for each of pgbench's threads.
fn logs(prefix: &Path) -> Outcome<Vec<PathBuf>> {
    let (dir, prefix) = (prefix.parent().ok_or("no directory")?, prefix.to_string_lossy());
    let paths = std::fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>()?;
    paths.retain(|path| path.to_string_lossy().starts_with(&*prefix));
    Ok(paths)
}

/// A message as pgbench sends it by the simple protocol.
fn simple(message: &str) -> String {
    // \gset stores the order number that this statement returns.
    let end = if message.starts_with("UPDATE \"counters\"") { " \\gset" } else { ";" };
    format!("{}{end}\n", message.replace("; ", " \\; "))
}

/// A statement as pgbench prepares it: its variables are parameters, which stand neither inside of literals nor in SET.
fn prepared(statement: &str) -> String {
    let set = statement.strip_prefix("SET LOCAL ").and_then(|set| {
        let (name, value) = set.split_once(" TO ").or_else(|| set.split_once(' '))?;
        let value = value.trim_matches('\'');
        Some(format!("SELECT set_config('{}', '{value}', true)", name.to_lowercase()))
    });
    let statement = set.unwrap_or_else(|| statement.to_owned());
    // Every other part is inside of quotes.
    let parts = statement.split('\'').enumerate().map(|(place, part)| match place % 2 {
        0 => part.to_owned(),
        _ if part.contains(':') => concatenation(part),
        _ => format!("'{part}'"),
    });
    parts.chain([";\n".to_owned()]).collect()
}

/// A literal with variables, as the concatenation of its parts.
fn concatenation(literal: &str) -> String {
    let (first, rest) = literal.split_once(':').unwrap_or((literal, ""));
    let variables = rest.split(':').map(|part| {
        let end = part.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        format!(" || :{name}::text || '{rest}'")
    });
    // A literal takes the type that is wanted; a concatenation is text.
    let is_id = literal.starts_with(ID) || [":session", ":user"].contains(&literal);
    let kind = if is_id { "::uuid" } else { "" };
    format!("('{first}'{}){kind}", variables.collect::<String>())
}
