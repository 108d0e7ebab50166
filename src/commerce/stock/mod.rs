//! Stock: an append-only history of movements, whose sum is the stock of a variant.
//!
//! Code that changes `variants.stock` must record the movement in the same transaction.
//!
//! | file | subject |
//! |---|---|
//! | `movements` | changing stock, and recording the movements |
//! | `level` | how much of a variant is in stock |
//! | `error` | why a request fails, and the problem that the client gets |
//! | `routes` | the routes, and what the API says of them |

pub mod error;
pub mod level;
mod movements;
pub mod routes;

pub use error::StockError;
pub use movements::{
    Adjustment, Moved, Movement, StockChange, adjust, give_back, movements, record, record_for,
    sold_since_set, take,
};
