//! Writing what was read: all or nothing, unless what is good is to be taken alone.

use std::fs::File;
use std::io::{BufReader, Read};

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::commerce::products::draft::Contradiction;
use crate::commerce::products::{Handle, ProductError, write};
use crate::schema::tenant::products;
use crate::tenancy::{Currency, TenancyError, TenantConn};

use super::shopify::{Fault, Imported, ShopifyReader};

/// Faults told at the most: nobody mends more at a time.
const MAX_FAULTS: usize = 100;

/// What is to become of a product whose handle is there already.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum OnConflict {
    /// It stays as it is.
    #[default]
    Skip,
    /// It becomes what the file says.
    Update,
}

/// How to import.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    pub on_conflict: OnConflict,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Take what is good although other products have faults.
    pub partial: bool,
}

/// What an import did, or would do.
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
    /// It was only tried.
    #[error("the import was only tried")]
    DryRun(Report),
    /// The file has faults.
    #[error("the file has faults, so nothing was imported")]
    Faults(Vec<Fault>),
    /// A product could not be written for a reason that is not the file's.
    #[error(transparent)]
    Product(ProductError),
    /// The engine or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

/// Imports a file; an error rolls everything back.
pub(super) fn run(conn: &mut TenantConn<'_>, file: File, options: Options) -> Result<Report, ImportError> {
    let currency = conn.entrance()?.currency;
    let reader = ShopifyReader::new(BufReader::new(file), currency);
    let mut reader = reader.map_err(|fault| ImportError::Faults(vec![fault]))?;
    let mut report = Report { ignored_columns: reader.ignored_columns().to_vec(), ..Report::default() };
    while let Some(product) = reader.next() {
        match product {
            Ok(imported) => match import_one(conn, &imported, currency, options.on_conflict) {
                Ok(Done::Created) => report.created += 1,
                Ok(Done::Updated) => report.updated += 1,
                Ok(Done::Skipped) => report.skipped += 1,
                Err(error) => report.errors.push(fault_of(error, &imported, &reader)?),
            },
            Err(faults) => report.errors.extend(faults),
        }
        if report.errors.len() >= MAX_FAULTS {
            report.errors.truncate(MAX_FAULTS);
            if !options.partial {
                break;
            }
        }
    }
    if options.dry_run {
        return Err(ImportError::DryRun(report));
    }
    if !report.errors.is_empty() && !options.partial {
        return Err(ImportError::Faults(report.errors));
    }
    Ok(report)
}

enum Done {
    Created,
    Updated,
    Skipped,
}

fn import_one(
    conn: &mut TenantConn<'_>,
    imported: &Imported,
    currency: Currency,
    on_conflict: OnConflict,
) -> Result<Done, ProductError> {
    let draft = &imported.draft;
    let known: Option<Uuid> = match &draft.handle {
        Some(handle) => find_by_handle(conn, handle)?,
        None => None,
    };
    match (known, on_conflict) {
        (None, _) => write::insert(conn, draft, currency).map(|_| Done::Created),
        (Some(_), OnConflict::Skip) => Ok(Done::Skipped),
        (Some(id), OnConflict::Update) => {
            let present = write::lock(conn, id)?;
            write::overwrite(conn, &present, draft, currency).map(|()| Done::Updated)
        }
    }
}

fn find_by_handle(conn: &mut TenantConn<'_>, handle: &Handle) -> Result<Option<Uuid>, ProductError> {
    let by_handle = products::table.filter(products::handle.eq(handle.as_str()));
    Ok(by_handle.select(products::id).first(conn.pg()).optional()?)
}

/// What the file is to blame for becomes a fault; the rest ends the import.
fn fault_of<R: Read>(
    error: ProductError,
    imported: &Imported,
    reader: &ShopifyReader<R>,
) -> Result<Fault, ImportError> {
    let detail = error.to_string();
    match error {
        // Found before anything was sent, so the transaction goes on.
        ProductError::SkuTaken { pointer: Some(pointer) } => {
            let fault = reader.fault(imported, &Contradiction::new(pointer, detail));
            Ok(Fault { code: "sku_taken", ..fault })
        }
        ProductError::Contradiction(contradiction) => Ok(reader.fault(imported, &contradiction)),
        other => Err(ImportError::Product(other)),
    }
}
