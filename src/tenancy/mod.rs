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
//! | `ledger` | the same table as the operator reads it: all shops, and how each is |
//! | `census` | how many shops there are of each kind, for the metrics |
//! | `roles` | the shop role and the public role, and what each may do |
//! | `wall` | row-level policies, and the refusal of holes |
//! | `trial` | whether the wall holds, tried before anything is served |
//! | `provision` | opening a shop in one transaction |
//! | `drift`, `reference`, `facts` | where shops are not as the migrations make them, and what they are compared by |
//! | `members` | people joining a shop, and what it knows of them |
//! | `trees` | the two migration trees |
//! | `migrate/` | `public` first, then every shop that lags |
//! | `lifecycle` | suspending, resuming, deleting and restoring a shop |
//! | `erase` | taking away what was deleted, a few tables at a time |
//! | `archive/` | a shop in a file |
//! | `answers` | answers kept for requests that are sent again |
//!
//! Nothing here knows what a shop sells: the tenant migrations come in from outside, and of
//! their tables only `people` and `idempotency_keys` are known here.

mod acts;
pub mod answers;
pub mod archive;
mod census;
mod currency;
mod drift;
mod engine;
mod erase;
mod error;
mod facts;
pub mod ledger;
pub mod lifecycle;
mod members;
mod migrate;
mod pin;
mod provision;
mod reference;
pub mod registry;
mod roles;
mod shop;
mod trees;
mod trial;
mod wall;

pub use acts::Act;
pub use currency::{BadCurrency, Currency};
pub use drift::{Difference, DriftReport, ShopDrift};
pub use engine::{Limits, Logins, Tenancy};
pub use erase::{EraseReport, Erasure};
pub use error::{Refusal, TenancyError};
pub use members::{carry, join, rename};
pub use migrate::{End, FleetOptions, FleetReport, Lagging, Plan, Progress, ShopFailure};
pub use pin::{Caller, Entrance, OwnerTx, Pass, PublicConn, TenantConn, Transaction};
pub use provision::NewShop;
pub use shop::{BadSlug, Role, ShopId, ShopName, ShopState, Slug, UnknownWord};
pub use trees::{Step, Tree, Trees};
