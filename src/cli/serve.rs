//! `shophouse serve`: bring `public` up to date, then answer requests until told to stop, while the fleet is looked
//! after behind them.

use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use rocket::Rocket;
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::tokio;

use crate::config::Config;
use crate::http::pieces::BodyPause;

use super::BootError;
use super::background::Background;
use super::boot::{Booted, boot};
use super::housekeeping::keep_house;
use super::stop::Stop;

pub(super) fn run(stop: &Stop) -> Result<(), BootError> {
    let Booted { config, app, private } = boot(Config::load()?, stop)?;
    let background = Background::start(&config.settings, &app.tenancy, stop)?;
    stop.check()?;
    let signals = stop.clone();
    take_many_clients();
    let pause = BodyPause(Duration::from_millis(config.settings.body_pause_ms));
    let rocket =
        crate::server(config.rocket, app).manage(pause).attach(AdHoc::on_liftoff("announce", |rocket| {
            Box::pin(async move {
                let shutdown = rocket.shutdown();
                signals.then(|| shutdown.notify());
                rocket.state().cloned().map(|tenancy| tokio::spawn(keep_house(tenancy)));
                announce(rocket);
            })
        }));
    let ended = rocket::execute(rocket.launch());
    // Requests are over, and what goes on behind them ends between two shops: PostgreSQL may go.
    background.end();
    if let Some(server) = private {
        server.stop()?;
    }
    ended.map(drop).map_err(|error| BootError::Listen(explain(error.kind())))
}

/// Sockets and files that the process may have open at the most: what so many idle clients cost is tens of megabytes.
const MOST_FILES: u64 = 16_384;

/// Many systems allow a process a thousand open files unless it asks for more; clients beyond would wait outside
/// without an answer. Done after the private PostgreSQL was started, which counts for itself.
fn take_many_clients() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
        let wanted = hard.min(MOST_FILES);
        if soft < wanted { setrlimit(Resource::RLIMIT_NOFILE, wanted, hard) } else { Ok(()) }
    });
    if let Err(error) = raised {
        tracing::warn!(%error, "the number of open files, and so of clients, stays as low as it was");
    }
}

/// Says, last of all, where it is and what to try first.
fn announce(rocket: &Rocket<rocket::Orbit>) {
    let config = rocket.config();
    let address = format!("http://{}:{}", config.address, config.port);
    println!("Shophouse is ready at {address} (Ctrl-C stops it). README.md has a tour; try:");
    println!("curl {address}{}/", crate::http::BASE);
}

fn explain(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::Bind(error) => format!(
            "the address cannot be listened on: {error}. Another program has it: stop that one, or choose \
             another port with ROCKET_PORT=8001"
        ),
        other => format!("the server could not run: {other}"),
    }
}
