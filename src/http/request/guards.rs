//! Request guards: they verify the access token or API key, and are a route's only access to the database.

use std::marker::PhantomData;

use chrono::{DateTime, TimeDelta, Utc};
use rocket::Request;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use uuid::Uuid;

use crate::http::problem::reject;
use crate::tenancy::{
    Caller, Class, Credential, PublicConn, Role, ShopId, Tenancy, TenancyError, TenantConn,
};

use super::credentials::{bearer, enter, verify};
use super::engine::{party, tenancy_by_method};
use super::origin::Origin;
use super::scopes::Needs;
use super::token::Verified;
use super::{content, pace};

pub use super::engine::{Engine, Unmetered};

/// A caller with a valid access token. Whether the session is alive is asked of the database, in the
/// message that begins the transaction.
pub struct SignedIn {
    /// Who asks.
    pub caller: Caller,
    /// The shop that the token names.
    pub shop: Option<ShopId>,
    /// When the caller last proved who they are in this session, if the token says so.
    pub authenticated_at: Option<DateTime<Utc>>,
    tenancy: Tenancy,
}

impl SignedIn {
    /// Runs `work` in `public`, if the caller's session is alive.
    ///
    /// # Errors
    /// What `work` returns, or what the engine says.
    pub async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut PublicConn<'_>) -> Result<T, E> + Send + 'static,
    {
        self.tenancy.in_public_as(self.caller, work).await
    }

    /// Whether the caller proved who they are within this time.
    pub fn authenticated_within(&self, age: TimeDelta) -> bool {
        self.authenticated_at.is_some_and(|time| Utc::now() - time < age)
    }

    /// The engine, for the few actions that need the owner's transaction.
    pub fn tenancy(&self) -> &Tenancy {
        &self.tenancy
    }
}

/// A caller with a token or an API key for a shop, on a route that asks for the role `R` at least, and of a key for the
/// scope `S`.
///
/// It holds verified claims and no connection: that is taken in [`Tenant::run`], after the body is read.
pub struct Tenant<R, S> {
    credential: Credential,
    shop: ShopId,
    origin: Origin,
    tenancy: Tenancy,
    route: PhantomData<(R, S)>,
}

impl<R, S> Clone for Tenant<R, S> {
    fn clone(&self) -> Self {
        let Self { credential, shop, origin, tenancy, route } = self;
        Self {
            credential: *credential,
            shop: *shop,
            origin: origin.clone(),
            tenancy: tenancy.clone(),
            route: *route,
        }
    }
}

/// A role as a type, so that a route's signature says who may call it.
pub trait AtLeast: Send + Sync {
    /// The least role that may call.
    const ROLE: Role;
}

/// Every member of the shop.
pub struct Customer;
/// Staff and owners.
pub struct Staff;

impl AtLeast for Customer {
    const ROLE: Role = Role::Customer;
}

impl AtLeast for Staff {
    const ROLE: Role = Role::Staff;
}

impl<R: AtLeast, S: Needs> Tenant<R, S> {
    /// Runs `work` inside the shop, in one transaction, if the caller may enter it.
    ///
    /// # Errors
    /// What `work` returns, or what the engine says.
    pub async fn run<T, E, F>(self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let Self { credential, shop, origin, .. } = self;
        let inside = move |conn: &mut TenantConn<'_>| {
            note_key(&origin, credential, shop);
            work(conn)
        };
        self.tenancy.in_shop(credential, shop, R::ROLE, inside).await
    }

    /// [`Tenant::run`] for one of several transactions of a request. The caller must be let in each time; that a key was
    /// used is noted by `run` alone.
    ///
    /// # Errors
    /// As [`Tenant::run`].
    pub async fn run_part<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Send + 'static,
    {
        self.tenancy.in_shop(self.credential, self.shop, R::ROLE, work).await
    }

    /// Checks that the caller may enter.
    ///
    /// # Errors
    /// What the engine says.
    pub(in crate::http) async fn enter(&self) -> Result<(), TenancyError> {
        self.run_part(|_| Ok(())).await
    }

    /// The same for work of another class.
    #[must_use]
    pub fn in_class(self, class: Class) -> Self {
        Self { tenancy: self.tenancy.in_class(class), ..self }
    }

    /// The shop.
    pub fn shop(&self) -> ShopId {
        self.shop
    }

    /// The caller's user.
    pub fn user(&self) -> Uuid {
        self.credential.user()
    }

    /// [`Tenant::run`] for work of many statements that all see the shop as it is at one moment.
    ///
    /// # Errors
    /// As [`Tenant::run`].
    pub async fn run_at_one_moment<T, E, F>(self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<TenancyError> + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>) -> Result<T, E> + Send + 'static,
    {
        let Self { credential, shop, origin, .. } = self;
        let inside = move |conn: &mut TenantConn<'_>| {
            note_key(&origin, credential, shop);
            work(conn)
        };
        self.tenancy.in_shop_snapshot(credential, shop, R::ROLE, inside).await
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for SignedIn {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let verified = bearer(request).and_then(|token| verify(request, token));
        let guarded = verified.and_then(|verified| {
            let tenancy = tenancy_by_method(request)?;
            pace::count_user(tenancy.quotas(), verified.caller)?;
            content::refuse_coding(request)?;
            Ok((verified, tenancy.for_party(party(&verified.caller.user))))
        });
        match guarded {
            Ok((Verified { caller, shop, authenticated_at }, tenancy)) => {
                Outcome::Success(Self { caller, shop, authenticated_at, tenancy })
            }
            // Forwarded to the fallback, which has the body to drain.
            Err(problem) => Outcome::Forward(reject(request, problem)),
        }
    }
}

#[rocket::async_trait]
impl<'r, R: AtLeast, S: Needs> FromRequest<'r> for Tenant<R, S> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let entered = bearer(request).and_then(|token| enter(request, token, S::SCOPE));
        let guarded = entered.and_then(|(shop, credential)| {
            let tenancy = tenancy_by_method(request)?;
            pace::count_in_shop(request, tenancy.quotas(), credential, shop)?;
            content::refuse_coding(request)?;
            let origin = Origin::of(request);
            Ok(Self { credential, shop, origin, tenancy, route: PhantomData })
        });
        match guarded {
            Ok(tenant) => Outcome::Success(tenant),
            // Forwarded to the fallback, which has the body to drain.
            Err(problem) => Outcome::Forward(reject(request, problem)),
        }
    }
}

/// Writes to the audit log that a key was let in.
fn note_key(origin: &Origin, credential: Credential, shop: ShopId) {
    if let Credential::Key { user, .. } = credential {
        origin.audit("key_used", Some(user), Some(shop));
    }
}
