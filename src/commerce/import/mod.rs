//! Importing a catalogue from Shopify's product CSV.
//!
//! | file | subject |
//! |---|---|
//! | `records` | records of CSV, with their lines and a limit on their size |
//! | `columns` | which columns there are, by their old and new names |
//! | `cells` | what single cells mean |
//! | `options` | option names and values |
//! | `group` | the rows of one product become a draft |
//! | `shopify` | the reader: products, one after the other |
//! | `fault` | what is wrong with a file, and where |
//! | `run` | writing the drafts, all or nothing unless told otherwise |
//! | `routes`, `docs` | the route, and what the API says of it |

mod cells;
mod columns;
pub mod docs;
mod fault;
mod group;
mod options;
mod records;
pub mod routes;
mod run;
mod shopify;
