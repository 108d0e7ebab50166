//! The storefront: the catalogue as everybody sees it, without a token, and as caches keep it.
//!
//! | file | subject |
//! |---|---|
//! | `view` | a product as everybody sees it |
//! | `read` | finding a product by its handle |
//! | `routes` | the routes, and what the API says of them |

mod read;
pub mod routes;
mod view;
