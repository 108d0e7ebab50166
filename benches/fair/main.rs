//! What abusers cost honest shops: their requests alone, then beside each abuser.
//!
//! `./dev bench fair`, a private PostgreSQL with its default settings and durable commits, the release binary with its
//! default settings. In each round every abuser has a new process of the binary: the honest shops are measured alone, then
//! beside the abuser. The results go to the terminal, and as JSON to `target/bench/fair.json`.
//!
//! | file | subject |
//! |---|---|
//! | `options` | the command line |
//! | `client` | requests and answers as bytes |
//! | `world` | who there is: the honest shops, the abusers' shops, their people |
//! | `setup` | making them, over HTTP |
//! | `honest` | the steady load of the honest shops |
//! | `abusers` | what the abusers send |
//! | `process` | the abusers' process |
//! | `watch` | memory and spool files of the binary |
//! | `round` | one measurement |
//! | `report` | medians and goals |
//! | `plot` | the plot |

#[path = "../common/mod.rs"]
mod common;

mod abusers;
mod client;
mod honest;
mod options;
mod plot;
mod process;
mod report;
mod round;
mod setup;
mod watch;
mod world;

use std::sync::Arc;

use common::{Outcome, Server, machine};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::{Value, json};
use shophouse::database::private::Login;

use abusers::{ABUSERS, Abuser};
use options::Options;
use report::Report;
use round::Rounds;

/// The name of the database.
const DATABASE: &str = "fair";

/// The clients here are a proxy: each request says in `X-Forwarded-For` whose it is.
const ENVIRONMENT: [(&str, &str); 1] = [("SHOPHOUSE_TRUSTED_PROXIES", "127.0.0.1")];

fn main() -> Outcome<()> {
    // Each waiting request has a connection.
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, option, name] = arguments.as_slice()
        && option == process::OPTION
    {
        return process::run(name);
    }
    measure(&Options::read()?)
}

fn measure(options: &Options) -> Outcome<()> {
    let server = Server::start()?;
    server.database(DATABASE)?;
    let machine = machine(&mut server.connect(Login::Admin, DATABASE)?)?;
    println!("{machine}");
    let rounds = Rounds { world: Arc::new(setup::run(&server)?), server: &server, options };
    let wanted: Vec<&Abuser> = ABUSERS.iter().filter(|abuser| options.wants(abuser.name)).collect();
    let reports: Vec<Report> = rounds.run(&wanted)?.into_iter().map(Report::new).collect();
    println!(
        "\n{} rounds, in each {} s alone and {} s beside an abuser; medians of the rounds",
        options.rounds, options.seconds, options.seconds
    );
    reports.iter().for_each(Report::print);
    let results: Vec<Value> = reports.iter().map(Report::json).collect();
    let all = json!({
        "machine": machine, "rounds": options.rounds, "seconds": options.seconds, "load_percent": options.load,
        "results": results,
    });
    if let Some(folder) = options.json.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&options.json, serde_json::to_vec_pretty(&all)?)?;
    println!("\nwritten to {}", options.json.display());
    if options.plot {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/fair.svg");
        std::fs::write(path, plot::svg(&reports, &machine)?)?;
        println!("written to {path}");
    }
    server.stop()
}
