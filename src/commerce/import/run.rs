//! Importing a file: all of it or nothing, unless the client wants the valid part.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::mem;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::commerce::products::count::{self, Growth};
use crate::commerce::products::{ProductError, bulk, variants};
use crate::http::request::query::parameters;
use crate::tenancy::{Currency, TenancyError, TenantConn};

use super::batch::{Batch, OnConflict, Outcome};
use super::shopify::{Fault, ShopifyReader};

/// The most faults in a response.
const MAX_FAULTS: usize = 100;

parameters! {
    /// How to import.
    pub(super) struct Options {
        /// What to do with a product whose handle exists already.
        on_conflict: OnConflict,
        /// Report what the import would do, without doing it.
        dry_run: bool,
        /// Import the valid products even if others have faults.
        partial: bool,
    }
}

/// What an import did; for a dry run, what it would do.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = ImportReport)]
pub(super) struct Report {
    pub created: usize,
    pub updated: usize,
    pub skipped: usize,
    pub errors: Vec<Fault>,
    pub ignored_columns: Vec<String>,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub(super) enum ImportError {
    /// Not a failure: a dry run, which must be rolled back.
    #[error("the import was a dry run")]
    DryRun(Report),
    /// The file has faults.
    #[error("the file has faults, so nothing was imported")]
    Faults(Vec<Fault>),
    /// Another import of the shop is under way.
    #[error("another import of this shop is under way")]
    Running,
    /// The spooled file could not be read.
    #[error("the spooled file: {0}")]
    Spool(String),
    /// A product could not be written, for a reason other than the file's content.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// The tenancy layer or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

/// Imports a file; an error rolls everything back.
pub(super) fn run(conn: &mut TenantConn<'_>, file: &File, options: &Options) -> Result<Report, ImportError> {
    let (on_conflict, partial) = (options.on_conflict.unwrap_or_default(), options.partial == Some(true));
    let currency = conn.shop_context()?.currency;
    lock_imports(conn)?;
    if on_conflict == OnConflict::Update {
        lock_existing(conn, file, currency)?;
    }
    let mut reader = open(file, currency)?;
    let mut report = Report { ignored_columns: reader.ignored_columns().to_vec(), ..Report::default() };
    let (mut batch, mut growth) = (Batch::default(), Growth::default());
    while let Some(product) = reader.next() {
        match product {
            Ok(imported) => batch.add(imported),
            Err(faults) => report.errors.extend(faults),
        }
        if batch.is_full() {
            let outcome = mem::take(&mut batch).write(conn, currency, on_conflict)?;
            growth += outcome.growth;
            report.add(outcome, &reader);
        }
        if report.errors.len() >= MAX_FAULTS && !partial {
            break;
        }
        report.errors.truncate(MAX_FAULTS);
    }
    let outcome = batch.write(conn, currency, on_conflict)?;
    growth += outcome.growth;
    report.add(outcome, &reader);
    // Conflicts with other products are found later than faults of the rows.
    report.errors.sort_by_key(|fault| fault.line);
    report.errors.truncate(MAX_FAULTS);
    if report.errors.is_empty() || partial {
        // Once for all batches: whoever holds the counters must not wait for anybody.
        count::record(conn, growth)?;
    }
    if options.dry_run == Some(true) {
        return Err(ImportError::DryRun(report));
    }
    if !report.errors.is_empty() && !partial {
        return Err(ImportError::Faults(report.errors));
    }
    Ok(report)
}

/// A reader of the file, from its beginning.
fn open(mut file: &File, currency: Currency) -> Result<ShopifyReader<BufReader<&File>>, ImportError> {
    file.rewind().map_err(|error| ImportError::Spool(error.to_string()))?;
    ShopifyReader::new(BufReader::new(file), currency).map_err(|fault| ImportError::Faults(vec![fault]))
}

/// Makes sure that the shop has no other import: two could deadlock on handles and SKUs, or wait until a statement times out.
/// The lock ends with the transaction.
fn lock_imports(conn: &mut TenantConn<'_>) -> Result<(), ImportError> {
    let lock = "pg_try_advisory_xact_lock(hashtextextended('import ' || current_schema(), 0))";
    let is_locked: bool =
        diesel::select(sql::<Bool>(lock)).get_result(conn.pg()).map_err(ProductError::from)?;
    if is_locked { Ok(()) } else { Err(ImportError::Running) }
}

/// Locks the existing products of the file before anything is changed, in the usual order: all products, then all their
/// variants by id.
fn lock_existing(conn: &mut TenantConn<'_>, file: &File, currency: Currency) -> Result<(), ImportError> {
    let mut existing: Vec<Uuid> = Vec::new();
    let mut batch = Batch::default();
    for imported in open(file, currency)?.flatten() {
        batch.add(imported);
        if batch.is_full() {
            existing.extend(bulk::lock_by_handle(conn, &mem::take(&mut batch).handles())?);
        }
    }
    existing.extend(bulk::lock_by_handle(conn, &batch.handles())?);
    Ok(variants::lock_variants_of_all(conn, &existing)?)
}

impl Report {
    /// Adds the result of a batch.
    fn add<R: Read>(&mut self, outcome: Outcome, reader: &ShopifyReader<R>) {
        self.created += outcome.created;
        self.updated += outcome.updated;
        self.skipped += outcome.skipped;
        for (imported, contradiction) in outcome.refused {
            let fault = reader.fault(&imported, &contradiction);
            self.errors.push(Fault { code: "sku_taken", ..fault });
        }
    }
}
