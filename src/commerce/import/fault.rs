//! One fault in a file, and where it stands.

use serde::Serialize;
use utoipa::ToSchema;

/// One fault in a file.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema, thiserror::Error)]
#[schema(as = ImportFault)]
#[error("line {line}: {detail}")]
pub struct Fault {
    /// The line of the file, the first being 1, on which the row begins.
    pub line: u64,
    /// The column, named as the file names it, when it lies in one.
    #[schema(required)]
    pub column: Option<String>,
    /// A stable name, such as `invalid_price`.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
}

impl Fault {
    /// A fault of a row as a whole.
    pub(super) fn of_row(line: u64, code: &'static str, detail: impl Into<String>) -> Self {
        Self { line, column: None, code, detail: detail.into() }
    }
}
