//! Importing a catalogue from Shopify's product CSV.
//!
//! | file | subject |
//! |---|---|
//! | `records` | records of CSV, with their lines and a limit on their size |
//! | `columns` | which columns there are, by their old and new names |
//! | `cells` | what single cells mean |
//! | `options` | option names and values |
//! | `images` | the images of a product, each once and in order |
//! | `group` | the rows of one product become a draft |
//! | `shopify` | the reader: products, one after the other |
//! | `fault`, `faults` | what is wrong with a file, and where; all that is wrong with a product |
//! | `placing` | where it shows that products contradict themselves or each other |
//! | `batch` | drafts that are written together |
//! | `run` | writing the drafts, all or nothing unless told otherwise |
//! | `routes` | the route, and what the API says of it |

mod batch;
mod cells;
mod columns;
mod fault;
mod faults;
mod group;
mod images;
mod options;
mod placing;
mod records;
pub mod routes;
mod run;
mod shopify;
