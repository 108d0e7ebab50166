//! What comes in: who asks, and what is sent.
//!
//! | file | subject |
//! |---|---|
//! | `guards` | who asks: [`SignedIn`](guards::SignedIn), and [`Tenant`](guards::Tenant) with the role a route asks for |
//! | `token` | access tokens: signing and verifying |
//! | `hs256` | the signatures of access tokens |
//! | `api_key` | API keys as text |
//! | `origin` | where a request comes from, and the audit log |
//! | `log_fields` | what is noted of a request for its line in the log |
//! | `body` | JSON bodies, and bodies spooled to a file |
//! | `chunks` | the bytes of a body, chunk by chunk, each in time |
//! | `body_hash` | a hash of the body, taken while it is read |
//! | `json` | JSON that says where it is wrong |
//! | `patch` | bodies of which every field may be left out |
//! | `parameter` | the values of query parameters |
//! | `query` | query parameters, none of them unknown |
//! | `text`, `list`, `whole`, `time` | text, lists and numbers with bounds; times as clients write them |

pub mod api_key;
pub mod body;
pub(in crate::http) mod body_hash;
pub mod chunks;
pub mod guards;
mod hs256;
pub(in crate::http) mod json;
pub mod list;
pub(in crate::http) mod log_fields;
pub mod origin;
pub mod parameter;
pub mod patch;
pub mod query;
pub mod text;
pub mod time;
pub mod token;
pub mod whole;
