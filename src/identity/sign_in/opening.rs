//! What a sign-in does once the password was found right: the second factor, the shop, and the session.

use std::num::NonZeroU32;

use chrono::Utc;

use crate::audit::{self, Entry, Event};
use crate::http::Sealer;
use crate::http::request::device_token;
use crate::http::request::origin::Origin;
use crate::identity::IdentityError;
use crate::identity::factors::check::{self, Checked, Given};
use crate::identity::passwords::proof::{self, Proven};
use crate::identity::passwords::throttle;
use crate::identity::sessions::{self, Grant, Lifetimes, devices};
use crate::identity::users;
use crate::tenancy::{PublicConn, ShopId, ShopName};

use super::tokens::resolve;

/// A session to be opened.
pub(super) struct Opening {
    pub proven: Proven,
    /// The hash of the password with more iterations, if it had too few.
    pub new_hash: Option<String>,
    pub given: Given,
    pub sealer: Sealer,
    pub shop: Option<ShopName>,
    pub origin: Origin,
    pub lifetimes: Lifetimes,
    /// The most sessions that a user may have.
    pub most: Option<NonZeroU32>,
}

/// An open session.
pub(super) struct Opened {
    pub grant: Grant,
    pub shop: Option<ShopId>,
    /// To be logged once the transaction is committed.
    pub entry: Entry,
}

impl Opening {
    /// Opens the session. The transaction is committed with a refusal that is inside: the password was right, and an attempt at a code
    /// counts.
    ///
    /// # Errors
    /// [`IdentityError::InvalidCredentials`] if the password has been changed meanwhile, or when the database fails.
    pub(super) fn run(
        self,
        conn: &mut PublicConn<'_>,
    ) -> Result<Result<Opened, IdentityError>, IdentityError> {
        let Self { proven: Proven { user, hash, counted }, new_hash, given, sealer, shop, .. } = &self;
        let user = *user;
        users::lock_with_hash(conn.pg(), user, hash, IdentityError::InvalidCredentials)?;
        throttle::clear_attempts(conn, counted)?;
        if let Some(hash) = new_hash {
            users::set_password(conn, user, hash)?;
        }
        // Without a shop: its owners have nothing to do with how its members sign in.
        let mut entry = self.origin.entry(Event::SignedIn, user);
        match check::check(conn, sealer, user, given, counted)? {
            Checked::NotNeeded => {}
            Checked::Passed(kind) => entry = entry.with("second_factor", kind.as_str()),
            Checked::Refused(IdentityError::WrongCode) => {
                return self.refuse(conn, Event::FactorFailed, IdentityError::InvalidCode);
            }
            Checked::Refused(error) => return Ok(Err(error)),
        }
        let shop = match resolve(conn, user, shop.as_ref()) {
            Err(error @ IdentityError::NotAMember) => return self.refuse(conn, Event::SignInFailed, error),
            found => found?,
        };
        let grant = sessions::open(conn, user, &self.origin.agent, self.lifetimes, self.most)?;
        devices::remember(conn, grant.caller, Utc::now() + device_token::LIFETIME)?;
        let entry = entry.with("session_id", grant.caller.session.to_string());
        audit::record(conn.pg(), &entry)?;
        Ok(Ok(Opened { grant, shop, entry }))
    }

    fn refuse<T>(
        &self,
        conn: &mut PublicConn<'_>,
        event: Event,
        error: IdentityError,
    ) -> Result<Result<T, IdentityError>, IdentityError> {
        proof::record_failure(conn, &self.origin.failure(event, Some(self.proven.user)))?;
        Ok(Err(error))
    }
}
