//! Errors as `application/problem+json` (RFC 9457).
//!
//! | file | subject |
//! |---|---|
//! | `kinds` | the kinds of problems that every route shares |
//! | `document` | one problem, and its JSON document |
//! | `respond` | one problem as an HTTP response |
//! | `schemas` | parts of a problem as the API's description shows them |
//! | `mapping` | errors of the database and of the engine, as problems |
//! | `rejection` | the problem that a guard rejects a request with |

mod document;
mod kinds;
mod mapping;
mod rejection;
mod respond;
mod schemas;

pub(in crate::http) use document::Document;
pub use document::{FieldError, Place, Problem};
pub use kinds::*;
pub(crate) use rejection::reject;
pub(in crate::http) use rejection::{rejection, route_of};
pub(in crate::http) use respond::was_limited;
pub(in crate::http) use schemas::Code;
