//! The route for importing a catalogue.

use rocket::{Route, post, routes};

use crate::http::problem::{FieldError, Place};
use crate::http::request::query::refuse;
use crate::http::{Answered, Fetched, Kind, Once, Problem, Query, Spooled, Staff, Tenant};
use crate::tenancy::TenantConn;

use super::batch::OnConflict;
use super::run::{ImportError, Options, run};
use super::shopify::Fault;

pub(crate) const IMPORT_FAILED: Kind = Kind::new(422, "import_failed", "The file has faults");

pub(crate) const IMPORT_RUNNING: Kind = Kind::new(409, "import_running", "Another import is under way");

pub(crate) fn routes() -> Vec<Route> {
    routes![import]
}

#[post("/products/import", data = "<file>")]
async fn import(tenant: Tenant<Staff>, query: Query, once: Once, file: Spooled) -> Result<Answered, Problem> {
    let options = options(&query)?;
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| run(conn, file.into_file(), options).map(Fetched))
    };
    match tenant.run(act).await {
        Ok(answered) => Ok(answered),
        Err(ImportError::DryRun(report)) => Ok(Answered::unkept(&Fetched(report))?),
        Err(error) => Err(error.into()),
    }
}

fn options(query: &Query) -> Result<Options, Problem> {
    query.only(&["on_conflict", "dry_run", "partial"])?;
    let on_conflict = match query.text("on_conflict") {
        None | Some("skip") => OnConflict::Skip,
        Some("update") => OnConflict::Update,
        Some(_) => return Err(refuse("on_conflict", "must be skip or update")),
    };
    let flag = |name| Ok::<_, Problem>(query.parsed(name, "true or false")?.unwrap_or(false));
    Ok(Options { on_conflict, dry_run: flag("dry_run")?, partial: flag("partial")? })
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
