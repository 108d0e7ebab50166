//! Waiting in turns, so that nobody who asks often keeps others waiting. It knows nothing of what is waited for.
//!
//! | file | subject |
//! |---|---|
//! | `queue` | a bounded queue whose lines take turns |
//! | `places` | places, given to those who wait in such a queue |

mod places;
mod queue;

pub use places::{Full, Place, Places};
pub use queue::{FairQueue, Ticket};
