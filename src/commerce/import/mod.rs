//! Importing a catalogue from Shopify's product CSV.
//!
//! | file | subject |
//! |---|---|
//! | `records` | CSV records with their line numbers, none above a maximum size |
//! | `columns` | the columns, by their old and new names |
//! | `cells` | parsing single cells |
//! | `options` | option names and values |
//! | `images` | the images of a product, without duplicates and in order |
//! | `group` | collecting the rows of one product into a draft |
//! | `shopify` | the reader: it yields one product after the other |
//! | `fault` | what is wrong with a file, and at which line and column |
//! | `fault_location` | the line and column at which a validation error shows |
//! | `batch` | products that are written together |
//! | `run` | importing a file: all of it or nothing, unless the client wants the valid part |
//! | `routes` | the route, and its description in the API |

mod batch;
mod cells;
mod columns;
mod fault;
mod fault_location;
mod group;
mod images;
mod options;
mod records;
pub mod routes;
mod run;
mod shopify;
