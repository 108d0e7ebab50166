//! What goes out.
//!
//! | file | subject |
//! |---|---|
//! | `etag` | entity tags and `If-None-Match` |
//! | `reply` | 200 and 201, with the tag of what they show |
//! | `if_match` | `If-Match`: a resource is changed only as the client has read it |
//! | `idempotency` | requests that are sent again |
//! | `paging` | lists with cursors |
//! | `stream` | answers that are sent while they are written |
//! | `access_log` | a fairing: the headers of every answer, and one log line a request |
//! | `catchers` | what Rocket itself refuses: unknown routes, wrong methods, panics |
//! | `fallback` | what no route serves, and whoever a guard turns away |
//! | `cors` | which web pages may call |

pub mod access_log;
pub mod catchers;
pub mod cors;
mod etag;
pub mod fallback;
pub mod idempotency;
pub mod if_match;
pub mod paging;
pub mod reply;
pub mod stream;
