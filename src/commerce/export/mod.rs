//! Exporting the catalogue as Shopify's product CSV, which [`import`](super::import) reads.
//!
//! | file | subject |
//! |---|---|
//! | `csv_rows` | the CSV rows of one product |
//! | `run` | writing all products, a batch at a time |
//! | `routes` | the route, and what the API says of it |

mod csv_rows;
pub mod routes;
mod run;
