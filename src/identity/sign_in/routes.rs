//! Routes for signing up and signing in.

use rocket::tokio::time::{Instant, sleep_until};
use rocket::{Either, State, post};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::Entry;
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{NOT_A_MEMBER, TOO_MANY_ATTEMPTS};
use crate::http::request::origin::Origin;
use crate::http::request::text::Word;
use crate::http::request::token::Tokens;
use crate::http::{Accepted, Body, Created, Engine, Fetched, Problem, Secret};
use crate::identity::error::{
    EMAIL_TAKEN, INVALID_CODE, INVALID_CREDENTIALS, INVALID_INVITATION, REMOVED_FROM_SHOP,
    SECOND_FACTOR_REQUIRED, UNKNOWN_SHOP,
};
use crate::identity::factors::check::Given;
use crate::identity::passwords::asker::Asker;
use crate::identity::passwords::hashing::Hasher;
use crate::identity::passwords::password::{NewPassword, Password, Typed};
use crate::identity::passwords::proof::{self, Proven};
use crate::identity::passwords::requests;
use crate::identity::sessions::{Grant, Lifetimes};
use crate::identity::users::User;
use crate::identity::{Email, IdentityError, Verification, examples};
use crate::limits::Limit;
use crate::metrics::SignIn;
use crate::tenancy::{Class, OwnerTx, ShopName, Slug, Tenancy};

use super::opening::{Opened, Opening};
use super::registration::{self, NewUser, register_as_member};
use super::tokens::{SignInTokens, access_token};
use super::{token_routes, unproved, verify_routes};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    let mut all = tagged("Auth", examples::AUTH, [
        endpoint!(register, "register", "Register")
            .about(
                "Makes a user. With `shop`, the user also becomes a customer of that shop; with `invitation`, a member of \
                 the shop that invited whoever has this token. Where addresses have to be proved, the answer is 202 whoever has the \
                 address, and a message to it says how to go on: until it is proved, the user can sign in, shop and see what is \
                 theirs, but has no role above customer. Elsewhere the answer is 201 with the user. Who registers very many users from one address has to \
                 wait.",
            )
            .takes(json!({
                "email": "cleo@example.com",
                "password": "correct horse",
                "name": "Cleo",
                "shop": "the-loft",
            }))
            .creates("/me", examples::user())
            .may_fail(&[&EMAIL_TAKEN, &UNKNOWN_SHOP, &INVALID_INVITATION, &REMOVED_FROM_SHOP, &TOO_MANY_ATTEMPTS]),
        endpoint!(login, "logIn", "Sign in")
            .about(
                "With `shop`, an id or a slug, the access token is one to work in that shop. After some wrong passwords \
                 each further attempt has to wait, for half a minute at most in the same account. Keep the \
                 `device_token` of the answer, and send it with the next sign-in: others' wrong passwords then do not \
                 delay it. One that is not valid any more, or another account's, is ignored. An account with a second factor \
                 gets 401 `second_factor_required` after the right password: send the same with `code`. Who has as many sessions as \
                 one may have loses the one that was not used for the longest time.",
            )
            .takes(json!({
                "email": "ada@example.com",
                "password": "correct horse",
                "shop": "the-loft",
                "device_token": examples::DEVICE_TOKEN,
            }))
            .answers(examples::sign_in())
            .may_fail(&[
                &INVALID_CREDENTIALS,
                &SECOND_FACTOR_REQUIRED,
                &INVALID_CODE,
                &NOT_A_MEMBER,
                &TOO_MANY_ATTEMPTS,
            ]),
    ]);
    all.extend(tagged("Auth", examples::AUTH, token_routes::endpoints()));
    all.extend(tagged("Auth", examples::AUTH, verify_routes::endpoints()));
    all
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Registration {
    email: Email,
    password: NewPassword,
    #[serde(default)]
    name: Word,
    shop: Option<Slug>,
    /// The token of an invitation, for any address.
    invitation: Option<String>,
}

