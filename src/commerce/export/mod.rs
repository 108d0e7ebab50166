//! The catalogue as Shopify's product CSV, which [`import`](super::import) reads.
//!
//! | file | subject |
//! |---|---|
//! | `sheet` | the rows of one product |
//! | `run` | all products, a batch at a time |
//! | `routes` | the route, and what the API says of it |

pub mod routes;
mod run;
mod sheet;
