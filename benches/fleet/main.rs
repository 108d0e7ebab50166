//! The fleet: opening shops, migrating all of them, and booting, held against the same statements sent bare.
//!
//! `./dev bench fleet [--shops N]`, a private PostgreSQL with its default settings and durable commits, the release
//! binary. Everything that is compared is measured in turn, in one run. The table goes to the terminal, and as JSON to
//! `target/bench/fleet.json`.

#[path = "../common/mod.rs"]
mod common;

mod bare;
mod boots;
mod build;
mod migrations;
mod openings;

use common::{Outcome, Server, machine, option};
use serde_json::{Value, json};
use shophouse::database::private::Login;

use build::Fleet;

/// Where fleets are looked at, as far as they grow.
const MARKS: [usize; 3] = [100, 1_000, 10_000];

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
    for mark in MARKS.into_iter().filter(|mark| *mark < shops).chain([shops]) {
        fleet.grow_to(mark)?;
        results.push(openings::measure(&fleet, mark)?);
        if mark >= MARKS[1] || mark == shops {
            results.push(migrations::measure(&fleet, mark)?);
        }
    }
    results.push(boots::measure(&few, &fleet, shops)?);
    let report = json!({ "machine": machine, "results": results });
    std::fs::create_dir_all("target/bench")?;
    std::fs::write("target/bench/fleet.json", serde_json::to_vec_pretty(&report)?)?;
    println!("\nwritten to target/bench/fleet.json");
    server.stop()
}
