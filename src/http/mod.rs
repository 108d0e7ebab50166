//! HTTP without business rules: what the routes of every feature use.
//!
//! Each module uses only the modules above it in this table.
//!
//! | module | subject |
//! |---|---|
//! | `routing`, `request_id`, `unreadable`, `encryption` | the route of a request; its id; its headers that cannot be read; encryption of stored responses |
//! | [`problem`] | errors as `application/problem+json` |
//! | `budget` | of what there is only so much, nobody takes more than a share |
//! | `spool` | files on disk for uploads and downloads |
//! | [`request`] | guards, tokens, bodies and queries |
//! | [`response`] | replies, lists, downloads, idempotency, headers, catchers |
//! | [`openapi`] | the OpenAPI document, and the page that shows it |

mod budget;
mod encryption;
pub mod openapi;
pub mod problem;
pub mod request;
mod request_id;
pub mod response;
mod routing;
mod spool;
pub(crate) mod unreadable;

pub use encryption::{CipherError, Sealer};
pub use problem::{Kind, Problem};
pub use request::body::{Body, OptionalBody};
pub use request::guards::{Customer, Engine, SignedIn, Staff, Tenant, Unmetered};
pub use request::integer::Integer;
pub use request::list::List;
pub use request::no_body::NoBody;
pub use request::pace::{Counted, CountedBy};
pub use request::patch::Patch;
pub use request::path::{Id, Segment};
pub use request::prefer::{Prefer, Preferred};
pub use request::query::Query;
pub use request::upload::Upload;
pub(crate) use request::upload::{Reader, Received, on_a_thread};
pub use response::coding::Codings;
pub use response::compression::Secret;
pub use response::download::Download;
pub use response::idempotency::{Answered, Once};
pub use response::if_match::IfMatch;
pub use response::paging::{Page, Paging};
pub use response::reply::{Accepted, Begun, Created, Either, Fetched, Rendered, Reply, Resource, Shared};
pub use spool::TransferLimits;
pub(crate) use spool::{Spools, not_written};

/// Where all routes of the API are mounted.
pub const BASE: &str = "/api/v1";
