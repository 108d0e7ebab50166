//! Checks of the database: whether tenants are isolated, and whether schemas are as the migrations make them.
//!
//! | file | subject |
//! |---|---|
//! | `self_test` | whether tenant isolation holds, tested before anything is served |
//! | `settings` | settings of PostgreSQL that may hurt |
//! | `drift` | where shops differ from what the migrations make |
//! | `reference` | the schemas that shops are compared with |
//! | `catalogue` | the description of a schema, from PostgreSQL's catalogues |

mod catalogue;
mod drift;
mod reference;
mod self_test;
mod settings;

pub use drift::{Difference, DriftReport, ShopDrift};
pub use settings::OddSetting;
