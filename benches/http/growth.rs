//! How the cost of a request grows with the number of shops: a table, and a plot in `benches/growth.svg`.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::{Outcome, RunningBinary};
use crate::memory;
use crate::options::Options;
use crate::pgbench::{PgbenchRun, Protocol};
use crate::plot::{Point, svg};
use crate::requests::{CLIENTS, Choice, RequestKind, median};
use crate::seed::{DATABASE, Shops};
use crate::wrk::WrkRun;

/// Measures with each of the numbers of shops, the smallest first.
pub fn measure(shops: &Shops<'_>, options: &Options, machine: &str, dir: &Path) -> Outcome<Vec<Value>> {
    println!("\n   shops   ms a request, binary   pgbench   ratio   a backend, MB");
    let mut points = Vec::new();
    let mut results = Vec::new();
    for count in &options.growth {
        shops.grow_to(*count)?;
        let point = measure_one(shops, *count, options, dir)?;
        let (ratio, memory) =
            (point.pgbench / point.binary, memory::backend(shops, &[RequestKind::Product])?);
        println!("{count:>8} {:>22.3} {:>9.3} {ratio:>7.2} {memory:>13.1}", point.binary, point.pgbench);
        results.push(json!({
            "row": "growth", "shops": count, "ms_per_request": point.binary, "ms_per_transaction": point.pgbench,
            "backend_mb": memory,
        }));
        points.push(point);
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/growth.svg");
    std::fs::write(path, svg(&points, machine)?)?;
    println!("\nwritten to {path}");
    Ok(results)
}

fn measure_one(shops: &Shops<'_>, count: usize, options: &Options, dir: &Path) -> Outcome<Point> {
    let binary = RunningBinary::start(shops.server, DATABASE, &[])?;
    let load = |seconds| WrkRun {
        kind: RequestKind::Product,
        choice: Choice::Uniform,
        shops: count,
        connections: CLIENTS,
        seconds,
        counted: false,
        dir,
    };
    let pgbench = PgbenchRun {
        kind: RequestKind::Product,
        choice: Choice::Uniform,
        shops: count,
        clients: CLIENTS,
        warm: options.warm,
        seconds: options.seconds(),
        dir,
    };
    let (mut rates, mut pgbench_rates) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        load(options.warm.max(1)).run_well(shops, &binary)?;
        rates.push(load(options.seconds()).run_well(shops, &binary)?.rate());
        pgbench_rates.push(pgbench.run(shops, Protocol::Simple)?.rate);
    }
    Ok(Point { shops: count, binary: 1e3 / median(rates), pgbench: 1e3 / median(pgbench_rates) })
}
