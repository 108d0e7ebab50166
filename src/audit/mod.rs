//! The audit trail: who did what to whom, in which shop, from where.
//!
//! Each act is a row, written by the transaction of the act, and a line in the log, written after it. A row has ids, and
//! neither an email address nor a name.
//!
//! | file | subject |
//! |---|---|
//! | `event` | the list of what can happen |
//! | `entry` | a row to be, and writing it |
//! | `read` | reading rows |
//! | `expire` | what is taken out of rows, and out of the table |

mod entry;
mod event;
mod expire;
mod read;

pub use entry::{Entry, Place, record, record_bounded};
pub use event::{Event, UnknownEvent};
pub use expire::{forget_places, remove_before};
pub use read::{Filter, Recorded, list};
