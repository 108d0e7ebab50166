//! Passwords: hashing, verifying, throttling, and reset tokens.
//!
//! | file | subject |
//! |---|---|
//! | `password` | the rules for a password |
//! | `hashing` | hashing passwords, a few at a time |
//! | `throttle` | the delay after wrong passwords |
//! | `proof` | verifying a user's password, throttled |
//! | `reset` | setting a password with a one-time token |

pub(super) mod hashing;
pub(super) mod password;
pub(super) mod proof;
pub(super) mod reset;
pub(super) mod throttle;
