//! Deadlines: what in a shop ends by itself, such as an order that nobody pays.
//!
//! `public.deadlines` says when to look at what in which shop. Whatever makes such a thing notes its deadline in the same
//! transaction, with a function of `public` that knows only the shop that it is called in. Any number of instances take
//! what is due, and call the product to end it: see [`DueWork`](crate::tenancy::DueWork).
//!
//! | file | subject |
//! |---|---|
//! | `hold` | noting and changing a deadline, in a shop |
//! | `due` | taking what is due, and ending it |
//! | `put_off` | looking at something later |
//! | `supervisor` | doing this as long as a server runs |

mod due;
mod hold;
mod put_off;
mod supervisor;

pub use due::DueReport;
pub use hold::{begin_hold, change_hold, change_holds};
