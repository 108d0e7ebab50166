//! One migration of the whole fleet, compared with a loop that sends the same SQL.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shophouse::database::private::Login;
use shophouse::tenancy::FleetOptions;

use crate::build::{Fleet, step, trees};
use crate::common::{Outcome, median, ms, option, peak_memory};
use crate::raw_sql;

const ROUNDS: usize = 3;

pub fn measure(fleet: &Fleet<'_>, shops: usize) -> Outcome<Value> {
    let workers = option("--workers")?.unwrap_or(2 * usize::from(std::thread::available_parallelism()?));
    let options = FleetOptions { workers, ..FleetOptions::default() };
    // The shops that were opened since the last measurement are at an older version.
    fleet.engine(trees(fleet.step())?)?.migrate_fleet(&options, &|| false, &|_| {})?;
    let count = u32::try_from(fleet.count()?)?;
    let mut times: [Vec<Duration>; 2] = Default::default();
    for _ in 0..ROUNDS {
        let engine = fleet.engine(trees(fleet.advance())?)?;
        let start = Instant::now();
        let report = engine.migrate_fleet(&options, &|| false, &|_| {})?;
        times[0].push(start.elapsed() / count);
        if !report.is_complete() {
            return Err(format!("{report:?}").into());
        }
        drop(engine);
        let bare_step = step(fleet.advance())?;
        let mut pg = fleet.server.connect(Login::Owner, fleet.database)?;
        let start = Instant::now();
        raw_sql::migrate(&mut pg, &bare_step)?;
        times[1].push(start.elapsed() / count);
    }
    let [fleet_ms, bare_ms] = times.map(|times| ms(median(times)));
    let memory = peak_memory("self")?;
    println!(
        "{count:>6} shops: migrate, a shop {fleet_ms:>7.2} ms, bare {bare_ms:>7.2} ms, ratio {:.2}; {workers} workers, \
         peak memory {memory:.0} MB",
        fleet_ms / bare_ms
    );
    Ok(json!({
        "work": "migrate", "shops": shops, "ms": fleet_ms, "bare_ms": bare_ms, "ratio": fleet_ms / bare_ms,
        "workers": workers, "peak_memory_mb": memory
    }))
}
