//! Passwords: PBKDF2-HMAC-SHA256 in PHC strings, computed where it holds up nobody.

use std::sync::Arc;

use passwords::analyzer::is_common_password;
use pbkdf2::password_hash::phc::PasswordHash;
use pbkdf2::password_hash::{PasswordHasher, PasswordVerifier};
use pbkdf2::{Algorithm, Params, Pbkdf2};
use rocket::tokio::sync::Semaphore;
use rocket::tokio::task;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// Iterations at the least: OWASP's figure for PBKDF2-HMAC-SHA256 (Password Storage Cheat Sheet).
pub const MIN_ITERATIONS: u32 = 600_000;

/// Hashes waiting at the most, beyond those being computed; more are told that the server is busy.
const QUEUE: usize = 64;

/// Characters of a password at the least.
const MIN_LENGTH: usize = 8;
/// Characters of a password at the most.
const MAX_LENGTH: usize = 128;

/// A password as someone typed it, in Unicode's form NFKC, so that every keyboard gives the same: 8 to 128
/// characters, none of them cut off, never printed.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Password(SecretString);

/// What was wrong with a password.
#[derive(Debug, thiserror::Error)]
pub enum BadPassword {
    /// It is too short or too long.
    #[error("must have {MIN_LENGTH} to {MAX_LENGTH} characters")]
    Length,
    /// It is among those that are tried first.
    #[error("is one of the most common passwords; choose another")]
    Common,
}

impl TryFrom<String> for Password {
    type Error = BadPassword;

    fn try_from(text: String) -> Result<Self, BadPassword> {
        // Normalising at most multiplies by 18: what is far too long is not worth the work.
        if text.len() > 18 * 4 * MAX_LENGTH {
            return Err(BadPassword::Length);
        }
        let text: String = text.nfkc().collect();
        let fits = (MIN_LENGTH..=MAX_LENGTH).contains(&text.chars().count());
        if fits { Ok(Self(text.into())) } else { Err(BadPassword::Length) }
    }
}

/// A password to be set: one that is not among those that everybody tries first.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct NewPassword(Password);

impl TryFrom<String> for NewPassword {
    type Error = BadPassword;

    fn try_from(text: String) -> Result<Self, BadPassword> {
        let password = Password::try_from(text)?;
        let typed = password.0.expose_secret();
        let common = is_common_password(typed) || is_common_password(typed.to_lowercase());
        if common { Err(BadPassword::Common) } else { Ok(Self(password)) }
    }
}

impl From<NewPassword> for Password {
    fn from(new: NewPassword) -> Self {
        new.0
    }
}

impl PartialSchema for NewPassword {
    fn schema() -> RefOr<Schema> {
        Password::schema()
    }
}

impl ToSchema for NewPassword {}

impl PartialSchema for Password {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .min_length(Some(MIN_LENGTH))
            .max_length(Some(MAX_LENGTH))
            .into()
    }
}

impl ToSchema for Password {}

/// Why a password was not hashed or verified.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many are waiting.
    #[error("too many passwords are being checked")]
    Busy,
    /// The stored hash cannot be read, or there is no randomness.
    #[error("hashing failed: {0}")]
    Failed(String),
}

