//! Tenancy: which shops there are, how a request enters one, and what keeps them apart.
//!
//! Each module uses only those above it in this table.
//!
//! | module | subject |
//! |---|---|
//! | [`shop`] | what a shop is: id, slug, schema name, state, roles, currency |
//! | `error` | what can go wrong |
//! | `citus/` | what is said differently where Citus spreads the schemas over several servers |
//! | `access/` | connections that are pinned for one transaction, and which role may do what with a shop |
//! | `idempotency` | stored responses, for requests that are sent again |
//! | [`registry`] | which shops and members there are |
//! | `isolation/` | row-level policies, and the two database roles |
//! | `migrations/` | the two migration trees, applied to one schema, and the history of what was applied |
//! | `engine/` | [`Tenancy`]: pools, roles and trees, and the ways to run work |
//! | `fleet/` | migrating many shops, once or for as long as a server runs |
//! | `checks/` | the self-test of the isolation, settings that may hurt, and drift |
//! | [`deadlines`] | what in a shop ends by itself, at its time |
//! | [`lifecycle`] | opening, suspending, deleting, restoring and erasing a shop |
//! | [`archive`] | a shop in a file |
//!
//! Nothing here knows what a shop sells. The caller passes the tenant migrations in, and of their tables this
//! module uses only `people` and `idempotency_keys`. What else the product holds of a person, it changes itself: see
//! [`ChangeRecords`]. It also ends what it lets end by itself: see [`DueWork`].

mod access;
pub mod archive;
mod checks;
mod citus;
pub mod deadlines;
mod engine;
mod error;
mod fleet;
pub mod idempotency;
mod isolation;
pub mod lifecycle;
mod migrations;
pub mod registry;
pub mod shop;

pub use access::{
    Action, Caller, ChangeRecords, Credential, Due, DueWork, EndDue, NotAllowed, OwnerTx, PersonChange,
    Prepared, PublicConn, ShopContext, TenantConn, Transaction, current_setting,
};
pub use checks::{Difference, DriftReport, OddSetting, ShopDrift};
pub use citus::{
    Move, Node, ServerFacts, Undistributed, closing_sql, introducing_sql, prepare as prepare_citus,
};
pub use engine::{Class, Limits, Logins, Tenancy};
pub use error::{Refusal, TenancyError, names_constraint};
pub use fleet::{End, FleetOptions, FleetReport, OutdatedGroup, PlacementError, Plan, Progress, ShopFailure};
pub use lifecycle::{EraseReport, Erasure, NewShop};
pub use migrations::{Creation, Step, Tree, Trees};
pub use registry::{erase_person, join, update_person_everywhere};
pub use shop::{BadCurrency, BadSlug, Currency, Role, ShopId, ShopName, ShopState, Slug, UnknownWord};
