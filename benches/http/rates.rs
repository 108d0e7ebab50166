//! The table: requests a second against pgbench's transactions a second, then latency and memory.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Outcome, RunningBinary};
use crate::options::Options;
use crate::pgbench::{PgbenchRun, Protocol};
use crate::requests::{CLIENTS, Choice, ROWS, RequestKind, Row, median};
use crate::seed::{DATABASE, Shops};
use crate::wrk::{WrkResult, WrkRun};
use crate::{fixed_rate, memory};

/// Measures the wanted rows of the table.
pub fn measure(shops: &Shops<'_>, options: &Options, dir: &Path) -> Outcome<Vec<Value>> {
    let binary = RunningBinary::start(shops.server, DATABASE, &[])?;
    println!(
        "\n{} shops, {CLIENTS} clients; medians of {} rounds of {} s\n",
        options.shops,
        options.rounds,
        options.seconds()
    );
    println!(
        "                                   requests/s   pgbench/s   ratio  target    p50 ms   p99 ms   pgbench's   p99/p50  prepared"
    );
    let rows = |writes: bool| {
        let wanted = ROWS
            .iter()
            .filter(move |row| (row.kind == RequestKind::Order) == writes && options.wants(row.name));
        wanted.map(|row| measure_row(row, shops, options, &binary, dir)).collect::<Outcome<Vec<_>>>()
    };
    let mut results = rows(false)?;
    // Before the orders, because PostgreSQL vacuums for minutes after them.
    if options.wants("latency") {
        let random = |result: &&Value| result["row"] == "many";
        let rate = match results.iter().find(random).and_then(|result| result["requests_per_s"].as_f64()) {
            Some(rate) => rate,
            None => top_rate(shops, options, &binary, dir)?,
        };
        let bare = PgbenchRun {
            kind: RequestKind::Product,
            // Of many shops, its rate is below half of ours: each of its connections would read the tables of all.
            shops: 1,
            choice: Choice::One,
            clients: CLIENTS,
            warm: options.warm.min(2),
            seconds: 2 * options.seconds(),
            dir,
        };
        results.push(fixed_rate::measure(shops, &binary, &bare, rate / 2.0, options.rounds)?);
    }
    results.extend(rows(true)?);
    println!();
    if options.wants("memory") {
        results.push(memory::process(&binary)?);
        drop(binary);
        results.extend(memory::backend_rows(shops)?);
    }
    Ok(results)
}

/// One measurement of the rate of the row `many`.
fn top_rate(shops: &Shops<'_>, options: &Options, binary: &RunningBinary, dir: &Path) -> Outcome<f64> {
    let load = |seconds| WrkRun {
        kind: RequestKind::Product,
        choice: Choice::Uniform,
        shops: options.shops,
        connections: CLIENTS,
        seconds,
        counted: false,
        dir,
    };
    load(options.warm.max(1)).run_well(shops, binary)?;
    Ok(load(options.seconds()).run_well(shops, binary)?.rate())
}

fn measure_row(
    row: &Row,
    shops: &Shops<'_>,
    options: &Options,
    binary: &RunningBinary,
    dir: &Path,
) -> Outcome<Value> {
    let Row { kind, choice, .. } = *row;
    let (among, warm) =
        if choice == Choice::One { (1, options.warm.min(2)) } else { (options.shops, options.warm) };
    let load =
        |seconds| WrkRun { kind, shops: among, choice, connections: CLIENTS, seconds, counted: false, dir };
    let bare =
        PgbenchRun { kind, shops: among, choice, clients: CLIENTS, warm, seconds: options.seconds(), dir };
    let mut rounds = Rounds::default();
    for _ in 0..options.rounds {
        if warm > 0 {
            load(warm).run_well(shops, binary)?;
        }
        rounds.ours.push(load(options.seconds()).run_well(shops, binary)?);
        let simple = bare.run(shops, Protocol::Simple)?;
        rounds.bare_rates.push(simple.rate);
        rounds.bare_times.push(simple.durations);
        if choice == Choice::One {
            rounds.limits.push(bare.run(shops, Protocol::Prepared)?.rate);
        }
    }
    Ok(rounds.report(row, among))
}

/// What the rounds of a row measured.
#[derive(Default)]
struct Rounds {
    ours: Vec<WrkResult>,
    bare_rates: Vec<f64>,
    bare_times: Vec<Vec<Duration>>,
    /// The rates of pgbench with prepared statements, for one shop only.
    limits: Vec<f64>,
}

impl Rounds {
    /// Prints the row of the table, and returns it for the file.
    fn report(self, row: &Row, shops: usize) -> Value {
        let of = |figure: &dyn Fn(&WrkResult) -> f64| median(self.ours.iter().map(figure).collect());
        let [p50, p90, p99] = ["p50", "p90", "p99"].map(|name| of(&|result| result.latency(name)));
        let (rate, bare) = (of(&WrkResult::rate), median(self.bare_rates));
        let [bare_p50, bare_p99] = [50, 99].map(|percent| fixed_rate::at(percent, &self.bare_times));
        let limit = (!self.limits.is_empty()).then(|| rate / median(self.limits));
        println!(
            "{:<32} {rate:>12.0} {bare:>11.0} {:>7.2} {:>7.2} {p50:>9.1} {p99:>8.1} {bare_p99:>11.1} {:>9.1} {:>9}",
            row.title,
            rate / bare,
            row.target,
            p99 / p50,
            limit.map_or_else(|| "-".to_owned(), |limit| format!("{limit:.2}")),
        );
        json!({
            "row": row.name, "work": row.title, "shops": shops, "requests_per_s": rate, "pgbench_per_s": bare,
            "ratio": rate / bare, "target": row.target, "ratio_to_prepared": limit, "p50_ms": p50, "p90_ms": p90, "p99_ms": p99,
            "pgbench_p50_ms": bare_p50, "pgbench_p99_ms": bare_p99,
        })
    }
}
