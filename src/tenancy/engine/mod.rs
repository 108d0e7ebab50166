//! The engine: what a running installation holds, and the ways to run work on its database.
//!
//! | file | subject |
//! |---|---|
//! | `tenancy` | [`Tenancy`]: connecting, and running work in a shop, in `public` or as the owner |
//! | `shop_counts` | how many shops are in each state, for the metrics |
//! | `wanted` | shops that requests found outdated |

mod shop_counts;
mod tenancy;
mod wanted;

pub use tenancy::{Limits, Logins, Tenancy};
