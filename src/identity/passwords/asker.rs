//! Who asks for a password to be hashed: it decides whose turn it is in the queue.
//!
//! Those who are known take turns with all others together, so a crowd of strangers is one against one. Among each of the two,
//! the sites of the clients take turns, and at one site the accounts.

use std::net::IpAddr;

use uuid::Uuid;

use super::network::site;

/// Class, site and account.
pub(super) const LEVELS: usize = 3;

/// Who asks for a hash.
#[derive(Clone)]
pub(in crate::identity) struct Asker([Key; LEVELS]);

/// A key of a line in the queue.
#[derive(Clone, Eq, Hash, PartialEq)]
pub(super) enum Key {
    Known,
    Stranger,
    Site(Option<String>),
    User(Uuid),
    /// An email address, of a user or of nobody, or a token.
    Named(String),
}

impl Asker {
    /// A user from a known device, or in a session.
    pub fn user(user: Uuid, address: Option<IpAddr>) -> Self {
        Self([Key::Known, Key::Site(address.map(site)), Key::User(user)])
    }

    /// Whoever has a token from the operator, which was checked.
    pub fn with_token(token: &str, address: Option<IpAddr>) -> Self {
        Self([Key::Known, Key::Site(address.map(site)), Key::Named(token.to_owned())])
    }

    /// Anybody who asks for the account with an email address.
    pub fn stranger(email: &str, address: Option<IpAddr>) -> Self {
        Self([Key::Stranger, Key::Site(address.map(site)), Key::Named(email.to_owned())])
    }

    pub(super) fn path(&self) -> [Key; LEVELS] {
        self.0.clone()
    }
}
