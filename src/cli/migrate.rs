//! `shophouse migrate`: bring `public` and every shop up to date, and end.

use super::BootError;
use super::boot::{Booted, boot};
use super::stop::Stop;

pub(super) fn run(stop: &Stop) -> Result<(), BootError> {
    // Named, so that the private server outlives the work.
    let Booted { app, private, .. } = boot(stop)?;
    let report = app.tenancy.migrate_fleet(|| stop.is_asked())?;
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
    if report.failed.is_empty() { Ok(()) } else { Err(BootError::ShopsFailed(report.failed.len())) }
}
