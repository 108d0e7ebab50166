//! The lifecycle of a shop: opening, suspending, resuming, deleting, restoring and erasing it.
//!
//! | file | subject |
//! |---|---|
//! | `open` | opening a shop in one transaction |
//! | `states` | suspending, resuming, deleting and restoring a shop |
//! | `running` | ending what runs in a shop that was closed |
//! | `erase` | dropping the schemas of deleted shops, a few tables at a time |

mod erase;
mod open;
mod running;
mod states;

pub use erase::{EraseReport, Erasure};
pub use open::NewShop;
pub use states::{
    LifecycleError, delete, delete_owned, erase_now, make_owner, restore, restore_owned, resume, suspend,
};
