//! Errors of the database and of the engine, as problems.

use crate::database::{DatabaseError, Trouble};
use crate::limits::{Reached, TooOften};
use crate::tenancy::{Refusal, TenancyError};

use super::document::Problem;
use super::kinds::{
    BUSY, DATABASE_TIMEOUT, FORBIDDEN, INSUFFICIENT_SCOPE, INVALID_TOKEN, LIMIT_REACHED, NOT_A_MEMBER,
    NOT_FOUND, OUTCOME_UNKNOWN, RATE_LIMITED, READ_ONLY, SECOND_FACTOR_MISSING, SESSION_REVOKED,
    SHOP_DELETING, SHOP_FAILED, SHOP_SUSPENDED, SHOP_UPGRADING, STORAGE_FULL,
};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal {
            Refusal::SessionRevoked => &SESSION_REVOKED,
            Refusal::KeyRevoked | Refusal::KeyExpired => &INVALID_TOKEN,
            Refusal::InsufficientScope(_) => &INSUFFICIENT_SCOPE,
            Refusal::NotAMember => &NOT_A_MEMBER,
            Refusal::Forbidden => &FORBIDDEN,
            Refusal::SecondFactorMissing => &SECOND_FACTOR_MISSING,
            Refusal::ShopSuspended => &SHOP_SUSPENDED,
            Refusal::ShopDeleting => &SHOP_DELETING,
            Refusal::NoStorefront => &NOT_FOUND,
            Refusal::ShopFailed => &SHOP_FAILED,
            Refusal::ShopUpgrading => &SHOP_UPGRADING,
        };
        let problem = kind.because(refusal.to_string());
        match refusal {
            Refusal::InsufficientScope(scope) => problem.with_header(
                "WWW-Authenticate",
                format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""),
            ),
            Refusal::ShopUpgrading => problem.retry_after(5),
            Refusal::ShopFailed => problem.retry_after(300),
            _ => problem,
        }
    }
}

impl From<Reached> for Problem {
    fn from(reached: Reached) -> Self {
        LIMIT_REACHED.because(reached.to_string()).limited(reached)
    }
}

impl From<TooOften> for Problem {
    fn from(too_often: TooOften) -> Self {
        RATE_LIMITED.because(too_often.to_string()).limited(too_often.reached).retry_after(too_often.seconds)
    }
}

impl From<TenancyError> for Problem {
    fn from(error: TenancyError) -> Self {
        match error {
            TenancyError::Refused(refusal) => refusal.into(),
            TenancyError::Database(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        let problem = match error.trouble() {
            None => return Self::internal(&error),
            Some(Trouble::Away) => BUSY.because("The database is busy or not reachable; try again.").retry_after(1),
            Some(Trouble::Slow | Trouble::Locked) => DATABASE_TIMEOUT
                .because("The database did not answer in time. Nothing was changed; try again.")
                .retry_after(1),
            Some(Trouble::Full) => STORAGE_FULL
                .because("The database has no disk space. Nothing was changed; reading still works. The operator must free space.")
                .retry_after(60),
            Some(Trouble::ReadOnly) => READ_ONLY
                .because("The database takes no changes at the moment; what only reads still works.")
                .retry_after(5),
            Some(Trouble::Unsettled) => OUTCOME_UNKNOWN
                .because(
                    "The connection to the database was lost before it confirmed the change. The change was made \
                     completely or not at all: check before you try again. A request with an Idempotency-Key can \
                     simply be sent again with the same key.",
                )
                .retry_after(1),
        };
        problem.caused_by(&error)
    }
}
