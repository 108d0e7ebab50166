//! The audit trail: who did what to whom, in which shop, from where.
//!
//! Each act is a row, written by the transaction of the act, and a line in the log, written after it. A row has ids, and
//! neither an email address nor a name.
//!
//! | file | subject |
//! |---|---|
//! | `event` | the list of what can happen |
//! | `entry` | a row to be, and writing it |

mod entry;
mod event;

pub use entry::{Entry, Place, record, record_bounded};
pub use event::{Event, UnknownEvent};
