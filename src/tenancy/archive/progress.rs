//! Reporting progress, and being told to stop.

use super::error::ArchiveError;

/// Called with a part and how many of its rows are done. False ends the work.
pub type OnProgress<'a> = &'a dyn Fn(&str, u64) -> bool;

/// Reports progress, and ends the work when the callback wants that.
pub(super) fn report(progress: OnProgress<'_>, part: &str, rows: u64) -> Result<(), ArchiveError> {
    if progress(part, rows) { Ok(()) } else { Err(ArchiveError::Stopped) }
}
