//! Latency at half of the top rate: requests that leave when it is their time, whether or not the ones before are answered.
//!
//! A request's time counts from when it was due: one that waits for a connection has waited for the server.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{Outcome, Serving, ms};
use crate::seed::{FIRST_PRODUCT, ID, PRODUCTS, Shops};
use crate::work::{CLIENTS, middle};

/// What the 99th percentile may be of the median.
const TARGET: f64 = 5.0;

/// `rate` requests a second for a product of a shop at random, for so long, and so often; the medians of all rounds count.
pub fn measure(
    shops: &Shops<'_>,
    serving: &Serving,
    rate: f64,
    seconds: usize,
    rounds: usize,
) -> Outcome<Value> {
    let times: Vec<Vec<Duration>> =
        (0..rounds).map(|_| round(shops, serving, rate, seconds)).collect::<Outcome<_>>()?;
    let at = |hundredths: usize| {
        let of_round = |times: &Vec<Duration>| {
            ms(times.get(times.len() * hundredths / 100).copied().unwrap_or_default())
        };
        middle(times.iter().map(of_round).collect())
    };
    let (p50, p99) = (at(50), at(99));
    println!(
        "{:<48} {:>8.1} of the median, to be at most {TARGET}: p50 {p50:.1} ms, p99 {p99:.1} ms at {rate:.0}/s",
        "p99 at half of the top rate",
        p99 / p50,
    );
    Ok(
        json!({ "row": "latency", "rate": rate, "p50_ms": p50, "p99_ms": p99, "ratio": p99 / p50, "target": TARGET }),
    )
}

/// How long each request took, the shortest first.
fn round(shops: &Shops<'_>, serving: &Serving, rate: f64, seconds: usize) -> Outcome<Vec<Duration>> {
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
            let chosen = scattered(turn);
            let url = serving.url(&format!("/products/{ID}{}", FIRST_PRODUCT + chosen % PRODUCTS));
            let token = tokens[chosen % tokens.len()];
            let answer = agent.get(&url).header("Authorization", format!("Bearer {token}")).call();
            let body = answer.and_then(|mut answer| answer.body_mut().read_to_string());
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

/// The same choice in each run, with no order in it: numbers spread by a multiplication, as hash tables do.
fn scattered(turn: u32) -> usize {
    (turn.wrapping_mul(2_654_435_769) >> 8) as usize
}
