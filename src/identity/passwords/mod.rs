//! Passwords: hashing, verifying, throttling, and reset tokens.
//!
//! | file | subject |
//! |---|---|
//! | `password` | the rules for a password |
//! | `asker` | who asks for a hash, and so whose turn it is |
//! | `counters` | the table of attempts |
//! | `hashing` | hashing passwords, a few at a time and in turns |
//! | `network` | which addresses count as one |
//! | `rules` | how long wrong passwords make whom wait |
//! | `throttle` | counting attempts, and refusing those that have to wait |
//! | `requests` | the same for requests that verify no password |
//! | `proof` | verifying a user's password, throttled |
//! | `recent` | who has proved lately who they are, or does so now |
//! | `forgotten` | asking for a message with a one-time token |
//! | `reset` | setting a password with a one-time token |
//! | `routes` | the routes for whoever has forgotten the password |

pub(super) mod asker;
mod counters;
pub(super) mod forgotten;
pub(super) mod hashing;
mod network;
pub(super) mod password;
pub(super) mod proof;
pub(super) mod recent;
pub(super) mod requests;
pub(super) mod reset;
pub(super) mod routes;
mod rules;
pub(super) mod throttle;
