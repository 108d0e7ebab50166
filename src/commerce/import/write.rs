//! Writing a file that was checked: whole in one transaction, or one batch in a transaction.

use crate::commerce::products::count::{self, Growth};
use crate::commerce::products::variants;
use crate::tenancy::TenantConn;

use super::batch::{Batch, Outcome, read_ahead};
use super::check::Checked;
use super::error::ImportError;
use super::report::{OnConflict, Report};
use super::turn;

/// Writes all products, or returns an error; the transaction is then to be rolled back.
pub(super) fn write_all(
    conn: &mut TenantConn<'_>,
    checked: &Checked,
    on_conflict: OnConflict,
) -> Result<Report, ImportError> {
    turn::take_alone(conn)?;
    if on_conflict == OnConflict::Update {
        lock_existing(conn, checked)?;
    }
    let (mut report, mut growth) = (checked.report.clone(), Growth::default());
    read_ahead(checked.batches()?, |coming| {
        for batch in coming {
            let outcome = batch?.write(conn, checked.currency, on_conflict)?;
            growth += outcome.growth;
            report.add(&outcome);
        }
        Ok(())
    })?;
    // Once for all batches: whoever holds the counters must not wait for anybody.
    count::record(conn, growth)?;
    Ok(report)
}

/// Writes the products of a batch.
pub(super) fn write_batch(
    conn: &mut TenantConn<'_>,
    batch: Batch,
    checked: &Checked,
    on_conflict: OnConflict,
) -> Result<Outcome, ImportError> {
    if on_conflict == OnConflict::Update {
        let existing = batch.lock_products(conn)?;
        variants::lock_variants_of_all(conn, &existing)?;
    }
    let outcome = batch.write(conn, checked.currency, on_conflict)?;
    count::record(conn, outcome.growth)?;
    Ok(outcome)
}

/// Locks the existing products of the file before anything is changed, in the usual order: all products, then all their
/// variants by id.
fn lock_existing(conn: &mut TenantConn<'_>, checked: &Checked) -> Result<(), ImportError> {
    let existing = read_ahead(checked.batches()?, |coming| {
        let mut existing = Vec::new();
        for batch in coming {
            existing.extend(batch?.lock_products(conn)?);
        }
        Ok(existing)
    })?;
    Ok(variants::lock_variants_of_all(conn, &existing)?)
}

impl Report {
    /// Adds what became of a batch.
    pub(super) fn add(&mut self, outcome: &Outcome) {
        self.created += outcome.created;
        self.updated += outcome.updated;
        self.skipped += outcome.skipped;
    }
}
