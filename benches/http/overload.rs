//! Overload: far more clients than database connections.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::{Outcome, RunningBinary};
use crate::options::Options;
use crate::requests::{CLIENTS, Choice, RequestKind};
use crate::seed::{DATABASE, Shops};
use crate::wrk::WrkRun;

const MANY: usize = 2_000;
const SECONDS: usize = 30;
/// The least rate of responses with 200 that is acceptable, as a part of the top rate.
const LEAST: f64 = 0.8;

/// Measures the top rate, then sends too many requests, and reports the responses.
pub fn measure(shops: &Shops<'_>, options: &Options, dir: &Path) -> Outcome<Value> {
    enough_files()?;
    let binary = RunningBinary::start(shops.server, DATABASE, &[("SHOPHOUSE_POOL_SIZE", "8")])?;
    let seconds = options.seconds.unwrap_or(SECONDS);
    let load = |connections, seconds| WrkRun {
        kind: RequestKind::Product,
        choice: Choice::Uniform,
        shops: options.shops,
        connections,
        seconds,
        counted: true,
        dir,
    };
    load(CLIENTS, options.warm.max(1)).run_well(shops, &binary)?;
    let top = load(CLIENTS, seconds.div_ceil(3)).run_well(shops, &binary)?.rate();
    let before = binary.peak_memory()?;
    let result = load(MANY, seconds).run(shops, &binary)?;
    let after = binary.peak_memory()?;
    let (good, busy, all) =
        (result.count("status_200"), result.count("status_503"), result.count("requests"));
    let lost: u64 = ["connect", "read", "write", "timeout"].map(|kind| result.count(kind)).iter().sum();
    let rate = result.rate_of("status_200");
    println!("\n{MANY} clients against a pool of 8 for {seconds} s, {} shops\n", options.shops);
    report(all == good + busy, &format!("responses: {all}, with 200: {good}, with 503: {busy}"));
    report(result.count("without_retry_after") == 0, "each 503 says when to try again");
    report(lost == 0, &format!("lost: {lost}; the slowest response took {:.0} ms", result.latency("max")));
    report(
        rate >= LEAST * top,
        &format!("{rate:.0}/s with 200, {:.2} of the top rate {top:.0}/s", rate / top),
    );
    println!("      memory of the process: {after:.1} MB at the most, {before:.1} MB before");
    let still = load(CLIENTS, 1).run_well(shops, &binary).is_ok();
    report(still, "it serves as before afterwards");
    Ok(json!({
        "row": "overload", "clients": MANY, "seconds": seconds, "answers": all, "with_200": good, "with_503": busy,
        "without_retry_after": result.count("without_retry_after"), "lost": lost, "rate_of_200": rate, "top_rate": top,
        "max_ms": result.latency("max"), "peak_mb": after, "peak_mb_before": before, "serves_afterwards": still,
    }))
}

fn report(holds: bool, what: &str) {
    println!("{}  {what}", if holds { "holds" } else { "FAILS" });
}

/// Each connection needs a file descriptor on either side.
fn enough_files() -> Outcome<()> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or_default();
    let soft = line.split_whitespace().next().unwrap_or_default();
    if soft.parse::<usize>().is_ok_and(|files| files < MANY + 200) {
        return Err(format!("a process may open {soft} files only; ulimit -n {} before", 2 * MANY).into());
    }
    Ok(())
}
