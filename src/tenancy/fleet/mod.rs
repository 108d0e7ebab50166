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
//! | `placement` | which server of Citus holds which shop |
//! | `supervisor` | runs while a server serves, and the shops that requests find outdated |
//! | `watch` | asks which servers of Citus do not answer, and which have more than their share |

mod batch;
mod one_shop;
mod outcome;
mod placement;
mod plan;
mod queue;
mod report;
mod run;
mod supervisor;
mod watch;

pub use placement::PlacementError;
pub use plan::{OutdatedGroup, Plan};
pub use report::{End, FleetOptions, FleetReport, Progress, ShopFailure};
