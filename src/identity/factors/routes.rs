//! Routes for the caller's second factor.

use chrono::{DateTime, Utc};
use rocket::http::RawStr;
use rocket::response::status::NoContent;
use rocket::{State, delete, get, post, put};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Entry, Event};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{NOT_FOUND, TOO_MANY_ATTEMPTS};
use crate::http::request::origin::Origin;
use crate::http::request::token::Tokens;
use crate::http::{Answered, Body, Created, Fetched, Once, Problem, Secret, SignedIn};
use crate::identity::error::{FACTOR_EXISTS, SECOND_FACTOR_REQUIRED, WRONG_CODE, WRONG_PASSWORD};
use crate::identity::passwords::hashing::Hasher;
use crate::identity::passwords::password::Typed;
use crate::identity::passwords::{proof, throttle};
use crate::identity::sessions::{self, Scope};
use crate::identity::{IdentityError, examples, users};
use crate::mail::{self, Message};
use crate::tenancy::PublicConn;

use super::check::{self, Checked, Given};
use super::queries;

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    let about = "A code of an app (TOTP, RFC 6238) that signing in asks for, beside the password.";
    tagged("Second factor", about, [
        endpoint!(read, "getMyFactors", "Get my second factor").about("Null when I have none.").answers(json!({
            "totp": { "confirmed_at": "2026-11-22T23:38:08.834510Z", "recovery_codes": 10 },
        })),
        endpoint!(begin, "beginTotp", "Begin a second factor")
            .about(
                "Gives a secret for an app, as text and as the address that apps take as a QR code. It counts when a first code \
                 is given to `POST /me/factors/totp/confirm`; until then, beginning again makes another.",
            )
            .takes(json!({ "password": "correct horse" }))
            .creates("/me/factors", json!({
                "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
                "otpauth_url": "otpauth://totp/Shophouse:cleo%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Shophouse",
            }))
            .may_fail(&[&WRONG_PASSWORD, &TOO_MANY_ATTEMPTS, &FACTOR_EXISTS]),
        endpoint!(confirm, "confirmTotp", "Set the second factor up")
            .about(
                "From now on signing in asks for a code. Answers with ten recovery codes, this one time: each signs in once, when \
                 the app is lost. Every other session of mine ends.",
            )
            .takes(json!({ "code": "287082" }))
            .answers(examples::recovery_codes())
            .may_fail(&[&NOT_FOUND, &WRONG_CODE, &FACTOR_EXISTS]),
        endpoint!(replace_codes, "replaceRecoveryCodes", "Replace my recovery codes")
            .about("The former ones are void. Asks for the password, and for a code or a recovery code.")
            .takes(json!({ "password": "correct horse", "code": "287082" }))
            .answers(examples::recovery_codes())
            .may_fail(&[&NOT_FOUND, &WRONG_PASSWORD, &WRONG_CODE, &SECOND_FACTOR_REQUIRED, &TOO_MANY_ATTEMPTS]),
        endpoint!(remove, "removeTotp", "Remove my second factor")
            .about("Asks for the password, and for a code or a recovery code.")
            .takes(json!({ "password": "correct horse", "code": "287082" }))
            .may_fail(&[&NOT_FOUND, &WRONG_PASSWORD, &WRONG_CODE, &SECOND_FACTOR_REQUIRED, &TOO_MANY_ATTEMPTS]),
    ])
}

/// My second factors.
#[derive(Serialize, ToSchema)]
struct Factors {
    totp: Option<TotpFactor>,
}

#[derive(Serialize, ToSchema)]
struct TotpFactor {
    confirmed_at: DateTime<Utc>,
    /// How many are left.
    recovery_codes: i64,
}

