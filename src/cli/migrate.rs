//! `shophouse migrate`: bring `public` and every shop up to date, and end.

use super::BootError;
use super::boot::{Booted, boot};
use super::stop::Stop;
use crate::tenancy::FleetOptions;

pub(super) fn run(stop: &Stop) -> Result<(), BootError> {
    // Named, so that the private server outlives the work.
    let Booted { config, app, private } = boot(stop)?;
    let options = FleetOptions { workers: config.settings.workers() as usize, ..FleetOptions::default() };
    let report = app.tenancy.migrate_fleet(&options, &|| stop.is_asked(), &|_| {})?;
    println!(
        "version {}: {} shops migrated, {} failed",
        app.tenancy.tenant_version(),
        report.migrated,
        report.failed.len()
    );
    for failure in &report.failed {
        println!("  {}: {}", failure.shop, failure.error);
    }
    if let Some(server) = private {
        server.stop()?;
    }
    if report.is_whole() { Ok(()) } else { Err(BootError::ShopsFailed(report.failed.len())) }
}
