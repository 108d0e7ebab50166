//! The storefront: the catalogue for the public, without a token, in responses that caches may keep.
//!
//! | file | subject |
//! |---|---|
//! | `view` | a product in a public response |
//! | `read` | reading a product by its handle |
//! | `routes` | the routes, and what the API says of them |

mod read;
pub mod routes;
mod view;
