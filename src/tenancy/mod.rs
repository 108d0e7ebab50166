//! The heart: which shops there are, how a request enters one, and what keeps them apart.
//!
//! | file | subject |
//! |---|---|
//! | `shop` | `ShopId`, `Slug`, `Role` |
//! | `currency` | the currency of a shop |
//! | `engine` | [`Tenancy`]: pools, logins and trees, and the three doors to work |
//! | `pin` | `TenantConn`, `PublicConn`, `OwnerTx` |
//! | `acts` | who may do what with a shop and its people |
//! | `registry` | shops and memberships in `public` |
//! | `roles` | the shop role and the public role, and what each may do |
//! | `wall` | row-level policies, and the refusal of holes |
//! | `provision` | opening a shop in one transaction |
//! | `members` | people joining a shop, and what it knows of them |
//! | `migrate` | `public` first, then every shop that lags |
//!
//! Nothing here knows what a shop sells: the tenant migrations come in from outside, and of
//! their tables only `people` is known here.

mod acts;
mod currency;
mod engine;
mod error;
mod members;
mod migrate;
mod pin;
mod provision;
pub mod registry;
mod roles;
mod shop;
mod trees;
mod wall;

pub use acts::Act;
pub use currency::{BadCurrency, Currency};
pub use engine::{Limits, Logins, Tenancy};
pub use error::{Refusal, TenancyError};
pub use members::{carry, join, rename};
pub use migrate::{FleetReport, ShopFailure};
pub use pin::{Caller, Entrance, OwnerTx, Pass, PublicConn, TenantConn};
pub use provision::NewShop;
pub use shop::{BadSlug, Role, ShopId, ShopName, Slug, UnknownWord};
pub use trees::Trees;
