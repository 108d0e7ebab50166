//! Background work of a server: outdated shops are migrated, deleted shops are erased when they are due, what is
//! due in the shops is ended, servers of Citus are asked whether they answer and how full they are, messages are sent, and expired rows are
//! removed. Any number of instances may do this at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rocket::tokio::runtime;

use crate::config::{OnBoot, Settings};
use crate::identity;
use crate::mail::{self, Post};
use crate::tenancy::{FleetOptions, Tenancy};

use super::BootError;
use super::stop::Stop;

/// How often the clean-up runs. What it removes expires after days.
const PAUSE: Duration = Duration::from_hours(1);
/// How often a waiting thread checks whether it must stop.
const STOP_CHECK: Duration = Duration::from_millis(250);

/// The background threads of a server.
pub(super) struct Background {
    stopping: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Background {
    /// Starts the configured work. With [`OnBoot::Wait`], it migrates all shops before it returns.
    pub(super) fn start(
        settings: &Settings,
        tenancy: &Tenancy,
        post: Post,
        stop: &Stop,
    ) -> Result<Self, BootError> {
        let options = FleetOptions { workers: settings.workers() as usize, ..FleetOptions::default() };
        if settings.migrations_on_boot == OnBoot::Wait {
            migrate_now(tenancy, &options, stop)?;
        }
        let mut background = Self { stopping: Arc::default(), threads: Vec::new() };
        if settings.migrations_on_boot != OnBoot::Off {
            let engine = tenancy.clone();
            background
                .spawn("supervisor", stop, move |stopped| engine.supervise_migrations(&options, stopped))?;
        }
        let engine = tenancy.clone();
        background.spawn("deadlines", stop, move |stopped| engine.supervise_deadlines(stopped))?;
        let engine = tenancy.clone();
        background.spawn("nodes", stop, move |stopped| engine.supervise_nodes(stopped))?;
        let (engine, runtime) =
            (tenancy.clone(), runtime::Builder::new_current_thread().enable_all().build()?);
        background.spawn("mail", stop, move |stopped| mail::supervise(&engine, post, &runtime, stopped))?;
        let (engine, runtime) =
            (tenancy.clone(), runtime::Builder::new_current_thread().enable_all().build()?);
        let days = settings.audit_days;
        background.spawn("clean-up", stop, move |stopped| {
            repeat(stopped, || {
                erase(&engine, stopped);
                clean_up(&engine, &runtime, stopped);
                expire_audit(&engine, &runtime, days, stopped);
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
        let (stop, stopping) = (stop.clone(), Arc::clone(&self.stopping));
        let stopped = move || stop.is_requested() || stopping.load(Ordering::SeqCst);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || work(&stopped))?;
        self.threads.push(thread);
        Ok(())
    }

    /// Stops the threads, and waits until the shops that they work on are done.
    pub(super) fn end(self) {
        self.stopping.store(true, Ordering::SeqCst);
        for thread in self.threads {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(thread = name, "a background thread has panicked");
            }
        }
    }
}

fn migrate_now(tenancy: &Tenancy, options: &FleetOptions, stop: &Stop) -> Result<(), BootError> {
    let report = tenancy.migrate_fleet(options, &|| stop.is_requested(), &|_| {})?;
    if !report.is_empty() {
        tracing::info!(migrated = report.migrated, failed = report.failed.len(), "shops brought up to date");
    }
    Ok(())
}

/// Runs `work` now, and again after each pause, until it must stop.
fn repeat(stopped: &dyn Fn() -> bool, work: impl Fn()) {
    while !stopped() {
        work();
        let next = Instant::now() + PAUSE;
        while !stopped() && Instant::now() < next {
            thread::sleep(STOP_CHECK);
        }
    }
}

fn erase(tenancy: &Tenancy, stopped: &dyn Fn() -> bool) {
    if let Err(error) = tenancy.erase_due(stopped) {
        tracing::warn!(%error, "deleted shops could not be erased; the next run tries again");
    }
}

fn clean_up(tenancy: &Tenancy, runtime: &runtime::Runtime, stopped: &dyn Fn() -> bool) {
    if let Err(error) = runtime.block_on(identity::clean_up(tenancy, stopped)) {
        tracing::warn!(%error, "expired rows could not be removed; the next run tries again");
    }
}

fn expire_audit(tenancy: &Tenancy, runtime: &runtime::Runtime, days: u32, stopped: &dyn Fn() -> bool) {
    if let Err(error) = runtime.block_on(identity::expire_audit(tenancy, days, stopped)) {
        tracing::warn!(%error, "old events of the audit trail could not be removed; the next run tries again");
    }
}
