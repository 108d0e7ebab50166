//! Proving email addresses.
//!
//! A string proves nothing: an address gives nobody anything until a message to it has come back.
//!
//! | file | subject |
//! |---|---|
//! | `holders` | who has an address, and whether a proof takes it away |
//! | `proofs` | the table of what is still to be proved, and the messages with its tokens |
//! | `proving` | what a proof does |

mod holders;
mod proofs;
mod proving;

pub(super) use holders::holder;
pub(super) use proofs::{
    Joins, NewAccount, Purpose, ask, ask_again, ask_for_change, check, forget, forget_wanted, wanted,
};
pub(super) use proving::prove;
