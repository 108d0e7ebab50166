//! What goes on behind a server: shops that lag are brought up to date, deleted ones erased when they are due, and
//! what has expired is removed. Any number of instances may do so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rocket::tokio::runtime;

use crate::config::{OnBoot, Settings};
use crate::identity;
use crate::tenancy::{FleetOptions, Tenancy};

use super::BootError;
use super::stop::Stop;

/// How often the house is kept. What it waits for takes days.
const PAUSE: Duration = Duration::from_hours(1);
/// How often a thread that waits looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(250);

/// The threads behind a server.
pub(super) struct Background {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Background {
    /// Starts what the configuration asks for. With `wait`, it returns when the fleet is up to date.
    pub(super) fn start(settings: &Settings, tenancy: &Tenancy, stop: &Stop) -> Result<Self, BootError> {
        let options = FleetOptions { workers: settings.workers() as usize, ..FleetOptions::default() };
        if settings.migrations_on_boot == OnBoot::Wait {
            migrate_now(tenancy, &options, stop)?;
        }
        let mut background = Self { over: Arc::default(), threads: Vec::new() };
        if settings.migrations_on_boot != OnBoot::Off {
            let engine = tenancy.clone();
            background
                .spawn("keeper", stop, move |stopped| engine.supervise_migrations(&options, stopped))?;
        }
        let (engine, runtime) =
            (tenancy.clone(), runtime::Builder::new_current_thread().enable_all().build()?);
        background.spawn("housekeeper", stop, move |stopped| {
            now_and_then(stopped, || {
                erase(&engine, stopped);
                tidy(&engine, &runtime, stopped);
            });
        })?;
        Ok(background)
    }

    fn spawn(
        &mut self,
        name: &str,
        stop: &Stop,
        work: impl FnOnce(&(dyn Fn() -> bool + Sync)) + Send + 'static,
    ) -> Result<(), BootError> {
        let (stop, over) = (stop.clone(), Arc::clone(&self.over));
        let stopped = move || stop.is_asked() || over.load(Ordering::SeqCst);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || work(&stopped))?;
        self.threads.push(thread);
        Ok(())
    }

    /// Waits until the shops in hand are done.
    pub(super) fn end(self) {
        self.over.store(true, Ordering::SeqCst);
        for thread in self.threads {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(thread = name, "a thread behind the server had panicked");
            }
        }
    }
}

fn migrate_now(tenancy: &Tenancy, options: &FleetOptions, stop: &Stop) -> Result<(), BootError> {
    let report = tenancy.migrate_fleet(options, &|| stop.is_asked(), &|_| {})?;
    if !report.is_empty() {
        tracing::info!(migrated = report.migrated, failed = report.failed.len(), "shops brought up to date");
    }
    Ok(())
}

/// Works at once and after each pause, until told to stop.
fn now_and_then(stopped: &dyn Fn() -> bool, work: impl Fn()) {
    while !stopped() {
        work();
        let next = Instant::now() + PAUSE;
        while !stopped() && Instant::now() < next {
            thread::sleep(LOOK);
        }
    }
}

fn erase(tenancy: &Tenancy, stopped: &dyn Fn() -> bool) {
    if let Err(error) = tenancy.erase_due(stopped) {
        tracing::warn!(%error, "shops that are due to be erased were not looked for; it will be tried again");
    }
}

fn tidy(tenancy: &Tenancy, runtime: &runtime::Runtime, stopped: &dyn Fn() -> bool) {
    if let Err(error) = runtime.block_on(identity::tidy(tenancy, stopped)) {
        tracing::warn!(%error, "what has expired could not be removed; it will be tried again");
    }
}
