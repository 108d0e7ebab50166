//! Latency at half of the top rate: requests are sent at fixed times, whether or not the earlier ones are answered.
//!
//! The time of a request counts from when it was due, so that waiting for a free client counts as waiting for the server.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{Outcome, RunningBinary, ms};
use crate::pgbench::PgbenchRun;
use crate::requests::{CLIENTS, median};
use crate::seed::{FIRST_PRODUCT, ID, PRODUCTS, Shops};

/// The target for the 99th percentile, as a multiple of the median.
const TARGET: f64 = 3.0;

/// Sends `rate` requests a second, each for a product of a random shop, for `seconds` in each of `rounds`, in turn with
/// pgbench, which sends as many transactions to one shop. The result is the median of the rounds.
pub fn measure(
    shops: &Shops<'_>,
    binary: &RunningBinary,
    bare: &PgbenchRun<'_>,
    rate: f64,
    rounds: usize,
) -> Outcome<Value> {
    let (mut times, mut bare_times) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        times.push(round(shops, binary, rate, bare.seconds)?);
        bare_times.push(bare.run_at(rate, shops)?.durations);
    }
    let (p50, p99) = (at(50, &times), at(99, &times));
    let (bare_p50, bare_p99) = (at(50, &bare_times), at(99, &bare_times));
    println!(
        "{:<48} {:>8.1} of the median, to be at most {TARGET}: p50 {p50:.1} ms, p99 {p99:.1} ms at {rate:.0}/s",
        "p99 at half of the top rate",
        p99 / p50,
    );
    println!(
        "{:<48} {:>8.1} of the median: p50 {bare_p50:.1} ms, p99 {bare_p99:.1} ms",
        "pgbench's at the same rate, one shop",
        bare_p99 / bare_p50,
    );
    Ok(json!({
        "row": "latency", "rate": rate, "p50_ms": p50, "p99_ms": p99, "ratio": p99 / p50, "target": TARGET,
        "pgbench_p50_ms": bare_p50, "pgbench_p99_ms": bare_p99,
    }))
}

/// A percentile in milliseconds: the median of those of the rounds.
pub fn at(hundredths: usize, rounds: &[Vec<Duration>]) -> f64 {
    let of_round =
        |times: &Vec<Duration>| ms(times.get(times.len() * hundredths / 100).copied().unwrap_or_default());
    median(rounds.iter().map(of_round).collect())
}

/// The duration of each request, sorted.
fn round(shops: &Shops<'_>, binary: &RunningBinary, rate: f64, seconds: usize) -> Outcome<Vec<Duration>> {
    let tokens = shops.tokens(shops.count())?;
    let tokens: Vec<&str> = tokens.lines().collect();
    let interval = Duration::from_secs_f64(1.0 / rate);
    let start = Instant::now() + Duration::from_millis(100);
    let end = start + Duration::from_secs(seconds as u64);
    let client = |first: u32| -> Result<Vec<Duration>, String> {
        let agent = ureq::Agent::new_with_defaults();
        let mut times = Vec::new();
        for turn in (first..).step_by(CLIENTS) {
            let due = start + interval * turn;
            if due >= end {
                break;
            }
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let chosen = pseudo_random(turn);
            let url = binary.url(&format!("/products/{ID}{}", FIRST_PRODUCT + chosen % PRODUCTS));
            let token = tokens[chosen % tokens.len()];
            let response = agent.get(&url).header("Authorization", format!("Bearer {token}")).call();
            let body = response.and_then(|mut response| response.body_mut().read_to_string());
            body.map_err(|error| error.to_string())?;
            times.push(due.elapsed());
        }
        Ok(times)
    };
    std::thread::scope(|scope| {
        #[expect(clippy::cast_possible_truncation, reason = "few clients")]
        let clients: Vec<_> = (0..CLIENTS as u32).map(|first| scope.spawn(move || client(first))).collect();
        let mut times = Vec::new();
        for client in clients {
            times.extend(client.join().map_err(|_| "a client panicked")??);
        }
        times.sort_unstable();
        Ok(times)
    })
}

/// A number that looks random but is the same in each run, by multiplicative hashing.
fn pseudo_random(turn: u32) -> usize {
    (turn.wrapping_mul(2_654_435_769) >> 8) as usize
}
