//! Limits: how often a client may ask, and how many of a thing there may be.
//!
//! | file | subject |
//! |---|---|
//! | `limit` | which limits there are, with their names and defaults: the one list |
//! | `values` | a value for each limit, and the limits of one shop that its operator has set |
//! | `rate` | counting requests by their sender |
//! | `admitted` | callers that the database has let in lately |
//! | `quotas` | the limits of a running server |
//!
//! Nothing here asks the database. Rates are counted in this process; numbers are counted by the transaction that adds.

mod admitted;
mod limit;
mod quotas;
mod rate;
mod values;

pub use limit::{Kind, Limit, UnknownLimit};
pub use quotas::{Quotas, Reached, TooOften};
pub use values::{Overrides, Values};
