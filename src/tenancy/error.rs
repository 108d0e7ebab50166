//! Why the engine turned a caller or a piece of work away.

use crate::database::{ANSWER, DatabaseError};
use crate::metrics::MetricsError;

use crate::tenancy::shop::UnknownWord;

/// Why a request may not enter, as `public.enter` and `public.enter_session` say it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The session has ended, or never was.
    #[error("this session has ended")]
    SessionRevoked,
    /// The API key was revoked, or never was.
    #[error("this API key is not valid, or was revoked")]
    KeyRevoked,
    /// The user does not belong to the shop, or there is no such shop.
    #[error("you are not a member of this shop")]
    NotAMember,
    /// The user's role does not reach.
    #[error("your role in this shop does not allow this")]
    Forbidden,
    /// The operator has suspended the shop.
    #[error("this shop is suspended")]
    ShopSuspended,
    /// The shop is closed and waits to be erased.
    #[error("this shop is being deleted")]
    ShopDeleting,
    /// There is no shop with this slug that anybody may look into.
    #[error("there is no such shop")]
    NoStorefront,
    /// The shop's last migration failed.
    #[error("this shop's upgrade failed; its operator has the reason")]
    ShopFailed,
    /// The shop's schema is older than this binary, or too new for it.
    #[error("this shop is being upgraded")]
    ShopUpgrading,
}

impl Refusal {
    /// Reads the message of a door; the migration that makes the doors has the same words.
    fn from_message(message: &str) -> Option<Self> {
        match message.strip_prefix(ANSWER)? {
            "session_revoked" => Some(Self::SessionRevoked),
            "key_revoked" => Some(Self::KeyRevoked),
            "not_a_member" => Some(Self::NotAMember),
            "forbidden" => Some(Self::Forbidden),
            "shop_suspended" => Some(Self::ShopSuspended),
            "shop_deleting" => Some(Self::ShopDeleting),
            "no_storefront" => Some(Self::NoStorefront),
            "shop_failed" => Some(Self::ShopFailed),
            "shop_upgrading" => Some(Self::ShopUpgrading),
            _ => None,
        }
    }
}

/// Why the engine did not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum TenancyError {
    /// The caller may not enter.
    #[error(transparent)]
    Refused(Refusal),
    /// The database failed.
    #[error(transparent)]
    Database(DatabaseError),
    /// The database holds a word that this binary does not know.
    #[error(transparent)]
    Unknown(#[from] UnknownWord),
    /// A migration could not be applied.
    #[error("migration {name}: {error}")]
    Migration {
        /// The migration's name.
        name: String,
        /// What PostgreSQL said.
        error: DatabaseError,
    },
    /// A tree of migrations is not as it must be.
    #[error("the migrations cannot be used: {0}")]
    Tree(String),
    /// A file was changed after it had been applied: shops migrated since would differ from those before.
    #[error(
        "migration {name} was changed after it had been applied here. Put its up.sql back as it was, and make the \
         change in a new migration"
    )]
    Edited {
        /// The migration's name.
        name: String,
    },
    /// A migration sorts before one that has been applied: shops that have that one would never get it.
    #[error("migration {name} is older than what has been applied here already. Give it a later version")]
    TooLate {
        /// The migration's name.
        name: String,
    },
    /// A migration would have opened the wall between shops.
    #[error("the wall does not allow what a migration made in {schema}: {what}")]
    Hole {
        /// The schema in which it was found.
        schema: String,
        /// The object, and what to make instead.
        what: String,
    },
    /// The current schema was not the one to be migrated.
    #[error("{expected} is to be migrated, but the current schema is {found}")]
    WrongSchema {
        /// The schema to be migrated.
        expected: String,
        /// What `current_schema()` said.
        found: String,
    },
    /// `public` is not what this binary needs, and whoever came only to look does not migrate it.
    #[error(
        "the database is not up to date (public is {found}, this binary needs {needed}): run `shophouse migrate` first"
    )]
    Behind {
        /// The newest migration that `public` has.
        found: String,
        /// The newest migration of `public` that this binary has.
        needed: String,
    },
    /// An answer could not be written out, kept or read again.
    #[error("an answer could not be kept: {0}")]
    Answer(String),
    /// Something was possible that the wall must not allow.
    #[error("the wall between shops does not hold, so nothing is served: {what}. Put it right: {remedy}")]
    Breach {
        /// What was possible.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// The program does not know what to count.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// The logins or roles are not as the wall needs them.
    #[error("{0}")]
    Roles(String),
}

impl TenancyError {
    /// Whether the same may well succeed a moment later, because it was not the work that was wrong.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Migration { error, .. } | Self::Database(error) => error.is_passing(),
            _ => false,
        }
    }

    /// Whether the database was not to be had at all.
    pub(super) fn is_unreachable(&self) -> bool {
        matches!(self, Self::Database(DatabaseError::Busy(_) | DatabaseError::Unreachable(_)))
    }
}

impl From<DatabaseError> for TenancyError {
    fn from(error: DatabaseError) -> Self {
        match error.message().and_then(Refusal::from_message) {
            Some(refusal) => Self::Refused(refusal),
            None => Self::Database(error),
        }
    }
}

impl From<diesel::result::Error> for TenancyError {
    fn from(error: diesel::result::Error) -> Self {
        Self::from(DatabaseError::from(error))
    }
}
