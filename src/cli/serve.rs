//! `shophouse serve`: bring `public` up to date, then answer requests until told to stop, while the fleet is looked
//! after behind them.

use rocket::Rocket;
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;

use crate::config::Config;

use super::BootError;
use super::background::Background;
use super::boot::{Booted, boot};
use super::stop::Stop;

pub(super) fn run(stop: &Stop) -> Result<(), BootError> {
    let Booted { config, app, private } = boot(Config::load()?, stop)?;
    let background = Background::start(&config.settings, &app.tenancy, stop)?;
    stop.check()?;
    let signals = stop.clone();
    let rocket = crate::server(config.rocket, app).attach(AdHoc::on_liftoff("announce", |rocket| {
        Box::pin(async move {
            let shutdown = rocket.shutdown();
            signals.then(|| shutdown.notify());
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
