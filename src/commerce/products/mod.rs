//! The catalogue: products with their variants and images.
//!
//! | file | subject |
//! |---|---|
//! | `body` | what a client may send |
//! | `fields` | … single values of it |
//! | `draft` | a product as it is to be, checked and complete |
//! | `handle` | handles, and making them from titles |
//! | `view` | a product as it is shown |
//! | `read` | finding and listing |
//! | `selection` | … which products, in which order, by which index |
//! | `words` | … what the words of titles, searches and tags are |
//! | `finding` | … and the tables in which they are looked up |
//! | `present` | a product as it is now, locked |
//! | `write` | creating, replacing and deleting products |
//! | `bulk` | … however many of them |
//! | `assortment` | … and their variants |
//! | `pictures` | … and their images |
//! | `one_variant` | adding, changing and removing one variant |
//! | `error` | what can go wrong, and its problems |
//! | `routes`, `docs` | the routes, and what the API says of them |

pub mod assortment;
pub mod body;
pub mod bulk;
pub mod docs;
pub mod draft;
pub mod error;
pub mod fields;
mod finding;
pub mod handle;
pub mod one_variant;
mod pictures;
pub mod present;
pub mod read;
pub mod routes;
pub mod selection;
pub mod view;
pub mod words;
pub mod write;

pub use draft::{Draft, ImageDraft, Status, VariantDraft};
pub use error::ProductError;
pub use handle::Handle;
