//! Requests to the binary, compared with pgbench sending the same transactions to PostgreSQL.
//!
//! `./dev bench http`, a private PostgreSQL with its default settings and durable commits, the release binary, wrk. What is
//! compared is measured in turn, in one run, in several rounds. The table goes to the terminal, and as JSON to
//! `target/bench/http.json`.

#[path = "../common/mod.rs"]
mod common;

mod fixed_rate;
mod growth;
mod memory;
mod options;
mod overload;
mod pgbench;
mod plot;
mod rates;
mod requests;
mod seed;
mod statements;

mod wrk;

use common::{Outcome, Server, machine};
use serde_json::{Value, json};
use shophouse::database::private::Login;

use options::Options;
use requests::RequestKind;
use seed::{DATABASE, Shops};

fn main() -> Outcome<()> {
    let options = Options::read()?;
    let server = Server::start()?;
    let shops = Shops::new(&server)?;
    let machine = machine(&mut server.connect(Login::Admin, DATABASE)?)?;
    println!("{machine}");
    let first = options.growth.first().copied();
    shops.grow_to(first.unwrap_or(options.shops))?;
    statements::check(&shops, &RequestKind::ALL, options.write_statements)?;
    let dir = tempfile::Builder::new().prefix("shophouse-load-").tempdir()?;
    let results: Vec<Value> = if first.is_some() {
        growth::measure(&shops, &options, &machine, dir.path())?
    } else if options.overload {
        vec![overload::measure(&shops, &options, dir.path())?]
    } else {
        rates::measure(&shops, &options, dir.path())?
    };
    let report = json!({ "machine": machine, "shops": shops.count(), "results": results });
    if let Some(folder) = options.json.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&options.json, serde_json::to_vec_pretty(&report)?)?;
    println!("\nwritten to {}", options.json.display());
    drop(shops);
    server.stop()
}
