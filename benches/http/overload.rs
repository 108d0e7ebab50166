//! Overload: far more clients than connections, for a while.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::{Outcome, Serving};
use crate::options::Options;
use crate::seed::{DATABASE, Shops};
use crate::work::{CLIENTS, Work};
use crate::wrk::Load;

const MANY: usize = 2_000;
const SECONDS: usize = 30;
/// What the rate of answers with 200 may fall to, of the top rate.
const LEAST: f64 = 0.8;

/// Measures the top rate, then sends what is too much, and says what became of it.
pub fn measure(shops: &Shops<'_>, options: &Options, dir: &Path) -> Outcome<Value> {
    enough_files()?;
    let serving = Serving::start(shops.server, DATABASE, &[("SHOPHOUSE_POOL_SIZE", "8")])?;
    let seconds = options.seconds.unwrap_or(SECONDS);
    let load = |connections, seconds| Load {
        work: Work::Product,
        shops: options.shops,
        connections,
        seconds,
        counted: true,
        dir,
    };
    load(CLIENTS, options.warm.max(1)).run_well(shops, &serving)?;
    let top = load(CLIENTS, seconds.div_ceil(3)).run_well(shops, &serving)?.rate();
    let before = serving.peak_memory()?;
    let found = load(MANY, seconds).run(shops, &serving)?;
    let after = serving.peak_memory()?;
    let (good, busy, all) = (found.count("status_200"), found.count("status_503"), found.count("requests"));
    let lost: u64 = ["connect", "read", "write", "timeout"].map(|kind| found.count(kind)).iter().sum();
    let rate = found.rate_of("status_200");
    println!("\n{MANY} clients against a pool of 8 for {seconds} s, {} shops\n", options.shops);
    say(all == good + busy, &format!("answers: {all}, with 200: {good}, with 503: {busy}"));
    say(found.count("without_retry_after") == 0, "each 503 says when to try again");
    say(lost == 0, &format!("lost: {lost}; the slowest answer took {:.0} ms", found.latency("max")));
    say(rate >= LEAST * top, &format!("{rate:.0}/s with 200, {:.2} of the top rate {top:.0}/s", rate / top));
    println!("      memory of the process: {after:.1} MB at the most, {before:.1} MB before");
    let still = load(CLIENTS, 1).run_well(shops, &serving).is_ok();
    say(still, "it serves as before afterwards");
    Ok(json!({
        "row": "overload", "clients": MANY, "seconds": seconds, "answers": all, "with_200": good, "with_503": busy,
        "without_retry_after": found.count("without_retry_after"), "lost": lost, "rate_of_200": rate, "top_rate": top,
        "max_ms": found.latency("max"), "peak_mb": after, "peak_mb_before": before, "serves_afterwards": still,
    }))
}

fn say(holds: bool, what: &str) {
    println!("{}  {what}", if holds { "holds" } else { "FAILS" });
}

/// A connection is a file on either side.
fn enough_files() -> Outcome<()> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or_default();
    let soft = line.split_whitespace().next().unwrap_or_default();
    if soft.parse::<usize>().is_ok_and(|files| files < MANY + 200) {
        return Err(format!("a process may open {soft} files only; ulimit -n {} before", 2 * MANY).into());
    }
    Ok(())
}
