//! Writing a file that was checked: whole in one transaction, or one batch in a transaction.

use crate::commerce::products::count::{self, Growth};
use crate::commerce::products::variants;
use crate::tenancy::TenantConn;

use super::batch::{Batch, Outcome, read_ahead};
use super::check::Checked;
use super::error::ImportError;
use super::report::{OnConflict, Report};
use super::turn;

/// Writes all products, or returns an error; the transaction is then to be rolled back. Of the products that do not fit to what
/// is there, it tells those of one batch.
pub(super) fn write_all(conn: &mut TenantConn<'_>, checked: &Checked) -> Result<Report, ImportError> {
    turn::take_alone(conn)?;
    let Checked { terms, .. } = checked;
    if terms.rules.on_conflict == OnConflict::Update {
        lock_existing(conn, checked)?;
    }
    let (mut report, mut growth) = (checked.report.clone(), Growth::default());
    read_ahead(checked.batches()?, |coming| {
        for batch in coming {
            let outcome = batch?.write(conn, terms.currency, &checked.planner())?;
            growth += outcome.growth;
            report.add(outcome, checked);
            if report.failed > 0 {
                return Err(ImportError::Faults(report.clone().into()));
            }
        }
        Ok(())
    })?;
    // Once for all batches: whoever holds the counters must not wait for anybody.
    count::record(conn, growth)?;
    Ok(report.ended())
}

/// Writes the products of a batch, except those that do not fit to what is there.
pub(super) fn write_batch(
    conn: &mut TenantConn<'_>,
    batch: Batch,
    checked: &Checked,
) -> Result<Outcome, ImportError> {
    let Checked { terms, .. } = checked;
    if terms.rules.on_conflict == OnConflict::Update {
        let existing = batch.lock_products(conn)?;
        variants::lock_variants_of_all(conn, &existing)?;
    }
    let outcome = batch.write(conn, terms.currency, &checked.planner())?;
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
    pub(super) fn add(&mut self, outcome: Outcome, checked: &Checked) {
        self.created += outcome.created;
        self.updated += outcome.updated;
        self.unchanged += outcome.unchanged;
        self.skipped += outcome.skipped;
        self.variants_removed += outcome.variants_removed;
        self.images_removed += outcome.images_removed;
        self.without_quantity += outcome.without_quantity;
        self.warn(outcome.warnings);
        outcome.failed.into_iter().for_each(|faults| checked.terms.fail(self, faults));
    }
}
