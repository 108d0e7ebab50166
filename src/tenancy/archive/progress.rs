//! Reporting progress, and stopping.

use super::error::ArchiveError;

/// Called with the name of a table or file and the number of its rows done so far. False stops the work.
pub type OnProgress<'a> = &'a dyn Fn(&str, u64) -> bool;

/// Reports progress, and returns [`ArchiveError::Stopped`] if the callback returns false.
pub(super) fn report(progress: OnProgress<'_>, part: &str, rows: u64) -> Result<(), ArchiveError> {
    if progress(part, rows) { Ok(()) } else { Err(ArchiveError::Stopped) }
}
