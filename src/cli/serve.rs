//! `shophouse serve`: bring `public` up to date, then answer requests until told to stop, with a keeper behind
//! that brings the shops up to date.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use rocket::Rocket;
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;

use crate::config::{Config, OnBoot, Settings};
use crate::tenancy::{FleetOptions, Tenancy};

use super::BootError;
use super::boot::{Booted, boot};
use super::stop::Stop;

pub(super) fn run(stop: &Stop) -> Result<(), BootError> {
    let Booted { config, app, private } = boot(Config::load()?, stop)?;
    let keeper = Keeper::start(&config.settings, &app.tenancy, stop)?;
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
    // Requests are over, and the keeper ends between two shops: PostgreSQL may go.
    keeper.end();
    if let Some(server) = private {
        server.stop()?;
    }
    ended.map(drop).map_err(|error| BootError::Listen(explain(error.kind())))
}

/// The thread that brings shops up to date; none when the configuration says so.
struct Keeper {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    fn start(settings: &Settings, tenancy: &Tenancy, stop: &Stop) -> Result<Self, BootError> {
        let over = Arc::new(AtomicBool::new(false));
        let options = FleetOptions { workers: settings.workers() as usize, ..FleetOptions::default() };
        if settings.migrations_on_boot == OnBoot::Off {
            return Ok(Self { over, thread: None });
        }
        if settings.migrations_on_boot == OnBoot::Wait {
            let report = tenancy.migrate_fleet(&options, &|| stop.is_asked(), &|_| {})?;
            if !report.is_empty() {
                tracing::info!(
                    migrated = report.migrated,
                    failed = report.failed.len(),
                    "shops brought up to date"
                );
            }
        }
        let (tenancy, stop, ended) = (tenancy.clone(), stop.clone(), Arc::clone(&over));
        let stopped = move || stop.is_asked() || ended.load(Ordering::SeqCst);
        let thread = thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || tenancy.keep_migrated(&options, &stopped))?;
        Ok(Self { over, thread: Some(thread) })
    }

    /// Waits until the shop in hand is done.
    fn end(self) {
        self.over.store(true, Ordering::SeqCst);
        if self.thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that migrates shops had panicked");
        }
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