#[get("/me/factors")]
async fn read(signed_in: SignedIn) -> Result<Fetched<Factors>, Problem> {
    let user = signed_in.caller.user;
    let found = signed_in.run(move |conn| queries::find(conn, user)).await?;
    let totp = found
        .map(|queries::Shown { confirmed_at, recovery_codes }| TotpFactor { confirmed_at, recovery_codes });
    Ok(Fetched(Factors { totp }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTotp {
    password: Typed,
}

/// What an app needs. It is shown this once.
#[derive(Serialize, ToSchema)]
struct TotpSecret {
    /// In base32.
    secret: String,
    otpauth_url: String,
}

#[post("/me/factors/totp", data = "<body>")]
async fn begin(
    signed_in: SignedIn,
    hasher: &State<Hasher>,
    tokens: &State<Tokens>,
    origin: Origin,
    once: Once,
    body: Body<NewTotp>,
) -> Result<Secret<Answered<Created<TotpSecret>>>, Problem> {
    let (user, sealer) = (signed_in.caller.user, tokens.sealer());
    let failure = origin.entry(Event::ReauthenticationFailed, user);
    let proven =
        proof::for_caller(&signed_in, hasher, origin.address, body.0.password.into(), failure).await?;
    let entry = origin.entry(Event::FactorBegun, user);
    let act = move |conn: &mut PublicConn<'_>| {
        users::lock_with_hash(conn.pg(), user, &proven.hash, IdentityError::WrongPassword)?;
        throttle::clear_attempts(conn, &proven.counted)?;
        let (email, _) = users::credentials_of(conn, user)?;
        once.run(user, conn, |conn| {
            let secret = queries::begin(conn, &sealer, user)?;
            audit::record(conn.pg(), &entry)?;
            let account = RawStr::new(&email).percent_encode();
            let otpauth_url = format!("otpauth://totp/Shophouse:{account}?secret={secret}&issuer=Shophouse");
            Ok::<_, IdentityError>(Created("/me/factors".to_owned(), TotpSecret { secret, otpauth_url }))
        })
    };
    Ok(Secret(signed_in.run(act).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstCode {
    code: String,
}

/// Each signs in once. They are shown this once.
// Not `RecoveryCodes`: in clients a variable of that type would have the name of its own field.
#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryCodeList)]
struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

#[post("/me/factors/totp/confirm", data = "<body>")]
async fn confirm(
    signed_in: SignedIn,
    tokens: &State<Tokens>,
    origin: Origin,
    once: Once,
    body: Body<FirstCode>,
) -> Result<Secret<Answered<Fetched<RecoveryCodes>>>, Problem> {
    let (caller, sealer) = (signed_in.caller, tokens.sealer());
    let entry = origin.entry(Event::FactorAdded, caller.user);
    let act = move |conn: &mut PublicConn<'_>| {
        users::lock(conn.pg(), caller.user)?;
        let mut done = None;
        let answered = once.run(caller.user, conn, |conn| {
            let recovery_codes = queries::confirm(conn, &sealer, caller.user, &body.0.code)?;
            // Those were opened without a code.
            sessions::log_out(conn, caller, Scope::Others)?;
            audit::record(conn.pg(), &entry)?;
            done = Some(entry);
            Ok::<_, IdentityError>(Fetched(RecoveryCodes { recovery_codes }))
        })?;
        Ok::<_, IdentityError>((answered, done))
    };
    let (answered, done) = signed_in.run(act).await?;
    done.inspect(Entry::log);
    Ok(Secret(answered))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BothFactors {
    password: Typed,
    /// Of the app.
    code: Option<String>,
    /// In place of the app's code.
    recovery_code: Option<String>,
}

#[put("/me/factors/totp/recovery-codes", data = "<body>")]
async fn replace_codes(
    signed_in: SignedIn,
    hasher: &State<Hasher>,
    tokens: &State<Tokens>,
    origin: Origin,
    body: Body<BothFactors>,
) -> Result<Secret<Fetched<RecoveryCodes>>, Problem> {
    let (user, entry) =
        (signed_in.caller.user, origin.entry(Event::RecoveryCodesMade, signed_in.caller.user));
    let codes = with_both(&signed_in, hasher, tokens, &origin, body.0, move |conn| {
        let codes = queries::replace_codes(conn, user)?;
        audit::record(conn.pg(), &entry)?;
        Ok((codes, entry))
    });
    let (recovery_codes, entry) = codes.await?;
    entry.log();
    Ok(Secret(Fetched(RecoveryCodes { recovery_codes })))
}

#[delete("/me/factors/totp", data = "<body>")]
async fn remove(
    signed_in: SignedIn,
    hasher: &State<Hasher>,
    tokens: &State<Tokens>,
    origin: Origin,
    body: Body<BothFactors>,
) -> Result<NoContent, Problem> {
    let (user, entry) = (signed_in.caller.user, origin.entry(Event::FactorRemoved, signed_in.caller.user));
    let removed = with_both(&signed_in, hasher, tokens, &origin, body.0, move |conn| {
        queries::remove(conn.pg(), user)?;
        let (email, _) = users::credentials_of(conn, user)?;
        mail::send(conn.pg(), &email, &Message::SecondFactorRemoved {})?;
        audit::record(conn.pg(), &entry)?;
        Ok(entry)
    });
    removed.await?.log();
    Ok(NoContent)
}

/// Does something for a caller who gives the password and a code.
async fn with_both<T: Send + 'static>(
    signed_in: &SignedIn,
    hasher: &Hasher,
    tokens: &Tokens,
    origin: &Origin,
    BothFactors { password, code, recovery_code }: BothFactors,
    act: impl FnOnce(&mut PublicConn<'_>) -> Result<T, IdentityError> + Send + 'static,
) -> Result<T, IdentityError> {
    let (user, sealer, given) = (signed_in.caller.user, tokens.sealer(), Given { code, recovery_code });
    let failure = origin.entry(Event::ReauthenticationFailed, user);
    let proven = proof::for_caller(signed_in, hasher, origin.address, password.into(), failure).await?;
    let failure = origin.entry(Event::FactorFailed, user);
    let done = signed_in.run(move |conn| {
        users::lock_with_hash(conn.pg(), user, &proven.hash, IdentityError::WrongPassword)?;
        throttle::clear_attempts(conn, &proven.counted)?;
        match check::check(conn, &sealer, user, &given, &proven.counted)? {
            Checked::NotNeeded => Err(IdentityError::NoFactor),
            Checked::Passed(_) => Ok(Ok(act(conn)?)),
            // Committed, so that the attempt counts.
            Checked::Refused(error) => {
                if matches!(error, IdentityError::WrongCode) {
                    proof::record_failure(conn, &failure)?;
                }
                Ok(Err(error))
            }
        }
    });
    done.await?
}
