//! The fleet: migrating every outdated shop, each together with its ledger entry in one transaction.
//!
//! | file | subject |
//! |---|---|
//! | `outcome` | how long to wait for locks, and the outcome of trying to migrate a shop |
//! | `batch` | several shops in one transaction |
//! | `one_shop` | one shop in one transaction |
//! | `queue` | which shop is next |
//! | `report` | the options of a run, and its report |
//! | `run` | a run over all outdated shops: workers, canaries, the limit of failures |
//! | `plan` | what a run would do |
//! | `supervisor` | runs while a server serves, and the shops that requests find outdated |

mod batch;
mod one_shop;
mod outcome;
mod plan;
mod queue;
mod report;
mod run;
mod supervisor;

pub use plan::{OutdatedGroup, Plan};
pub use report::{End, FleetOptions, FleetReport, Progress, ShopFailure};
