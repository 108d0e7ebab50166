//! Requests to the binary, sent by wrk.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{Outcome, RunningBinary};
use crate::requests::{Choice, RequestKind, ZIPF};
use crate::seed::Shops;

/// A run of wrk.
pub struct WrkRun<'a> {
    pub kind: RequestKind,
    /// Shops to choose from.
    pub shops: usize,
    pub choice: Choice,
    pub connections: usize,
    pub seconds: usize,
    /// Whether responses are counted by status, which makes wrk slower.
    pub counted: bool,
    pub dir: &'a Path,
}

/// The result of a run.
pub struct WrkResult {
    fields: HashMap<String, u64>,
}

impl WrkRun<'_> {
    /// Runs wrk. Error responses are not an error here.
    pub fn run(&self, shops: &Shops<'_>, binary: &RunningBinary) -> Outcome<WrkResult> {
        let tokens = self.dir.join("tokens");
        std::fs::write(&tokens, shops.tokens(self.shops)?)?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/http/load.lua");
        let seed = std::time::UNIX_EPOCH.elapsed()?.as_millis() % 1_000_000;
        let mut wrk = Command::new("wrk");
        // As many threads as pgbench, because wrk shares the machine with what is measured.
        wrk.args(["--threads", "2", "--latency", "--timeout", "30s", "--script", script])
            .args(["--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{}s", self.seconds)])
            .arg(binary.origin())
            .env("LOAD_WORK", self.kind.name())
            .env("LOAD_TOKENS", &tokens)
            .env("LOAD_CHOICE", self.choice.name())
            .env("LOAD_ZIPF", ZIPF.to_string())
            .env("LOAD_SEED", seed.to_string());
        if self.counted {
            wrk.env("LOAD_COUNTS", "yes");
        }
        let output = wrk.stderr(Stdio::inherit()).output().map_err(|error| format!("wrk: {error}"))?;
        WrkResult::read(&String::from_utf8(output.stdout)?)
    }

    /// Runs wrk. Every response must be a success.
    pub fn run_well(&self, shops: &Shops<'_>, binary: &RunningBinary) -> Outcome<WrkResult> {
        let found = self.run(shops, binary)?;
        let failed: u64 =
            ["status", "connect", "read", "write", "timeout"].map(|kind| found.count(kind)).iter().sum();
        if failed > 0 {
            return Err(format!("{failed} requests failed: {:?}", found.fields).into());
        }
        Ok(found)
    }
}

impl WrkResult {
    fn read(output: &str) -> Outcome<Self> {
        let line = output.lines().find_map(|line| line.strip_prefix("RESULT "));
        let line = line.ok_or_else(|| format!("wrk has no result: {output}"))?;
        let mut fields = HashMap::new();
        for field in line.split_whitespace() {
            let (name, value) = field.split_once('=').ok_or("a field without a value")?;
            *fields.entry(name.to_owned()).or_default() += value.parse::<u64>()?;
        }
        Ok(Self { fields })
    }

    /// A count; 0 if wrk did not report it.
    pub fn count(&self, name: &str) -> u64 {
        self.fields.get(name).copied().unwrap_or_default()
    }

    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.rate_of("requests")
    }

    /// Responses of one kind a second.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub fn rate_of(&self, kind: &str) -> f64 {
        self.count(kind) as f64 * 1e6 / self.count("duration") as f64
    }

    /// A percentile of latency, in milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub fn latency(&self, percentile: &str) -> f64 {
        self.count(percentile) as f64 / 1e3
    }
}
