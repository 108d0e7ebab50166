//! Places in a file.

/// Where a record begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Start {
    /// The byte, from 0.
    pub at: u64,
    /// The line of the file, from 1.
    pub line: u32,
    /// The row of a spreadsheet, from 1. A cell with several lines makes them differ.
    pub row: u32,
}

/// The usual place of the header.
pub(super) const HEADER: Start = Start { at: 0, line: 1, row: 1 };
