//! Routes for the caller's own profile and password.

use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::response::status::NoContent;
use rocket::{Request, State, delete, get, patch, put};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::path::ParameterIn;

use crate::audit::{self, Event};
use crate::http::openapi::{Describe, Endpoint, Operation, endpoint, tagged};
use crate::http::problem::{INVALID_FIELD, INVALID_HEADER, TOO_MANY_ATTEMPTS, reject};
use crate::http::request::headers;
use crate::http::request::origin::Origin;
use crate::http::request::patch::patch_body;
use crate::http::request::text::Word;
use crate::http::{Body, Fetched, IfMatch, OptionalBody, Problem, Resource, SignedIn};
use crate::identity::error::{EMAIL_TAKEN, LAST_OWNER, REAUTHENTICATE, WRONG_PASSWORD};
use crate::identity::passwords::asker::Asker;
use crate::identity::passwords::hashing::Hasher;
use crate::identity::passwords::password::{NewPassword, Password, Typed};
use crate::identity::passwords::proof::{self, Proven};
use crate::identity::passwords::{recent, requests, reset, throttle};
use crate::identity::sessions::{self, Scope};
use crate::identity::users;
use crate::identity::{Email, IdentityError, Verification, examples, revocation};
use crate::mail::{self, Message};

use super::queries::Profile;
use super::{erasure, queries};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    tagged("Me", "The caller's own profile and password.", [
        endpoint!(me, "getMe", "Get my profile").about("Whoever the access token names.").answers(examples::profile()),
        endpoint!(change, "updateMe", "Change my profile")
            .about(
                "What changes is carried to the shops that I belong to; past orders keep what they have. Another email address asks \
                 for the password, if it was not given in the last ten minutes, and the former address gets a message. Where \
                 addresses have to be proved, it is `pending_email` until it is proved, whoever has it; my own one takes that back.",
            )
            .takes(json!({ "name": "Cleo" }))
            .answers(examples::profile())
            .may_fail(&[&EMAIL_TAKEN, &WRONG_PASSWORD, &REAUTHENTICATE, &TOO_MANY_ATTEMPTS]),
        endpoint!(change_password, "changeMyPassword", "Change my password")
            .about("Ends every other session of mine and, unless `keep_keys` is true, all my API keys. A message about it goes to my \
                 address.")
            .takes(json!({ "current_password": "correct horse", "password": "a better horse" }))
            .may_fail(&[&WRONG_PASSWORD, &REAUTHENTICATE, &TOO_MANY_ATTEMPTS]),
        endpoint!(erase, "eraseMe", "Erase me")
            .about(
                "Confirmed with my password: in the body or, for clients that send none with DELETE, in a header. Takes \
                 my name and my address out of this server and out of every shop that knows me, also out of my \
                 orders, and ends all my sessions and keys. The orders stay; what was written for an order alone stays \
                 with it, if the operator has set it so. Not while a shop \
                 that is not being deleted has no owner but me.",
            )
            .takes(json!({ "password": "correct horse" }))
            .may_fail(&[&WRONG_PASSWORD, &REAUTHENTICATE, &LAST_OWNER, &TOO_MANY_ATTEMPTS]),
    ])
}

#[get("/me")]
async fn me(signed_in: SignedIn) -> Result<Resource<Fetched<Profile>>, Problem> {
    let user = signed_in.caller.user;
    Ok(Resource(Fetched(signed_in.run(move |conn| queries::profile(conn, user)).await?)))
}

patch_body! {
    /// Part of a profile.
    struct ProfilePatch {
        email: Email,
        name: Word,
        password: Typed,
    }
}

#[patch("/me", data = "<body>")]
async fn change(
    signed_in: SignedIn,
    hasher: &State<Hasher>,
    verification: &State<Verification>,
    origin: Origin,
    if_match: IfMatch,
    body: Body<ProfilePatch>,
) -> Result<Resource<Fetched<Profile>>, Problem> {
    let ProfilePatch { email, name, password } = body.0;
    let (email, name) = (email.given(), name.given().map(Word::into_string));
    let (caller, verification) = (signed_in.caller, **verification);
    let is_other = match &email {
        Some(email) => confirm_change(&signed_in, hasher, &origin, email.clone(), password.given()).await?,
        None => false,
    };
    let event = match (is_other, verification.is_on()) {
        (false, _) => Event::ProfileChanged,
        (true, false) => Event::EmailChanged,
        (true, true) => Event::EmailChangeAsked,
    };
    let entry = origin.entry(event, caller.user);
    let act = signed_in.tenancy().as_owner(Some(caller), move |owner| {
        if_match.check(|| {
            queries::lock(owner, caller.user)?;
            queries::profile(owner, caller.user).map(|profile| Resource(Fetched(profile)))
        })?;
        let (at_once, wanted) = if verification.is_on() { (None, email) } else { (email, None) };
        queries::change(owner, caller.user, name.as_deref(), at_once.as_ref())?;
        if let Some(email) = &wanted {
            queries::want(owner, caller.user, email)?;
        }
        audit::record(owner.pg(), &entry).map_err(IdentityError::from)?;
        Ok::<_, Problem>((queries::profile(owner, caller.user)?, entry))
    });
    let (profile, entry) = act.await?;
    entry.log();
    Ok(Resource(Fetched(profile)))
}

