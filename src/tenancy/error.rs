//! The errors of tenancy: why a caller was refused, or work was not done.

use diesel::result::DatabaseErrorInformation;

use crate::database::{DatabaseError, REFUSAL_PREFIX, Trouble};
use crate::metrics::MetricsError;

use crate::tenancy::shop::UnknownWord;

/// Why a request may not enter. `public.enter` and its siblings raise these.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The session has ended, or never existed.
    #[error("this session has ended")]
    SessionRevoked,
    /// The API key was revoked, or never existed.
    #[error("this API key is not valid, or was revoked")]
    KeyRevoked,
    /// The API key's time is over.
    #[error("this API key has expired")]
    KeyExpired,
    /// The API key is not for what this needs.
    #[error("this needs an API key with the scope {0}")]
    InsufficientScope(&'static str),
    /// The user is not a member of the shop, or there is no such shop.
    #[error("you are not a member of this shop")]
    NotAMember,
    /// The user's role is too low.
    #[error("your role in this shop does not allow this")]
    Forbidden,
    /// The shop requires a second factor of its staff, and the user has none.
    #[error("this shop requires a second factor of its staff, and you have none")]
    SecondFactorMissing,
    /// The operator has suspended the shop.
    #[error("this shop is suspended")]
    ShopSuspended,
    /// The shop is closed and will be erased.
    #[error("this shop is being deleted")]
    ShopDeleting,
    /// There is no open shop with this slug.
    #[error("there is no such shop")]
    NoStorefront,
    /// The shop's last migration failed.
    #[error("this shop's upgrade failed; its operator has the reason")]
    ShopFailed,
    /// The shop's schema is too old or too new for this binary.
    #[error("this shop is being upgraded")]
    ShopUpgrading,
}

impl Refusal {
    /// Parses the message of an `enter` function; the migrations that create these functions have the same words.
    fn from_message(message: &str) -> Option<Self> {
        match message.strip_prefix(REFUSAL_PREFIX)? {
            "session_revoked" => Some(Self::SessionRevoked),
            "key_revoked" => Some(Self::KeyRevoked),
            "key_expired" => Some(Self::KeyExpired),
            // Which scope, only the request knows.
            "insufficient_scope" => Some(Self::InsufficientScope("")),
            "not_a_member" => Some(Self::NotAMember),
            "forbidden" => Some(Self::Forbidden),
            "second_factor_required" => Some(Self::SecondFactorMissing),
            "shop_suspended" => Some(Self::ShopSuspended),
            "shop_deleting" => Some(Self::ShopDeleting),
            "no_storefront" => Some(Self::NoStorefront),
            "shop_failed" => Some(Self::ShopFailed),
            "shop_upgrading" => Some(Self::ShopUpgrading),
            _ => None,
        }
    }
}

/// Whether an error names this constraint. Citus names the one of a worker: in the message, and with a shard's number behind it.
pub fn names_constraint(error: &dyn DatabaseErrorInformation, constraint: &str) -> bool {
    let in_message = || error.message().split_once("constraint \"")?.1.split('"').next();
    let named = error.constraint_name().or_else(in_message).and_then(|name| name.strip_prefix(constraint));
    let is_shard = |rest: &str| rest.strip_prefix('_').is_some_and(|number| number.parse::<u64>().is_ok());
    named.is_some_and(|rest| rest.is_empty() || is_shard(rest))
}

/// Why tenancy did not do what it was asked to do.
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
    /// A tree of migrations is not valid.
    #[error("the migrations cannot be used: {0}")]
    Tree(String),
    /// A file was changed after it had been applied. Shops migrated later would differ from those migrated before.
    #[error(
        "migration {name} was changed after it had been applied here. Put its up.sql back as it was, and make the \
         change in a new migration"
    )]
    Edited {
        /// The migration's name.
        name: String,
    },
    /// A migration sorts before one that has been applied. Shops that have the later one would never get it.
    #[error("migration {name} is older than what has been applied here already. Give it a later version")]
    TooLate {
        /// The migration's name.
        name: String,
    },
    /// A migration made something that would bypass the isolation of tenants.
    #[error("tenant isolation does not allow what a migration made in {schema}: {what}")]
    Bypass {
        /// The shop's schema.
        schema: String,
        /// The object, and what to make instead.
        what: String,
    },
    /// The current schema is not the one to be migrated.
    #[error("{expected} is to be migrated, but the current schema is {found}")]
    WrongSchema {
        /// The schema to be migrated.
        expected: String,
        /// What `current_schema()` said.
        found: String,
    },
    /// `public` lacks migrations that this binary needs, and the command at hand does not migrate.
    #[error(
        "the database is not up to date (public is {found}, this binary needs {needed}): run `shophouse migrate` first"
    )]
    Behind {
        /// The newest migration that `public` has.
        found: String,
        /// The newest migration of `public` that this binary has.
        needed: String,
    },
    /// A response could not be rendered, stored or read again.
    #[error("a response could not be stored: {0}")]
    StoredResponse(String),
    /// The self-test succeeded in something that the isolation of tenants must not allow.
    #[error("tenant isolation does not hold, so nothing is served: {what}. To repair it: {remedy}")]
    Breach {
        /// What was possible.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// A metric could not be registered.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// The logins or roles are not as tenant isolation needs them.
    #[error("{0}")]
    Roles(String),
}

impl TenancyError {
    /// Whether the same work may succeed when it is tried again.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Migration { error, .. } | Self::Database(error) => error.is_passing(),
            _ => false,
        }
    }

    /// Whether the reason is the database, for all shops: no connection could be had, or it accepts no changes.
    pub(super) fn concerns_all_shops(&self) -> bool {
        match self {
            Self::Migration { error, .. } | Self::Database(error) => {
                matches!(error, DatabaseError::Busy(_) | DatabaseError::Unreachable(_))
                    || error.trouble() == Some(Trouble::ReadOnly)
            }
            _ => false,
        }
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

#[cfg(test)]
mod tests {
    use super::names_constraint;

    #[test]
    fn a_constraint_is_found_in_the_message_too() {
        for (message, is_named) in [
            ("duplicate key value violates unique constraint \"products_handle_key_102079\"", true),
            ("duplicate key value violates unique constraint \"products_handle_key\"", true),
            ("duplicate key value violates unique constraint \"products_handle_key_2\"", true),
            ("duplicate key value violates unique constraint \"products_handle_keys\"", false),
            ("duplicate key value violates unique constraint \"products_handle_key_b1\"", false),
            ("division by zero", false),
        ] {
            assert_eq!(names_constraint(&message.to_owned(), "products_handle_key"), is_named, "{message}");
        }
    }
}
