//! Why an import was not done, or not to its end, and the problem that the client gets.

use crate::commerce::products::ProductError;
use crate::http::problem::{FieldError, NOT_FOUND, Place};
use crate::http::{Kind, Problem};
use crate::tenancy::TenancyError;

use super::fault::Fault;
use super::report::Report;

pub(super) const IMPORT_FAILED: Kind = Kind::new(422, "import_failed", "The file has faults")
    .advice("the file has faults, listed in `errors`; nothing was imported");

pub(super) const IMPORT_RUNNING: Kind = Kind::new(409, "import_running", "Another import is under way")
    .advice("another import of this shop is running: wait for it");

pub(super) const IMPORT_CANCELLED: Kind = Kind::new(409, "import_cancelled", "The import was cancelled")
    .advice("somebody of the shop has cancelled it; `detail` says what was done before");

/// Seconds after which another import may have ended.
const RETRY_AFTER: u32 = 10;

/// Why an import was not done, or not to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum ImportError {
    /// The file has faults, or is in conflict with what is there.
    #[error("the file has faults, so nothing was imported")]
    Faults(Box<Report>),
    /// Another import of the shop is under way.
    #[error("another import of this shop is under way")]
    Running,
    /// The spooled file is not what it was when it was checked.
    #[error("the spooled file could not be read again")]
    Spool,
    /// Somebody has cancelled it.
    #[error("the import was cancelled")]
    Cancelled,
    /// The shop has no such import.
    #[error("there is no such import")]
    NotFound,
    /// It ended in the middle. What the report counts is there.
    #[error("an import ended in the middle: {cause}")]
    Cut {
        /// What was done before.
        done: Box<Report>,
        /// Why it ended.
        cause: Box<ImportError>,
    },
    /// The server can't do it now.
    #[error("the server refused it")]
    Server(Box<Problem>),
    /// A product could not be written, for a reason other than the file's content.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// The tenancy layer or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl ImportError {
    /// Whether somebody has cancelled it.
    pub(super) fn is_cancelled(&self) -> bool {
        match self {
            Self::Cut { cause, .. } => cause.is_cancelled(),
            other => matches!(other, Self::Cancelled),
        }
    }
}

impl From<diesel::result::Error> for ImportError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Product(error.into())
    }
}

impl From<Problem> for ImportError {
    fn from(problem: Problem) -> Self {
        Self::Server(Box::new(problem))
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Faults(report) => refused(*report),
            ImportError::Running => {
                let detail = "Wait until the other import of this shop has ended.";
                IMPORT_RUNNING.because(detail).retry_after(RETRY_AFTER)
            }
            ImportError::Cancelled => IMPORT_CANCELLED.because("The import was cancelled."),
            ImportError::NotFound => NOT_FOUND.because("There is no such import."),
            ImportError::Cut { done, cause } => Self::from(*cause).adding(&done.done()),
            ImportError::Server(problem) => *problem,
            ImportError::Product(error) => error.into(),
            ImportError::Tenancy(error) => error.into(),
            ImportError::Spool => Self::internal(&error),
        }
    }
}

/// The errors are those of the problem, and the rest of the report comes with it.
fn refused(mut report: Report) -> Problem {
    let Report { failed, products_total, .. } = report;
    let detail = match failed {
        0 => "the file is no catalogue, so nothing was imported".to_owned(),
        failed => format!("{failed} of {products_total} products have errors, so nothing was imported"),
    };
    let at = |fault: Fault| {
        let Fault { row, line, handle, column, value, code, detail } = fault;
        FieldError { place: Place::Line { row, line, handle, column, value }, code, detail: detail.into() }
    };
    let errors = std::mem::take(&mut report.errors).into_iter().map(at).collect();
    // Nothing was done.
    let report = Report { created: 0, updated: 0, variants_removed: 0, images_removed: 0, ..report };
    IMPORT_FAILED.because(detail).with_errors(errors).with_report(&report)
}