/// Asks who wants another address to be who they are, and counts what they ask for: whoever has the address of an account can
/// set its password, and the answer may tell who has an account. True if it is another one than now.
async fn confirm_change(
    signed_in: &SignedIn,
    hasher: &Hasher,
    origin: &Origin,
    email: Email,
    password: Option<Typed>,
) -> Result<bool, IdentityError> {
    let user = signed_in.caller.user;
    let present = signed_in.run(move |conn| users::find(conn, user)).await?.email;
    if present == email.as_str() {
        return Ok(false);
    }
    recent::confirm(signed_in, hasher, origin, password).await?;
    signed_in.run(move |conn| requests::count_asking(conn, user)).await?;
    Ok(true)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    current_password: Typed,
    password: NewPassword,
    /// Whether my API keys stay.
    #[serde(default)]
    keep_keys: bool,
}

#[put("/me/password", data = "<body>")]
async fn change_password(
    signed_in: SignedIn,
    hasher: &State<Hasher>,
    origin: Origin,
    body: Body<PasswordChange>,
) -> Result<NoContent, Problem> {
    let (PasswordChange { current_password, password, keep_keys }, caller) = (body.0, signed_in.caller);
    recent::require_factor(&signed_in).await?;
    let failure = origin.entry(Event::PasswordChangeFailed, caller.user);
    let proven =
        proof::for_caller(&signed_in, hasher, origin.address, current_password.into(), failure).await?;
    let asker = Asker::user(caller.user, origin.address);
    let hash = hasher.hash(&asker, password.into()).await.map_err(IdentityError::from)?;
    let entry = origin.entry(Event::PasswordChanged, caller.user);
    let changed = signed_in.run(move |conn| {
        users::lock_with_hash(conn.pg(), caller.user, &proven.hash, IdentityError::WrongPassword)?;
        users::set_password(conn, caller.user, &hash)?;
        sessions::log_out(conn, caller, Scope::Others)?;
        if !keep_keys {
            revocation::end_keys(conn, caller.user)?;
        }
        reset::delete_pending(conn, caller.user)?;
        let (email, _) = users::credentials_of(conn, caller.user)?;
        mail::send(conn.pg(), &email, &Message::PasswordChanged {})?;
        throttle::clear_attempts(conn, &proven.counted)?;
        audit::record(conn.pg(), &entry)?;
        Ok::<_, IdentityError>(entry)
    });
    changed.await?.log();
    Ok(NoContent)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::identity) struct Erasure {
    password: Typed,
}

impl Erasure {
    /// The password, from the header or from the body; both must be the same.
    fn password(header: ConfirmedPassword, body: OptionalBody<Self>) -> Result<Password, Problem> {
        let typed = match (header.0, body.0) {
            (Some(typed), Ok(body)) if typed != body.password => {
                let detail = format!("must be the same as in the header {CONFIRM_PASSWORD}");
                return Err(INVALID_FIELD.at("/password", detail));
            }
            (Some(typed), _) => typed,
            (None, body) => body?.password,
        };
        Ok(typed.into())
    }
}

/// The header with the caller's password. It is not in the query, which proxies write to their logs.
const CONFIRM_PASSWORD: &str = "X-Confirm-Password";

/// The caller's password in a header, for clients that send no body with DELETE.
struct ConfirmedPassword(Option<Typed>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for ConfirmedPassword {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match headers::one(request, CONFIRM_PASSWORD) {
            Ok(given) => Outcome::Success(Self(given.map(|text| Typed::from(text.to_owned())))),
            Err(problem) => Outcome::Forward(reject(request, problem)),
        }
    }
}

impl Describe for ConfirmedPassword {
    fn describe(operation: &mut Operation) {
        let about = "The caller's password in UTF-8, in place of the body.";
        operation.takes(
            CONFIRM_PASSWORD,
            ParameterIn::Header,
            about,
            <Typed as utoipa::PartialSchema>::schema(),
        );
        operation.may_fail(&[&INVALID_HEADER]);
    }
}

#[delete("/me", data = "<body>")]
async fn erase(
    signed_in: SignedIn,
    hasher: &State<Hasher>,
    origin: Origin,
    if_match: IfMatch,
    confirmed: ConfirmedPassword,
    body: OptionalBody<Erasure>,
) -> Result<NoContent, Problem> {
    let password = Erasure::password(confirmed, body)?;
    let (caller, tenancy) = (signed_in.caller, signed_in.tenancy());
    recent::require_factor(&signed_in).await?;
    let failure = origin.entry(Event::ErasureFailed, caller.user);
    let proven = proof::for_caller(&signed_in, hasher, origin.address, password, failure).await?;
    let Proven { user, hash, counted } = proven;
    signed_in.run(move |conn| throttle::clear_attempts(conn, &counted)).await?;
    let entry = origin.entry(Event::Erased, caller.user);
    let act = tenancy.as_owner(Some(caller), move |owner| {
        let held = erasure::lock(owner, user)?;
        if_match.check(|| queries::profile(owner, user).map(|profile| Resource(Fetched(profile))))?;
        users::lock_with_hash(owner.pg(), user, &hash, IdentityError::WrongPassword)?;
        erasure::anonymise(owner, &held)?;
        audit::record(owner.pg(), &entry).map_err(IdentityError::from)?;
        Ok::<_, Problem>(entry)
    });
    act.await?.log();
    // The user is gone already; what is left is found again if this fails.
    if let Err(error) = erasure::finish(tenancy, caller.user).await {
        tracing::warn!(%error, user = %caller.user, "an erasure is to be finished later");
    }
    Ok(NoContent)
}
