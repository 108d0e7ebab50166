//! The same transactions from pgbench: the least that PostgreSQL needs for them on this machine.
//!
//! By the simple protocol, one message a round trip as the binary sends them: pgbench's other protocols can neither send
//! several statements in a message nor name a schema by a variable, and need a message more for each statement.

use std::path::{Path, PathBuf};
use std::process::Command;

use shophouse::database::private::Login;

use crate::common::Outcome;
use crate::seed::{DATABASE, FIRST_PRODUCT, FIRST_SHOP, FIRST_VARIANT, PRODUCTS, Shops};
use crate::statements;
use crate::work::Work;

/// A run of pgbench.
pub struct Bare<'a> {
    pub work: Work,
    /// Shops to choose from.
    pub shops: usize,
    pub clients: usize,
    /// Seconds before the measured ones: its connections are new, and know no shop's tables yet.
    pub warm: usize,
    pub seconds: usize,
    pub dir: &'a Path,
}

impl Bare<'_> {
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
            .arg(define("now", "2026-11-01 00:00:00+00"))
            .arg("--file")
            .arg(&script)
            .arg(shops.server.url(Login::Web, DATABASE))
            .output()
            .map_err(|error| format!("pgbench: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("pgbench: {said}").into());
        }
        self.rate(&said)
    }

    /// The statements, after the choice of what differs.
    fn script(&self) -> Result<String, String> {
        let path = statements::file(self.work);
        let kept = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
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
        let ids = (1..).take_while(|made| kept.contains(&format!(":made{made}'")));
        script.extend(ids.map(|made| format!("\\set made{made} random(100000000000, 999999999999)\n")));
        script.extend(kept.lines().map(|message| {
            // The number of an order is taken from the answer.
            let end = if message.starts_with("UPDATE \"counters\"") { " \\gset" } else { ";" };
            format!("{}{end}\n", message.replace("; ", " \\; "))
        }));
        Ok(script)
    }

    /// The mean of the measured seconds, of which it reports one by one.
    fn rate(&self, said: &str) -> Outcome<f64> {
        let mut rates = Vec::new();
        for line in said.lines().filter_map(|line| line.strip_prefix("progress: ")) {
            let mut words = line.split_whitespace();
            let rate: f64 = words.nth(2).ok_or("no rate")?.parse()?;
            if !line.contains(" 0 failed") && line.contains("failed") {
                return Err(format!("pgbench: {line}").into());
            }
            rates.push(rate);
        }
        let measured = rates.get(self.warm..).filter(|rates| !rates.is_empty());
        let measured = measured.ok_or_else(|| format!("pgbench reported too few seconds: {said}"))?;
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let seconds = measured.len() as f64;
        Ok(measured.iter().sum::<f64>() / seconds)
    }
}
