//! Migrating: `public` first, then every shop that lags, each together with its ledger
//! entry in one transaction.
//!
//! | file | subject |
//! |---|---|
//! | `apply` | one tree to one schema |
//! | `record` | which files have been applied: an edited one is found out |
//! | `shop` | one shop, its wall and its ledger entry, in one transaction |
//! | `together` | several shops in one transaction, as long as all goes well |
//! | `queue` | which shop is next |
//! | `fleet` | a run over all shops that lag: workers, canary, budget of failures |
//! | `plan` | what a run would do |
//! | `keeper` | a run in the background, and shops that requests ask for |

mod apply;
mod fleet;
mod keeper;
mod plan;
mod queue;
mod record;
mod shop;
mod together;

pub(super) use apply::{apply_public, apply_tenant, make_schema};
pub use fleet::{End, FleetOptions, FleetReport, Progress, ShopFailure};
pub(super) use keeper::Wanted;
pub use plan::{Lagging, Plan};
pub(super) use record::Record;
