//! The same transactions sent by pgbench, as a measure of what PostgreSQL itself can do on this machine.
//!
//! pgbench uses the simple protocol, with one message per round trip as the binary does. Its other protocols can neither send
//! several statements in a message nor name a schema by a variable, and need one more message for each statement.

use std::path::{Path, PathBuf};
use std::process::Command;

use shophouse::database::private::Login;

use crate::common::Outcome;
use crate::requests::RequestKind;
use crate::seed::{DATABASE, FIRST_PRODUCT, FIRST_SHOP, FIRST_VARIANT, PRODUCTS, Shops};
use crate::statements;

/// A run of pgbench.
pub struct PgbenchRun<'a> {
    pub kind: RequestKind,
    /// Shops to choose from.
    pub shops: usize,
    pub clients: usize,
    /// Seconds of warm-up: its connections are new, and have not loaded the shops' tables yet.
    pub warm: usize,
    pub seconds: usize,
    pub dir: &'a Path,
}

impl PgbenchRun<'_> {
    /// Transactions a second.
    pub fn run(&self, shops: &Shops<'_>) -> Outcome<f64> {
        let script = self.dir.join("pgbench.sql");
        std::fs::write(&script, self.script()?)?;
        let define = |name: &str, value: &str| format!("--define={name}={value}");
        let pgbench =
            std::env::var_os("SHOPHOUSE_PG_BIN").map_or_else(Default::default, PathBuf::from).join("pgbench");
        let output = Command::new(pgbench)
            .args(["--no-vacuum", "--protocol=simple", "--jobs=2", "--progress=1"])
            .arg(format!("--client={}", self.clients))
            .arg(format!("--time={}", self.warm + self.seconds))
            .arg(define("session", &shops.caller.session.to_string()))
            .arg(define("user", &shops.caller.user.to_string()))
            .arg(define("role", &shops.role))
            .arg(define("version", &shops.version))
            // Far ahead: an order that has expired would be work for the binary, which is running.
            .arg(define("now", "2100-01-01 00:00:00+00"))
            .arg("--file")
            .arg(&script)
            .arg(shops.server.url(Login::Web, DATABASE))
            .output()
            .map_err(|error| format!("pgbench: {error}"))?;
        let output_text = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("pgbench: {output_text}").into());
        }
        self.rate(&output_text)
    }

    /// The script: the random choices, then the statements.
    fn script(&self) -> Result<String, String> {
        let path = statements::file(self.kind);
        let statements =
            std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let (shops, half) = (self.shops - 1, PRODUCTS / 2);
        let mut script = format!(
            "\\set shop {FIRST_SHOP} + random(0, {shops})\n\
             \\set place1 random(0, {half} - 1)\n\
             \\set place2 random({half}, {PRODUCTS} - 1)\n\
             \\set product1 {FIRST_PRODUCT} + :place1\n\
             \\set product2 {FIRST_PRODUCT} + :place2\n\
             \\set variant1 {FIRST_VARIANT} + 10 * :place1\n\
             \\set variant2 {FIRST_VARIANT} + 10 * :place2\n"
        );
        let ids = (1..).take_while(|made| statements.contains(&format!(":made{made}'")));
        script.extend(ids.map(|made| format!("\\set made{made} random(100000000000, 999999999999)\n")));
        script.extend(statements.lines().map(|message| {
            // \gset stores the order number that this statement returns.
            let end = if message.starts_with("UPDATE \"counters\"") { " \\gset" } else { ";" };
            format!("{}{end}\n", message.replace("; ", " \\; "))
        }));
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
