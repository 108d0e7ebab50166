//! Memory: of the binary's process, and of a PostgreSQL backend that has served every shop.

use serde_json::{Value, json};
use shophouse::database::private::Login;

use crate::common::{Outcome, RunningBinary, one};
use crate::seed::{DATABASE, FIRST_PRODUCT, ID, Shops};

/// The target for the process, in megabytes.
const PROCESS: f64 = 40.0;
/// The target for the private memory of a backend, in megabytes.
const BACKEND: f64 = 96.0;
/// How often the backend's memory is read while it serves the shops.
const READINGS: usize = 20;

/// The peak memory of the process during all measurements so far.
pub fn process(binary: &RunningBinary) -> Outcome<Value> {
    let peak = binary.peak_memory()?;
    println!("{:<48} {peak:>8.1} MB, to be at most {PROCESS}", "memory of the process, peak");
    Ok(json!({ "row": "process memory", "peak_mb": peak, "target_mb": PROCESS }))
}

/// The row of the table.
pub fn backend_row(shops: &Shops<'_>) -> Outcome<Value> {
    let peak = backend(shops)?;
    let title = format!("private memory of one backend, {} shops", shops.count());
    println!("{title:<48} {peak:>8.1} MB, to be at most {BACKEND}");
    Ok(json!({ "row": "backend memory", "shops": shops.count(), "peak_mb": peak, "target_mb": BACKEND }))
}

/// Sends one request to each shop through a pool of one connection, and reads the memory of its backend several times,
/// because the binary may replace the connection. Returns the largest private memory, in megabytes.
pub fn backend(shops: &Shops<'_>) -> Outcome<f64> {
    let binary = RunningBinary::start(shops.server, DATABASE, &[("SHOPHOUSE_POOL_SIZE", "1")])?;
    let agent = ureq::Agent::new_with_defaults();
    let tokens = shops.tokens(shops.count())?;
    let url = binary.url(&format!("/products/{ID}{FIRST_PRODUCT}"));
    let mut peak: f64 = 0.0;
    for (number, token) in tokens.lines().enumerate() {
        let mut response = agent.get(&url).header("Authorization", format!("Bearer {token}")).call()?;
        response.body_mut().read_to_string()?;
        if (number + 1).is_multiple_of(shops.count().div_ceil(READINGS)) || number + 1 == shops.count() {
            peak = peak.max(private(shops)?);
        }
    }
    Ok(peak)
}

/// The largest private memory of a backend of the web login now, in megabytes.
fn private(shops: &Shops<'_>) -> Outcome<f64> {
    let mut admin = shops.server.connect(Login::Admin, DATABASE)?;
    let query = "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE usename = 'shophouse_web'";
    let mut most: f64 = 0.0;
    for process in one(&mut admin, query)?.split(' ') {
        // The backend may have ended since the query.
        let Ok(rollup) = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")) else { continue };
        let lines = rollup.lines().filter(|line| line.starts_with("Private_"));
        let kilobytes: f64 =
            lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok()).sum();
        most = most.max(kilobytes / 1024.0);
    }
    if most == 0.0 {
        return Err("no backend's memory could be read".into());
    }
    Ok(most)
}
