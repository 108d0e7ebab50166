//! The fleet: opening shops, migrating all of them, and booting, compared with sending the same SQL directly.
//!
//! `./dev bench fleet [--shops N]`, a private PostgreSQL with its default settings and durable commits, the release
//! binary. What is compared is measured in turn, in one run. The table goes to the terminal, and as JSON to
//! `target/bench/fleet.json`.

#[path = "../common/mod.rs"]
mod common;

mod boots;
mod build;
mod migrations;
mod openings;
mod raw_sql;

use common::{Outcome, Server, machine, option};
use serde_json::{Value, json};
use shophouse::database::private::Login;

use build::Fleet;

/// The numbers of shops at which the fleet is measured, up to `--shops`.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() -> Outcome<()> {
    let shops = option("--shops")?.unwrap_or(1_000);
    let server = Server::start()?;
    server.database("fleet")?;
    server.database("few")?;
    let machine = machine(&mut server.connect(Login::Admin, "fleet")?)?;
    println!("{machine}; up to {shops} shops\n");
    let few = Fleet::new(&server, "few")?;
    few.grow_to(10)?;
    let fleet = Fleet::new(&server, "fleet")?;
    let mut results: Vec<Value> = Vec::new();
    for size in SIZES.into_iter().filter(|size| *size < shops).chain([shops]) {
        fleet.grow_to(size)?;
        results.push(openings::measure(&fleet, size)?);
        if size >= SIZES[1] || size == shops {
            results.push(migrations::measure(&fleet, size)?);
        }
    }
    results.push(boots::measure(&few, &fleet, shops)?);
    let report = json!({ "machine": machine, "results": results });
    std::fs::create_dir_all("target/bench")?;
    std::fs::write("target/bench/fleet.json", serde_json::to_vec_pretty(&report)?)?;
    println!("\nwritten to target/bench/fleet.json");
    server.stop()
}
