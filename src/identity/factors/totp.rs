//! The secret of an app and its codes, by RFC 6238: SHA-1, six digits, thirty seconds. Many apps know nothing else, and its
//! weakness is none here (RFC 4226, appendix B.2).

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Secret};

use crate::identity::IdentityError;

/// As many bytes as SHA-1 has (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;

/// A new secret, in base32 as apps take it.
pub(super) fn new_secret() -> Result<String, IdentityError> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| IdentityError::Randomness(error.to_string()))?;
    Ok(Secret::from(bytes.to_vec()).to_base32())
}

/// The time step that a code is of, if it is of this moment, or of the step before or after it.
pub(super) fn step_of(secret: &str, code: &str, now: DateTime<Utc>) -> Result<Option<i64>, IdentityError> {
    let unusable = |error: &dyn std::error::Error| IdentityError::UnusableFactor(error.to_string());
    let secret = Secret::try_from_base32(secret).map_err(|error| unusable(&error))?;
    let totp = Builder::new().with_secret(secret).with_skew(1).build().map_err(|error| unusable(&error))?;
    let time = u64::try_from(now.timestamp()).unwrap_or(0);
    let step = totp.check(code, time);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// RFC 6238, appendix B, for six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        // "12345678901234567890" in base32.
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(step_of(secret, code, at(seconds)).unwrap(), Some(seconds / 30));
            for late in [-30, 30] {
                assert_eq!(step_of(secret, code, at(seconds + late)).unwrap(), Some(seconds / 30));
            }
            // There is no time before 1970.
            for too_late in [-60, 60].into_iter().filter(|shift| seconds + shift >= 0) {
                assert_eq!(step_of(secret, code, at(seconds + too_late)).unwrap(), None);
            }
        }
        for bad in ["", "28708", "2870822", "+28708", "abcdef", "２８７０８２"] {
            assert_eq!(step_of(secret, bad, at(59)).unwrap(), None, "{bad}");
        }
    }

    #[test]
    fn a_secret_is_long_enough_and_every_time_another() {
        let (one, two) = (new_secret().unwrap(), new_secret().unwrap());
        assert_eq!((one.len(), one == two), (32, false));
    }
}
