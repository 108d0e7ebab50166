//! Writing a file that was checked: all of it in one transaction, or a batch in each of several, so that none takes long. The caller
//! must be let in each time.

use std::sync::Arc;

use uuid::Uuid;

use crate::commerce::products::count::{self, Growth};
use crate::commerce::products::{Handle, bulk, variants};
use crate::http::request::scopes::Needs;
use crate::http::{Answered, Begun, Either, Fetched, Once, Staff, Tenant};
use crate::tenancy::TenantConn;

use super::batch::{Batch, Outcome, read_ahead};
use super::check::Checked;
use super::error::ImportError;
use super::jobs::run::Watch;
use super::jobs::table::{self, ImportView};
use super::report::{OnConflict, Report};
use super::turn;

/// What an import is answered with: its report, or the import that goes on.
pub(super) type Answer = Answered<Either<Fetched<Report>, Begun<ImportView>>>;

/// What is noted by the transactions that write, so that neither is there without the other.
#[derive(Clone)]
pub(super) struct Record {
    /// The row of the import, if it has one.
    pub id: Option<Uuid>,
    /// The request that waits for its answer.
    pub once: Option<Arc<Once>>,
    pub watch: Arc<Watch>,
}

impl Record {
    /// Runs the last transaction of an import.
    fn end(
        &self,
        conn: &mut TenantConn<'_>,
        work: impl FnOnce(&mut TenantConn<'_>) -> Result<Report, ImportError>,
    ) -> Result<Answer, ImportError> {
        let work = |conn: &mut TenantConn<'_>| {
            let report = work(conn)?.ended();
            if let Some(id) = self.id {
                table::finish(conn, id, &report)?;
            }
            Ok::<_, ImportError>(Either::Left(Fetched(report)))
        };
        match &self.once {
            Some(once) => once.run(conn.user(), conn, work),
            None => Ok(Answered::unkept(&work(conn)?)?),
        }
    }
}

/// Writes all products in one transaction. Of those that do not fit to what is there, it tells those of one batch.
pub(super) async fn whole<S: Needs>(
    tenant: &Tenant<Staff, S>,
    record: Record,
    checked: &Arc<Checked>,
) -> Result<Answer, ImportError> {
    let checked = Arc::clone(checked);
    let write = move |conn: &mut TenantConn<'_>| record.end(conn, |conn| write_all(conn, &record, &checked));
    tenant.run_part(write).await
}

fn write_all(conn: &mut TenantConn<'_>, record: &Record, checked: &Checked) -> Result<Report, ImportError> {
    turn::take_alone(conn, record.id)?;
    conn.look_up_many()?;
    if checked.terms.rules.on_conflict == OnConflict::Update {
        lock_existing(conn, checked)?;
    }
    let (mut report, mut growth) = (checked.report.clone(), Growth::default());
    read_ahead(checked.batches()?, |coming| {
        for batch in coming {
            let batch = batch?;
            record.watch.pass(batch.file_rows)?;
            let outcome = batch.write(conn, checked.terms.currency, &checked.planner())?;
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
    Ok(report)
}

/// How many products are looked up at a time.
const HANDLES: usize = 1000;

/// Locks the existing products of the file before anything is changed, in the usual order: all products, then all their
/// variants by id.
fn lock_existing(conn: &mut TenantConn<'_>, checked: &Checked) -> Result<(), ImportError> {
    let (mut reader, mut existing) = (checked.reader()?, Vec::new());
    while let Some(handles) = reader.next_handles(HANDLES) {
        let handles: Vec<&str> = handles.iter().map(Handle::as_str).collect();
        existing.extend(bulk::lock_by_handle(conn, &handles)?);
    }
    Ok(variants::lock_variants_of_all(conn, &existing)?)
}

/// Writes each batch in a transaction of its own, the good products alone. If it ends in the middle, the error says what is there.
pub(super) async fn in_parts<S: Needs>(
    tenant: &Tenant<Staff, S>,
    record: Record,
    checked: &Arc<Checked>,
) -> Result<Answer, ImportError> {
    let mut done = checked.report.clone();
    let outcome = write_parts(tenant, record, checked, &mut done).await;
    outcome.map_err(|cause| match done.created + done.updated {
        0 => cause,
        _ => ImportError::Cut { done: done.into(), cause: cause.into() },
    })
}

async fn write_parts<S: Needs>(
    tenant: &Tenant<Staff, S>,
    record: Record,
    checked: &Arc<Checked>,
    done: &mut Report,
) -> Result<Answer, ImportError> {
    let (mut batches, first) = checked.batches()?.read().await?;
    let mut batch = first.unwrap_or_default();
    loop {
        record.watch.pass(batch.file_rows)?;
        let (rest, following) = batches.read().await?;
        let (record, checked, mut report) = (record.clone(), Arc::clone(checked), done.clone());
        let Some(following) = following else {
            let last = move |conn: &mut TenantConn<'_>| {
                record.end(conn, |conn| {
                    report.add(write_batch(conn, batch, &checked)?, &checked);
                    Ok(report)
                })
            };
            return tenant.run_part(last).await;
        };
        let part = move |conn: &mut TenantConn<'_>| {
            report.add(write_batch(conn, batch, &checked)?, &checked);
            if let Some(id) = record.id {
                table::note(conn, id, &report)?;
            }
            Ok::<_, ImportError>(report)
        };
        *done = tenant.run_part(part).await?;
        (batches, batch) = (rest, following);
    }
}

/// Writes the products of a batch, except those that do not fit to what is there.
fn write_batch(conn: &mut TenantConn<'_>, batch: Batch, checked: &Checked) -> Result<Outcome, ImportError> {
    let terms = &checked.terms;
    conn.look_up_many()?;
    if terms.rules.on_conflict == OnConflict::Update {
        let existing = batch.lock_products(conn)?;
        variants::lock_variants_of_all(conn, &existing)?;
    }
    let outcome = batch.write(conn, terms.currency, &checked.planner())?;
    count::record(conn, outcome.growth)?;
    Ok(outcome)
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
