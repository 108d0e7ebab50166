//! Request guards: they verify the access token or API key, and are a route's only access to the database.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;

use chrono::{DateTime, TimeDelta, Utc};
use rocket::Request;
use rocket::http::Method;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use uuid::Uuid;

use crate::database::Party;
use crate::http::problem::{
    INTERNAL, INVALID_TOKEN, Problem, SHOP_REQUIRED, TOKEN_EXPIRED, UNAUTHENTICATED, reject,
};
use crate::tenancy::{
    Caller, Class, Credential, PublicConn, Refusal, Role, ShopId, Tenancy, TenancyError, TenantConn,
};

use super::log_fields::LogFields;
use super::origin::Origin;
use super::scopes::{Needs, Scope};
use super::token::{TokenError, Tokens, Verified};
use super::{api_key, client, content, headers, pace};

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

/// The engine, on a route that anybody may call.
pub struct Engine(Tenancy);

impl Deref for Engine {
    type Target = Tenancy;

    fn deref(&self) -> &Tenancy {
        &self.0
    }
}

/// The engine, on a route that always answers, however often it is called: for the operator.
pub struct Unmetered(Tenancy);

impl Deref for Unmetered {
    type Target = Tenancy;

    fn deref(&self) -> &Tenancy {
        &self.0
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Engine {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let guarded = tenancy_by_method(request).and_then(|tenancy| {
            pace::count_address(request, tenancy.quotas())?;
            content::refuse_coding(request)?;
            Ok(tenancy.for_party(party_at(request)))
        });
        match guarded {
            Ok(tenancy) => Outcome::Success(Self(tenancy)),
            // Forwarded to the fallback, which has the body to drain.
            Err(problem) => Outcome::Forward(reject(request, problem)),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Unmetered {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match tenancy(request) {
            Ok(tenancy) => Outcome::Success(Self(tenancy)),
            Err(problem) => Outcome::Forward(reject(request, problem)),
        }
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

/// Waiting work in `public` takes turns by user.
fn party(who: &impl Hash) -> Party {
    let mut hasher = DefaultHasher::new();
    who.hash(&mut hasher);
    Party::without_home(hasher.finish())
}

/// Of strangers, by address.
fn party_at(request: &Request<'_>) -> Party {
    party(&client::address(request).map(client::network))
}

/// The engine, which notes on the request's account what it does.
fn tenancy(request: &Request<'_>) -> Result<Tenancy, Problem> {
    let tenancy: Option<&Tenancy> = request.rocket().state();
    let tenancy = tenancy.ok_or_else(|| INTERNAL.because("The server is not set up."))?;
    client::check(request)?;
    Ok(tenancy.charged_to(&LogFields::of(request).spent))
}

/// The same, which changes nothing where the request's method says so.
fn tenancy_by_method(request: &Request<'_>) -> Result<Tenancy, Problem> {
    let tenancy = tenancy(request)?;
    // HEAD is answered by the route for GET.
    Ok(if matches!(request.method(), Method::Get | Method::Head) { tenancy.reading() } else { tenancy })
}

/// The shop that a bearer token is for, and how it enters; a key, for this scope.
fn enter(request: &Request<'_>, token: &str, scope: Scope) -> Result<(ShopId, Credential), Problem> {
    if token.starts_with(api_key::PREFIX) {
        let Some((shop, credential)) = api_key::read(token, scope) else {
            // It names nobody. Whoever tries is known by the address alone.
            pace::count_address(request, tenancy(request)?.quotas())?;
            return Err(Refusal::KeyRevoked.into());
        };
        LogFields::of(request).asked_by(credential.user(), Some(shop));
        return Ok((shop, credential));
    }
    let Verified { caller, shop, .. } = verify(request, token)?;
    let shop = shop.ok_or_else(|| {
        SHOP_REQUIRED.because("Sign in to a shop, or switch to one, to get a token for it.")
    })?;
    Ok((shop, Credential::Session(caller)))
}

fn verify(request: &Request<'_>, token: &str) -> Result<Verified, Problem> {
    let tokens: Option<&Tokens> = request.rocket().state();
    let tokens = tokens.ok_or_else(|| INTERNAL.because("The server is not set up."))?;
    if token.starts_with(api_key::PREFIX) {
        return Err(
            INVALID_TOKEN.because("An API key works inside its shop only; this asks for an access token.")
        );
    }
    let verified = tokens.verify(token).map_err(|error| match error {
        TokenError::Expired => TOKEN_EXPIRED.because(error.to_string()),
        TokenError::Invalid | TokenError::Signing(_) => INVALID_TOKEN.because(error.to_string()),
    })?;
    LogFields::of(request).asked_by(verified.caller.user, verified.shop);
    Ok(verified)
}

/// The token in the header `Authorization`. The scheme's name has no case (RFC 7235).
fn bearer<'r>(request: &'r Request<'_>) -> Result<&'r str, Problem> {
    let header = headers::one(request, "Authorization");
    // RFC 6750, section 3.1.
    let header = header
        .map_err(|problem| problem.with_header("WWW-Authenticate", "Bearer error=\"invalid_request\""))?;
    header
        .and_then(|header| header.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| UNAUTHENTICATED.because("Send an access token: Authorization: Bearer <token>."))
}
