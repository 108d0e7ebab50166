//! The catalogue: products with their variants and images.
//!
//! | file | subject |
//! |---|---|
//! | `body` | the request bodies, and turning them into drafts |
//! | `fields` | the types of single fields in these bodies |
//! | `draft` | what a product shall become: complete and validated |
//! | `handle` | handles, and how one is made from a title |
//! | `view` | a product in a response, and the rows it is made of |
//! | `read` | reading one product, listing many |
//! | `selection` | the query of a list: filters, order, and the index that each uses |
//! | `search_words` | how titles, tags and searches are split into comparable words |
//! | `search_index` | the tables in which these words and tags are stored |
//! | `current` | a product's current rows, locked |
//! | `write` | creating, replacing and deleting products |
//! | `contents` | reading the variants and images of many products |
//! | `bulk` | writing and reading many products in a few statements |
//! | `count` | how many products and variants a shop has |
//! | `variants` | locking and writing the variants of products |
//! | `images` | reading and writing the images of products |
//! | `variant_changes` | adding, changing and removing one variant |
//! | `error` | why a request fails, and the problem that the client gets |
//! | `routes` | the routes, and their description in the API |
//! | `examples` | the examples in that description |

pub mod body;
pub mod bulk;
mod contents;
pub mod count;
pub mod current;
pub mod draft;
pub mod error;
mod examples;
pub mod fields;
pub mod handle;
mod images;
pub mod read;
pub mod routes;
mod search_index;
pub mod search_words;
pub mod selection;
pub mod variant_changes;
pub mod variants;
pub mod view;
pub mod write;

pub use draft::{ImageDraft, ProductDraft, Status, VariantDraft};
pub use error::ProductError;
pub use handle::Handle;
