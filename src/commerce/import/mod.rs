//! Importing a catalogue, and its stock, from CSV files of Shopify's and WooCommerce's.
//!
//! | file | subject |
//! |---|---|
//! | `records` | CSV records with their places, none above a maximum size |
//! | `kind` | what a file is of: products, or their stock |
//! | `other_files` | files that are no product CSV of Shopify's |
//! | `column_names` | the columns, by their old and new names |
//! | `columns` | the columns of a file, and the cells of its rows |
//! | `ignored` | the columns that are not read |
//! | `index` | where the rows of each product are |
//! | `handles` | the handle that the rows of a product share |
//! | `cells` | parsing single cells |
//! | `numbers` | numbers as people and spreadsheets write them |
//! | `options` | the cells of options |
//! | `images` | the images of a product, without duplicates and in order |
//! | `variant` | what a row says of a variant |
//! | `visibility` | who shall see a product |
//! | `product` | the rows of one product |
//! | `shopify` | the reader: it yields one product after the other |
//! | `woocommerce` | rows of WooCommerce's, made to rows of Shopify's |
//! | `place` | places in a file |
//! | `fault` | what is wrong with a file, or not taken as it stands, and where |
//! | `fault_location` | the row and column at which a validation error shows |
//! | `slots` | the options that a product shall have |
//! | `matching` | which variant of a product a row means |
//! | `plan` | what becomes of a product |
//! | `plan_stock` | what becomes of the stock of a product |
//! | `plan_variants` | the variants that it shall have |
//! | `sales` | warnings of stock that was sold since it was set |
//! | `report` | what the client asks for, and what it is told |
//! | `error` | why an import was not done, or not to its end |
//! | `batch` | products that are looked up and written together |
//! | `check` | the first pass over a file, without a connection |
//! | `turn` | one import of a shop at a time |
//! | `write` | writing a checked file: whole, or in batches |
//! | `jobs` | imports that a client watches |
//! | `course` | the order of all that |
//! | `routes` | the routes, and their description in the API |

mod batch;
mod cells;
mod check;
mod column_names;
mod columns;
mod course;
mod error;
mod fault;
mod fault_location;
mod handles;
mod ignored;
mod images;
mod index;
pub mod jobs;
mod kind;
mod matching;
mod numbers;
mod options;
mod other_files;
mod place;
mod plan;
mod plan_stock;
mod plan_variants;
mod product;
mod records;
mod report;
pub mod routes;
mod sales;
mod shopify;
mod slots;
mod turn;
mod variant;
mod visibility;
mod woocommerce;
mod write;
