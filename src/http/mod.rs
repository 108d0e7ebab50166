//! HTTP with no business in it: what every feature's routes stand on.
//!
//! | file | subject |
//! |---|---|
//! | `problem` | errors as `application/problem+json`, and the database's and the engine's mapping to them |
//! | `catchers` | what Rocket itself refuses: unknown routes, wrong methods, panics |
//! | `fallback` | what no route serves, and whoever a guard turns away |
//! | `cors` | which web pages may call |
//! | `envelope` | a fairing: request ids, headers on every answer, one log line a request |
//! | `account` | what is noted of a request for that line |
//! | `api_key` | API keys as text |
//! | `origin` | where a request comes from, and the audit log |
//! | `token` | access tokens: signing and verifying |
//! | `hs256` | their signatures |
//! | `guards` | who asks: [`SignedIn`], and [`Tenant`] with the role a route asks for; [`Engine`] where nobody need say |
//! | `body` | JSON bodies, and bodies spooled to a file |
//! | `conditional` | entity tags, `If-None-Match` and `If-Match` |
//! | `idempotency` | requests that are sent again |
//! | `json` | JSON that says where it is wrong |
//! | `partial` | bodies of which every field may be left out |
//! | `query` | query parameters, none of them unknown |
//! | `paging` | lists with cursors |
//! | `reply` | 200 and 201, with the tag of what they show |
//! | `seal` | what is kept so that only this server can read it |
//! | `stream` | answers that are sent while they are written |
//! | `text`, `list` | text and lists of a bounded length |
//! | `whole` | whole numbers of a bounded range |
//! | `time` | times as clients write them |
//! | `openapi` | the API's own description, and the page to browse it |

mod account;
pub mod api_key;
pub mod body;
pub mod catchers;
pub mod conditional;
pub mod cors;
pub mod envelope;
pub mod fallback;
pub mod guards;
mod hs256;
pub mod idempotency;
mod json;
pub mod list;
pub mod openapi;
pub mod origin;
pub mod paging;
pub mod partial;
pub mod pieces;
pub mod problem;
pub mod query;
pub mod reply;
mod seal;
pub mod stream;
pub mod text;
pub mod time;
pub mod token;
pub mod whole;

pub use body::{Body, Spooled};
pub use conditional::IfMatch;
pub use guards::{Customer, Engine, Id, SignedIn, Staff, Tenant};
pub use idempotency::{Answered, Once};
pub use list::List;
pub use paging::{Page, Paging};
pub use partial::Patch;
pub use problem::{Kind, Problem};
pub use query::Query;
pub use reply::{Created, Fetched, Rendered, Reply, Resource, Shared};
pub use stream::Download;
pub use whole::Whole;

/// Every route of the API is mounted here.
pub const BASE: &str = "/api/v1";