#[post("/auth/register", data = "<body>")]
async fn register(
    tenancy: Engine,
    hasher: &State<Hasher>,
    verification: &State<Verification>,
    origin: Origin,
    body: Body<Registration>,
) -> Result<Either<Accepted, Created<User>>, Problem> {
    let tenancy = tenancy.in_class(Class::SignIn);
    let is_told = !verification.is_on();
    let Registration { email, password, name, shop, invitation } = body.0;
    let address = origin.address;
    let counted = tenancy.in_public(move |conn| {
        requests::count_registration(conn, address)?;
        if is_told { requests::count_told_taken(conn, address) } else { Ok(()) }
    });
    counted.await?;
    let asker = Asker::stranger(email.as_str(), address);
    let hash = hasher.hash(&asker, password.into()).await.map_err(IdentityError::from)?;
    let new = NewUser { email, name, hash };
    if verification.is_on() {
        let began = Instant::now();
        let made = unproved::register(&tenancy, new, shop, invitation, origin).await;
        sleep_until(began + unproved::EVEN).await;
        made?.iter().for_each(Entry::log);
        return Ok(Either::Left(Accepted));
    }
    let (user, entries) = if shop.is_none() && invitation.is_none() {
        tenancy.in_public(move |conn| registration::register(conn, &new, &origin)).await?
    } else {
        let asked = **verification;
        let act =
            move |owner: &mut OwnerTx<'_>| register_as_member(owner, asked, &new, shop, invitation, &origin);
        tenancy.as_owner(None, act).await?
    };
    tenancy.in_public(move |conn| requests::clear_told_taken(conn, address)).await?;
    entries.iter().for_each(Entry::log);
    Ok(Either::Right(Created("/me".to_owned(), user)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Credentials)]
pub(in crate::identity) struct Login {
    email: Email,
    password: Typed,
    shop: Option<ShopName>,
    /// From an earlier sign-in on this device.
    device_token: Option<String>,
    /// Of the app, if the account has a second factor.
    code: Option<String>,
    /// In place of the app's code; each is good once.
    recovery_code: Option<String>,
}

#[post("/auth/login", data = "<body>")]
async fn login(
    tenancy: Engine,
    hasher: &State<Hasher>,
    tokens: &State<Tokens>,
    lifetimes: &State<Lifetimes>,
    origin: Origin,
    body: Body<Login>,
) -> Result<Secret<Fetched<SignInTokens>>, Problem> {
    let tenancy = tenancy.in_class(Class::SignIn);
    let ended = sign_in(&tenancy, hasher, tokens, **lifetimes, &origin, body.0).await;
    count(&tenancy, &ended);
    Ok(Secret(Fetched(ended?)))
}

async fn sign_in(
    tenancy: &Tenancy,
    hasher: &Hasher,
    tokens: &Tokens,
    lifetimes: Lifetimes,
    origin: &Origin,
    Login { email, password, shop, device_token, code, recovery_code }: Login,
) -> Result<SignInTokens, IdentityError> {
    let password = Password::from(password);
    let device = device_token.and_then(|token| tokens.verify_device(&token));
    let proven = proof::for_sign_in(tenancy, hasher, email, origin, password.clone(), device).await?;
    let new_hash = rehashed(hasher, &Asker::user(proven.user, origin.address), &proven, password).await;
    let opening = Opening {
        proven,
        new_hash,
        given: Given { code, recovery_code },
        sealer: tokens.sealer(),
        shop,
        origin: origin.clone(),
        lifetimes,
        most: tenancy.quotas().value(Limit::Sessions),
    };
    let Opened { grant, shop, entry } = tenancy.in_public(move |conn| opening.run(conn)).await??;
    let Grant { caller, authenticated_at, refresh_token } = grant;
    entry.log();
    let access = access_token(tokens, caller, shop, Some(authenticated_at))?;
    let device_token = tokens.sign_device(caller)?;
    Ok(SignInTokens { access, refresh_token: refresh_token.0, device_token })
}

/// Counts how signing in ended. When the database was away, it did not end.
fn count(tenancy: &Tenancy, ended: &Result<SignInTokens, IdentityError>) {
    let outcome = match ended {
        Ok(_) => SignIn::Succeeded,
        Err(IdentityError::InvalidCredentials | IdentityError::InvalidCode | IdentityError::NotAMember) => {
            SignIn::Failed
        }
        Err(IdentityError::TooManyAttempts(_)) => SignIn::Throttled,
        Err(_) => return,
    };
    tenancy.metrics().sign_ins.count(outcome);
}

/// The password hashed anew, when its hash is of a time with fewer iterations. Signing in does not fail for it.
async fn rehashed(hasher: &Hasher, asker: &Asker, proven: &Proven, password: Password) -> Option<String> {
    if !hasher.needs_rehash(&proven.hash) {
        return None;
    }
    let hashed = hasher.hash(asker, password).await;
    hashed.inspect_err(|error| tracing::warn!(%error, "a password could not be hashed anew")).ok()
}
