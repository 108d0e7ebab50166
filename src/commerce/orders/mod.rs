//! Orders: placing them, and their states.
//!
//! | file | subject |
//! |---|---|
//! | `body` | the request body |
//! | `place` | placing an order |
//! | `limit` | how many orders of one customer may be pending |
//! | `status` | the states of an order, and the transitions between them |
//! | `transition` | moving an order to another state |
//! | `returned` | returning the stock of orders that are undone |
//! | `expire` | orders that nobody pays in time, and holding them longer |
//! | `personal` | what orders hold of a person, when the person changes or is erased |
//! | `view` | an order in a response, and the rows it is made of |
//! | `read` | reading one order, listing many |
//! | `error` | why a request fails, and the problem that the client gets |
//! | `routes` | the routes, and what the API says of them |
//! | `examples` | the examples in that description |

pub mod body;
pub mod error;
mod examples;
mod expire;
mod limit;
mod personal;
mod place;
mod read;
mod returned;
pub mod routes;
mod status;
mod transition;
mod view;

pub use error::OrderError;
pub use expire::{end_due, restore_deadlines};
pub use personal::ErasureKeeps;
pub use status::Status;
