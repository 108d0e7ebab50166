//! What is wrong with a file, and at which line and column.

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
    /// A fault of a row, without a column.
    pub(super) fn of_row(line: u64, code: &'static str, detail: impl Into<String>) -> Self {
        Self { line, column: None, code, detail: detail.into() }
    }
}

/// The most faults of one product that are kept. A file that is wrong everywhere must not fill the memory.
pub(super) const MAX_FAULTS: usize = 100;

/// The faults of one product, collected while its rows are read.
#[derive(Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault, unless there are [`MAX_FAULTS`] already.
    pub(super) fn add(&mut self, fault: Fault) {
        if self.0.len() < MAX_FAULTS {
            self.0.push(fault);
        }
    }

    pub(super) fn add_all(&mut self, faults: Vec<Fault>) {
        for fault in faults {
            self.add(fault);
        }
    }

    /// Adds a fault of a row, unless there is one with this code already.
    pub(super) fn add_once(&mut self, line: u64, code: &'static str, detail: String) {
        if !self.0.iter().any(|fault| fault.code == code) {
            self.add(Fault::of_row(line, code, detail));
        }
    }

    /// The value; or, if it could not be read, a default, after adding the fault. The default is never written: a product
    /// with faults is refused.
    pub(super) fn value_or_default<T: Default>(&mut self, read: Result<T, Fault>) -> T {
        read.unwrap_or_else(|fault| {
            self.add(fault);
            T::default()
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}
