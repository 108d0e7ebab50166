//! The people of a shop, for its staff, with the number and the total of their orders.
//!
//! | file | subject |
//! |---|---|
//! | `read` | reading one person, listing many |
//! | `routes`, `docs` | the routes, and what the API says of them |

pub mod docs;
mod read;
pub mod routes;
