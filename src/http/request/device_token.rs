//! Device tokens: JWTs that say from which device a user has signed in before. They open nothing: whoever signs in needs the
//! password all the same. With one, strangers' wrong passwords for the account do not count.

use chrono::{TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::tenancy::Caller;

use super::token::{ISSUER, SKEW, TokenError, Tokens};

/// How long a device is known after a sign-in.
pub const LIFETIME: TimeDelta = TimeDelta::days(180);

/// What tells device tokens from access tokens, which have no audience.
const AUDIENCE: &str = "device";

/// A device, as its token names it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Device {
    /// Who signed in.
    pub user: Uuid,
    /// The session that was opened then. It may have ended.
    pub session: Uuid,
}

#[derive(Deserialize, Serialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

impl Tokens {
    /// Signs a token for the device that opened a session just now.
    ///
    /// # Errors
    /// When signing fails.
    pub fn sign_device(&self, opened: Caller) -> Result<String, TokenError> {
        let now = Utc::now().timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: opened.user,
            sid: opened.session,
            iat: now,
            exp: now + LIFETIME.num_seconds(),
            jti: Uuid::now_v7(),
        };
        self.encode(&claims)
    }

    /// The device that a token names, if it is one of ours that has not expired. Whether the device is still known is to be
    /// asked of the database.
    pub fn verify_device(&self, token: &str) -> Option<Device> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["aud", "exp", "iss", "sub"]);
        validation.leeway = 0;
        let Claims { sub, sid, iat, exp, .. } = self.decode(token, &validation).ok()?;
        let is_ours = iat <= Utc::now().timestamp() + SKEW && exp - iat <= LIFETIME.num_seconds();
        is_ours.then_some(Device { user: sub, session: sid })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> Tokens {
        Tokens::new(&"a secret".into())
    }

    fn caller() -> Caller {
        Caller { session: Uuid::now_v7(), user: Uuid::now_v7() }
    }

    #[test]
    fn a_device_token_names_who_signed_in_and_in_which_session() {
        let opened = caller();
        let token = ours().sign_device(opened).unwrap();
        assert_eq!(ours().verify_device(&token), Some(Device { user: opened.user, session: opened.session }));
    }

    #[test]
    fn neither_kind_of_token_is_taken_for_the_other() {
        let device = ours().sign_device(caller()).unwrap();
        assert!(matches!(ours().verify(&device), Err(TokenError::Invalid)));
        assert_eq!(ours().verify_device(&ours().sign(caller(), None, None).unwrap()), None);
    }

    #[test]
    fn former_secrets_still_verify_and_others_never() {
        let old = ours().sign_device(caller()).unwrap();
        let newer = Tokens::new(&"a newer secret".into());
        assert_eq!(newer.verify_device(&old), None);
        let newer = newer.verifying(&"a secret".into());
        assert!(newer.verify_device(&old).is_some());
        assert_eq!(ours().verify_device(&newer.sign_device(caller()).unwrap()), None);
    }

    #[test]
    fn claims_that_are_missing_foreign_or_too_long_are_refused() {
        let now = Utc::now().timestamp();
        let claims = || {
            let ids = [(); 3].map(|()| Uuid::now_v7());
            serde_json::json!({
                "iss": ISSUER, "aud": AUDIENCE, "sub": ids[0], "sid": ids[1], "jti": ids[2], "iat": now,
                "exp": now + LIFETIME.num_seconds(),
            })
        };
        let verify = |claims: &serde_json::Value| ours().verify_device(&ours().encode(claims).unwrap());
        assert!(verify(&claims()).is_some());
        for (name, value) in [
            ("iss", serde_json::json!("another")),
            ("aud", serde_json::json!("another")),
            ("exp", serde_json::json!(now - 1)),
            ("exp", serde_json::json!(now + 2 * LIFETIME.num_seconds())),
            ("iat", serde_json::json!(now + 3_600)),
            ("sub", serde_json::json!("ada")),
        ] {
            let mut changed = claims();
            changed[name] = value;
            assert_eq!(verify(&changed), None, "{changed}");
        }
        for name in ["iss", "aud", "sub", "sid", "iat", "exp", "jti"] {
            let mut changed = claims();
            changed.as_object_mut().unwrap().remove(name);
            assert_eq!(verify(&changed), None, "{changed}");
        }
        for text in ["", "a", "a.b.c", "shk_forged"] {
            assert_eq!(ours().verify_device(text), None);
        }
    }
}
