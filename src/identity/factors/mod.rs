//! The second factor: codes of an app (TOTP, RFC 6238), and recovery codes.
//!
//! | file | subject |
//! |---|---|
//! | `totp` | the secret and its codes |
//! | `recovery` | codes for when the app is lost |
//! | `queries` | setting a factor up, and removing it |
//! | `check` | asking for a code, throttled |
//! | `routes` | the routes, and what the API says of them |

pub(super) mod check;
pub(super) mod queries;
mod recovery;
pub(super) mod routes;
mod totp;
