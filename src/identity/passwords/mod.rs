//! Passwords: hashing and proving them, how often one may be tried, and one-time reset tokens.
//!
//! | file | subject |
//! |---|---|
//! | `hashing` | passwords, and hashing them without holding up others |
//! | `proof` | proving a password |
//! | `throttle` | how often a password may be tried |
//! | `reset` | a new password by a one-time token |

pub(super) mod hashing;
pub(super) mod proof;
pub(super) mod reset;
pub(super) mod throttle;
