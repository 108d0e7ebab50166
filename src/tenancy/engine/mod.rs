//! The engine: what a running installation consists of, and the ways to run work on its database.
//!
//! | file | subject |
//! |---|---|
//! | `tenancy` | [`Tenancy`]: its pools, roles and migrations, and connecting |
//! | `work` | running work in a shop, in `public` or as the owner |
//! | `storefronts` | running work in a shop for an anonymous visitor, who knows its slug |
//! | `known_slugs` | the shops' ids by the slugs that visitors know |
//! | `classes` | classes of work, each with connections of its own |
//! | `active` | how many connections work at a time |
//! | `shop_limits` | the limits that shops have of their own |
//! | `shop_counts` | how many shops are in each state, for the metrics |
//! | `key_uses` | when API keys were last used |
//! | `key_notes` | writing that behind a request |
//! | `outdated` | shops that requests found outdated |

mod active;
mod classes;
mod key_notes;
mod key_uses;
mod known_slugs;
mod outdated;
mod shop_counts;
mod shop_limits;
mod storefronts;
mod tenancy;
mod work;

pub use classes::Class;
pub use tenancy::{Limits, Logins, Tenancy};
