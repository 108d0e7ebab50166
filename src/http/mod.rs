//! HTTP with no business in it: what every feature's routes stand on.
//!
//! Each folder uses only those above it in this table.
//!
//! | room | subject |
//! |---|---|
//! | `routing`, `request_id`, `encryption` | which route a request is for; its id; what is kept so that only this server can read it |
//! | [`problem`] | errors as `application/problem+json` |
//! | [`request`] | guards, tokens, bodies and queries |
//! | [`response`] | replies, lists, downloads, idempotency, headers, catchers |
//! | [`openapi`] | the API's own description, and the page to browse it |

mod encryption;
pub mod openapi;
pub mod problem;
pub mod request;
mod request_id;
pub mod response;
mod routing;

pub use problem::{Kind, Problem};
pub use request::body::{Body, Spooled};
pub use request::guards::{Customer, Engine, Id, Segment, SignedIn, Staff, Tenant};
pub use request::list::List;
pub use request::patch::Patch;
pub use request::query::Query;
pub use request::whole::Whole;
pub use response::idempotency::{Answered, Once};
pub use response::if_match::IfMatch;
pub use response::paging::{Page, Paging};
pub use response::reply::{Created, Fetched, Rendered, Reply, Resource, Shared};
pub use response::stream::Download;

/// Every route of the API is mounted here.
pub const BASE: &str = "/api/v1";
