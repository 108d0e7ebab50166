//! Responses.
//!
//! | file | subject |
//! |---|---|
//! | `coding` | content codings, and which of them a client takes |
//! | `etag` | entity tags and `If-None-Match` |
//! | `compression` | what may be compressed, and a fairing that does it |
//! | `reply` | 200, 201 and 202, with entity tags |
//! | `if_match` | `If-Match`: change a resource only if it is as the client has read it; other routes refuse it |
//! | `idempotency` | repeated requests with an `Idempotency-Key` |
//! | `paging` | lists with cursors |
//! | `at_once` | bodies that are read without waiting |
//! | `asset` | files of the server's own |
//! | `download` | files that are written whole, then sent |
//! | `access_log` | a fairing: the headers of every response, and one log line for each request |
//! | `refusal_delay` | a fairing: refusals by a limit are sent late |
//! | `catchers` | errors that Rocket itself reports: unknown routes, wrong methods, panics |
//! | `fallback` | requests that no route serves or a guard refuses |
//! | `cors` | which web pages may call the API |

pub mod access_log;
pub mod asset;
mod at_once;
pub mod catchers;
pub mod coding;
pub mod compression;
pub mod cors;
pub mod download;
mod etag;
pub mod fallback;
pub mod idempotency;
pub mod if_match;
pub mod paging;
pub mod refusal_delay;
pub mod reply;
