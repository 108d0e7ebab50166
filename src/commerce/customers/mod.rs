//! The people of a shop, for its staff, with the number and the total of their orders.
//!
//! | file | subject |
//! |---|---|
//! | `read` | reading one person, listing many |
//! | `routes` | the routes, and what the API says of them |

mod read;
pub mod routes;
