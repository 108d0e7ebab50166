//! The fleet: migrating every shop that lags, each together with its ledger entry in one transaction.
//!
//! | file | subject |
//! |---|---|
//! | `attempt` | what became of a shop that was tried, and how long to wait for others |
//! | `batch` | several shops in one transaction, as long as all goes well |
//! | `one_shop` | one shop, its policies and its ledger entry, in one transaction |
//! | `queue` | which shop is next |
//! | `run` | a run over all shops that lag: workers, canary, limit of failures |
//! | `plan` | what a run would do |
//! | `supervisor` | a run behind a server, and then the shops that requests find outdated |

mod attempt;
mod batch;
mod one_shop;
mod plan;
mod queue;
mod run;
mod supervisor;

pub use plan::{Lagging, Plan};
pub use run::{End, FleetOptions, FleetReport, Progress, ShopFailure};
