//! The route for importing a catalogue.

use rocket::{State, post};
use serde_json::json;

use crate::commerce::products::error::{HANDLE_TAKEN, SKU_TAKEN};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{FieldError, LIMIT_REACHED, Place};
use crate::http::{Answered, Fetched, Kind, Once, Problem, Query, Spools, Staff, Tenant, Upload};
use crate::tenancy::{Class, TenantConn};

use super::run::{ImportError, Options, Report, run};
use super::shopify::Fault;

const IMPORT_FAILED: Kind = Kind::new(422, "import_failed", "The file has faults")
    .advice("the file has faults, listed in `errors`; nothing was imported");

const IMPORT_RUNNING: Kind = Kind::new(409, "import_running", "Another import is under way")
    .advice("another import of this shop is running: wait for it");

/// Of Shopify's columns those that a simple product needs.
const FILE: &str = "\
Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Grams
linen-cap,Linen Cap,Shophouse,Size,S,CAP-S,19.00,80
linen-cap,,,,M,CAP-M,19.00,90
";

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let done = json!({ "created": 1, "updated": 0, "skipped": 0, "errors": [], "ignored_columns": [] });
    tagged("Import", "Bringing a catalogue along.", [endpoint!(import, "Import products")
        .about(
            "Takes Shopify's product CSV. It is all or nothing unless `partial` is true; the faults of the file are told \
             by line and column. A shop has one import at a time. A file with more products or \
             variants than the shop may have is not imported at all, also with `partial`.",
        )
        .takes(FILE.into())
        .answers(done)
        .may_fail(&[&IMPORT_FAILED, &IMPORT_RUNNING, &HANDLE_TAKEN, &SKU_TAKEN, &LIMIT_REACHED])])
}

#[post("/products/import", data = "<file>")]
async fn import(
    tenant: Tenant<Staff>,
    query: Query<Options>,
    once: Once,
    spools: &State<Spools>,
    file: Upload<'_>,
) -> Result<Answered<Fetched<Report>>, Problem> {
    let file = tenant.receive(spools, file).await?;
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| run(conn, file.file(), &query.0).map(Fetched))
    };
    match tenant.in_class(Class::Bulk).run(act).await {
        Ok(answered) => Ok(answered),
        Err(ImportError::DryRun(report)) => Ok(Answered::unkept(&Fetched(report))?),
        Err(error) => Err(error.into()),
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let detail = error.to_string();
        match error {
            ImportError::Faults(faults) => {
                let at = |fault: Fault| FieldError {
                    place: Place::Line { line: fault.line, column: fault.column },
                    code: fault.code,
                    detail: fault.detail.into(),
                };
                IMPORT_FAILED.because(detail).with_errors(faults.into_iter().map(at).collect())
            }
            ImportError::Running => {
                IMPORT_RUNNING.because("Wait until the other import of this shop has ended.")
            }
            ImportError::Product(error) => error.into(),
            ImportError::Tenancy(error) => error.into(),
            // Answered as a success above.
            ImportError::DryRun(_) | ImportError::Spool(_) => Self::internal(&error),
        }
    }
}
