//! Requests: who sends them, and what they contain.
//!
//! | file | subject |
//! |---|---|
//! | `guards` | who sends a request: [`SignedIn`](guards::SignedIn), and [`Tenant`](guards::Tenant) with the role that a route requires |
//! | `engine` | the engine for a request, and the guards of routes that anybody may call |
//! | `credentials` | the access token or API key of a request |
//! | `token` | access tokens: signing and verifying |
//! | `device_token` | device tokens: signing and verifying |
//! | `hs256` | the signatures of both |
//! | `api_key` | API keys as text |
//! | `scopes` | what an API key may be for |
//! | `client` | the client's address, also behind a proxy |
//! | `pace` | how often a client may ask |
//! | `origin` | the client's address and user agent, and the audit log |
//! | `log_fields` | the fields of a request's line in the log |
//! | `body` | JSON bodies |
//! | `body_memory` | how much memory the bodies of each caller may take |
//! | `upload` | CSV files that clients send |
//! | `headers` | the one place where headers are read |
//! | `content` | what the headers say about a body |
//! | `no_body` | the guard of routes that take no body |
//! | `chunks` | reading a body in chunks, with timeouts |
//! | `body_hash` | a hash of the body, computed while it is read |
//! | `json` | parsing a JSON body, with all its errors |
//! | `json_node` | a JSON document as it was sent |
//! | `strict_json` | a strict deserializer for it |
//! | `required` | the fields that a body must have |
//! | `path` | ids and other words in a path |
//! | `prefer` | how a client would like to be answered |
//! | `patch` | bodies of PATCH, in which every field is optional |
//! | `parameter` | the values of query parameters |
//! | `query` | query parameters; unknown ones are refused |
//! | `text`, `list`, `integer`, `time` | text, lists and numbers with bounds; times as clients write them |

pub mod api_key;
pub mod body;
pub(in crate::http) mod body_hash;
pub mod body_memory;
pub mod chunks;
pub mod client;
pub(in crate::http) mod content;
mod credentials;
pub mod device_token;
mod engine;
pub mod guards;
pub(crate) mod headers;
mod hs256;
pub mod integer;
mod json;
mod json_node;
pub mod list;
pub(in crate::http) mod log_fields;
pub mod no_body;
pub mod origin;
pub mod pace;
pub mod parameter;
pub mod patch;
pub mod path;
pub mod prefer;
pub mod query;
mod required;
pub mod scopes;
mod strict_json;
pub mod text;
pub mod time;
pub mod token;
pub mod upload;
