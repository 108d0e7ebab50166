//! Checks: whether what is in the database is as this binary would make it.
//!
//! | file | subject |
//! |---|---|
//! | `self_test` | whether the isolation holds, tried before anything is served |
//! | `drift` | where shops differ from what the migrations make |
//! | `reference` | the schemas that shops are compared with |
//! | `catalogue` | what PostgreSQL's catalogues say of a schema |

mod catalogue;
mod drift;
mod reference;
mod self_test;

pub use drift::{Difference, DriftReport, ShopDrift};
