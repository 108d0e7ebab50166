//! What is wrong with a file, or could not be taken as it stands, and at which row and column.

use serde::Serialize;
use utoipa::ToSchema;

use super::place::Start;

/// The most characters of a cell that are told.
const MAX_VALUE: usize = 100;

/// One fault in a file: an error, for which a product is refused, or a warning.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema, thiserror::Error)]
#[schema(as = ImportFault)]
#[error("line {line}: {detail}")]
pub struct Fault {
    /// The row of a spreadsheet; the header is row 1.
    pub row: u32,
    /// The line of the file, the first being 1, on which the row begins.
    pub line: u32,
    /// The handle of the product.
    #[schema(required)]
    pub handle: Option<String>,
    /// The column, named as the file names it, when it lies in one.
    #[schema(required)]
    pub column: Option<String>,
    /// The beginning of the cell.
    #[schema(required)]
    pub value: Option<String>,
    /// A stable name, such as `invalid_price`.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
}

impl Fault {
    /// A fault of a row, without a column.
    pub(super) fn of_row(start: Start, code: &'static str, detail: impl Into<String>) -> Self {
        let Start { line, row, .. } = start;
        Self { row, line, handle: None, column: None, value: None, code, detail: detail.into() }
    }

    /// The same at a column, with the text of its cell.
    pub(super) fn at(self, column: Option<String>, text: &str) -> Self {
        let value = (!text.is_empty()).then(|| text.chars().take(MAX_VALUE).collect());
        Self { column, value, ..self }
    }
}

/// The most faults that are kept, of one product and in a report. A file that is wrong everywhere must not fill the memory.
pub(super) const MAX_FAULTS: usize = 100;

/// Faults: the first ones, and the number of all.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    pub kept: Vec<Fault>,
    pub total: usize,
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self { kept: vec![fault], total: 1 }
    }
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.total += 1;
        if self.kept.len() < MAX_FAULTS {
            self.kept.push(fault);
        }
    }

    pub(super) fn add_all(&mut self, faults: impl IntoIterator<Item = Fault>) {
        faults.into_iter().for_each(|fault| self.add(fault));
    }

    /// Adds a fault, unless there is one with this code already.
    pub(super) fn add_once(&mut self, fault: Fault) {
        if !self.kept.iter().any(|known| known.code == fault.code) {
            self.add(fault);
        }
    }

    /// Adds those of another product, and keeps the first ones of the file.
    pub(super) fn merge(&mut self, other: Self) {
        if other.is_empty() {
            return;
        }
        self.total += other.total;
        self.kept.extend(other.kept);
        self.kept.sort_by_key(|fault| fault.row);
        self.kept.truncate(MAX_FAULTS);
    }

    /// The first one of the file alone.
    pub(super) fn first(self) -> Self {
        self.kept.into_iter().min_by_key(|fault| fault.row).map(Self::from).unwrap_or_default()
    }

    /// The same, each with the handle of its product.
    pub(super) fn of_product(mut self, handle: &str) -> Self {
        for fault in &mut self.kept {
            fault.handle.get_or_insert_with(|| handle.to_owned());
        }
        self
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
        self.total == 0
    }
}