/// Hashes passwords, a few at a time: one core at the least is left to everything else. Clones share the places.
#[derive(Clone)]
pub struct Hasher {
    algorithm: Pbkdf2,
    iterations: u32,
    /// Verified in place of an unknown user's, so that both take the same time.
    stand_in: String,
    queue: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Hasher {
    /// A hasher with so many iterations.
    ///
    /// # Errors
    /// When the number is beyond what the algorithm takes.
    pub fn new(iterations: u32) -> Result<Self, HashError> {
        Self::bounded(iterations, QUEUE + workers())
    }

    /// The same with places for so many hashes, those being computed among them.
    ///
    /// # Errors
    /// As for [`Hasher::new`].
    pub fn bounded(iterations: u32, places: usize) -> Result<Self, HashError> {
        let params = Params::new(iterations).map_err(|error| HashError::Failed(error.to_string()))?;
        let algorithm = Pbkdf2::new(Algorithm::Pbkdf2Sha256, params);
        let stand_in = compute(&algorithm, &SecretString::from("nobody's password"))?;
        Ok(Self {
            algorithm,
            iterations,
            stand_in,
            queue: Arc::new(Semaphore::new(places)),
            running: Arc::new(Semaphore::new(workers())),
        })
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// As [`HashError`] says.
    pub async fn hash(&self, password: Password) -> Result<String, HashError> {
        let algorithm = self.algorithm;
        self.off_the_road(move || compute(&algorithm, &password.0)).await
    }

    /// Whether a stored hash was made with fewer iterations than are asked for now.
    pub fn is_outgrown(&self, stored: &str) -> bool {
        self.missing(stored) > 0
    }

    /// Iterations that a stored hash lacks.
    fn missing(&self, stored: &str) -> u32 {
        let params = PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok());
        params.map_or(0, |params| self.iterations.saturating_sub(params.rounds()))
    }

    /// Whether a password is the one that was hashed. Does the same work for a user who does not exist, and for
    /// one whose hash is of a time with fewer iterations.
    ///
    /// # Errors
    /// As [`HashError`] says.
    pub async fn verify(&self, password: Password, stored: Option<String>) -> Result<bool, HashError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.stand_in.clone());
        let algorithm = self.algorithm;
        let lacks = self.missing(&stored);
        let matches = self.off_the_road(move || {
            let hash = PasswordHash::new(&stored).map_err(|error| HashError::Failed(error.to_string()))?;
            let matches = algorithm.verify_password(password.0.expose_secret().as_bytes(), &hash).is_ok();
            if lacks >= Params::MIN_ROUNDS {
                let params = Params::new(lacks).map_err(|error| HashError::Failed(error.to_string()))?;
                compute(&Pbkdf2::new(Algorithm::Pbkdf2Sha256, params), &password.0)?;
            }
            Ok(matches)
        });
        Ok(matches.await? && known)
    }

    async fn off_the_road<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| HashError::Busy)?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| HashError::Busy)?;
        let done = task::spawn_blocking(move || {
            // Held until the work is done, also when the client has gone meanwhile.
            let _held = (place, turn);
            work()
        });
        done.await.map_err(|error| HashError::Failed(error.to_string()))?
    }
}

/// Hashes computed at the same time.
fn workers() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores.saturating_sub(1).max(1)
}

fn compute(algorithm: &Pbkdf2, password: &SecretString) -> Result<String, HashError> {
    algorithm
        .hash_password(password.expose_secret().as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| HashError::Failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::try_from(text.to_owned()).unwrap()
    }

    /// The only test at the real cost; the others use a lower one by configuration.
    #[rocket::async_test]
    async fn a_hash_is_a_phc_string_at_the_real_cost() {
        let hasher = Hasher::new(MIN_ITERATIONS).unwrap();
        let hash = hasher.hash(password("correct horse")).await.unwrap();
        assert!(hash.starts_with("$pbkdf2-sha256$i=600000,l=32$"), "{hash}");
        assert!(hasher.verify(password("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(password("Correct horse"), Some(hash)).await.unwrap());
    }

    #[rocket::async_test]
    async fn a_hash_with_fewer_iterations_is_still_good_and_known_for_what_it_is() {
        let (then, now) = (Hasher::new(1_000).unwrap(), Hasher::new(3_000).unwrap());
        let old = then.hash(password("correct horse")).await.unwrap();
        assert!(now.verify(password("correct horse"), Some(old.clone())).await.unwrap());
        assert!(!now.verify(password("wrong horse"), Some(old.clone())).await.unwrap());
        assert!(now.is_outgrown(&old) && !then.is_outgrown(&old));
        assert!(!now.is_outgrown(&now.hash(password("correct horse")).await.unwrap()));
    }

    #[rocket::async_test]
    async fn who_waits_has_a_turn_and_who_finds_no_place_is_told_so() {
        let hasher = Hasher::bounded(1_000, 3).unwrap();
        // All workers are held up.
        let all = u32::try_from(workers()).unwrap();
        let held = Arc::clone(&hasher.running).acquire_many_owned(all).await.unwrap();
        let hash = || {
            let hasher = hasher.clone();
            task::spawn(async move { hasher.hash(password("correct horse")).await })
        };
        let waiting = [(); 3].map(|()| hash());
        while hasher.queue.available_permits() > 0 {
            task::yield_now().await;
        }
        assert!(matches!(hash().await.unwrap(), Err(HashError::Busy)));
        drop(held);
        for waits in waiting {
            waits.await.unwrap().unwrap();
        }
        hash().await.unwrap().unwrap();
    }

    #[rocket::async_test]
    async fn nobody_has_no_password() {
        let hasher = Hasher::new(1_000).unwrap();
        assert!(!hasher.verify(password("nobody's password"), None).await.unwrap());
    }

    #[test]
    fn a_password_never_prints() {
        assert!(!format!("{:?}", password("correct horse")).contains("horse"));
    }
}
