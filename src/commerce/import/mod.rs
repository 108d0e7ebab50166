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
//! | `report` | what the client asks for, and what it is told |
//! | `error` | why an import was not done, or not to its end |
//! | `conflicts` | what the products have in common with those of the shop |
//! | `batch` | products that are looked up and written together |
//! | `check` | the first pass over a file, without a connection |
//! | `turn` | one import of a shop at a time |
//! | `write` | writing a checked file: whole, or one batch |
//! | `parts` | an import of several transactions |
//! | `course` | the order of all that |
//! | `routes` | the route, and its description in the API |

mod batch;
mod cells;
mod check;
mod columns;
mod conflicts;
mod course;
mod error;
mod fault;
mod fault_location;
mod group;
mod images;
mod options;
mod parts;
mod records;
mod report;
pub mod routes;
mod shopify;
mod turn;
mod write;
