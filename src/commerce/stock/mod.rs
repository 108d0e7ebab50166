//! Stock: an append-only history of movements, whose sum is what a variant has.
//!
//! Whoever changes `variants.stock` records the movement in the same transaction.
//!
//! | file | subject |
//! |---|---|
//! | `movements` | moving stock, and the history of it |
//! | `level` | how much of a variant is in stock |
//! | `error` | what can go wrong, and its problems |
//! | `routes`, `docs` | the routes, and what the API says of them |

pub mod docs;
pub mod error;
pub mod level;
mod movements;
pub mod routes;

pub use error::StockError;
pub use movements::{Adjustment, Change, Movement, adjust, apply, movements, record};
