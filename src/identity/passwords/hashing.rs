//! Hashing passwords with PBKDF2-HMAC-SHA256, on blocking threads and a few at a time. Hashes are PHC strings.
//!
//! Those who wait take turns, see [`Asker`] and [`crate::fairness`]: hierarchical round robin between known users and
//! strangers, between sites, and between accounts. When the queue is full, whoever has the most waiting there loses the newest
//! one; a newcomer who would have the most is refused. Either gets [`HashError::Busy`].

use pbkdf2::password_hash::phc::PasswordHash;
use pbkdf2::password_hash::{PasswordHasher, PasswordVerifier};
use pbkdf2::{Algorithm, Params, Pbkdf2};
use rocket::tokio::task;
use secrecy::{ExposeSecret, SecretString};

use crate::fairness::Places;

use super::asker::{Asker, Key, LEVELS};
use super::password::Password;

/// The minimum number of iterations: OWASP's figure for PBKDF2-HMAC-SHA256 (Password Storage Cheat Sheet).
pub const MIN_ITERATIONS: u32 = 600_000;

/// A salt and a hash of no password. The 32 bytes are all zero: nobody finds a password that has this hash.
const NOBODYS: &str = "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The most hashes that wait, besides those being computed.
const QUEUE: usize = 64;

/// Why a password could not be hashed or verified.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// The queue is full, and others have fewer waiting there.
    #[error("too many passwords are being checked")]
    Busy,
    /// The stored hash is malformed, or the system gave no random bytes.
    #[error("hashing failed: {0}")]
    Failed(String),
}

/// Hashes passwords, a few at a time, so that at least one core is free for other work. Clones share the queue.
#[derive(Clone)]
pub struct Hasher {
    algorithm: Pbkdf2,
    iterations: u32,
    /// Verified for an unknown user, so that the response takes as long as for a known one.
    dummy_hash: String,
    places: Places<Key, LEVELS>,
}

impl Hasher {
    /// A hasher with this number of iterations.
    ///
    /// # Errors
    /// When the algorithm does not allow the number.
    pub fn new(iterations: u32) -> Result<Self, HashError> {
        Self::bounded(iterations, QUEUE + workers())
    }

    /// A hasher that accepts at most `capacity` hashes at a time, including those being computed.
    ///
    /// # Errors
    /// As for [`Hasher::new`].
    pub fn bounded(iterations: u32, capacity: usize) -> Result<Self, HashError> {
        let params = Params::new(iterations).map_err(|error| HashError::Failed(error.to_string()))?;
        let algorithm = Pbkdf2::new(Algorithm::Pbkdf2Sha256, params);
        // Not computed: that would take more than half of a start.
        let dummy_hash = format!("$pbkdf2-sha256$i={iterations},l=32${NOBODYS}");
        let running = workers().min(capacity);
        Ok(Self { algorithm, iterations, dummy_hash, places: Places::new(running, capacity - running) })
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// `HashError`.
    pub(in crate::identity) async fn hash(
        &self,
        asker: &Asker,
        password: Password,
    ) -> Result<String, HashError> {
        let algorithm = self.algorithm;
        self.on_blocking_thread(asker, move || compute(&algorithm, password.secret())).await
    }

    /// Whether a stored hash has fewer iterations than are configured now.
    pub fn needs_rehash(&self, stored: &str) -> bool {
        self.missing_iterations(stored) > 0
    }

    /// The iterations that a stored hash lacks.
    fn missing_iterations(&self, stored: &str) -> u32 {
        let params = PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok());
        params.map_or(0, |params| self.iterations.saturating_sub(params.rounds()))
    }

    /// Whether a password matches a stored hash. The work is the same for a user who does not exist, and for a hash with
    /// fewer iterations.
    ///
    /// # Errors
    /// `HashError`.
    pub(in crate::identity) async fn verify(
        &self,
        asker: &Asker,
        password: Password,
        stored: Option<String>,
    ) -> Result<bool, HashError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy_hash.clone());
        let algorithm = self.algorithm;
        let missing = self.missing_iterations(&stored);
        let matches = self.on_blocking_thread(asker, move || {
            let hash = PasswordHash::new(&stored).map_err(|error| HashError::Failed(error.to_string()))?;
            let matches =
                algorithm.verify_password(password.secret().expose_secret().as_bytes(), &hash).is_ok();
            if missing >= Params::MIN_ROUNDS {
                let params = Params::new(missing).map_err(|error| HashError::Failed(error.to_string()))?;
                compute(&Pbkdf2::new(Algorithm::Pbkdf2Sha256, params), password.secret())?;
            }
            Ok(matches)
        });
        Ok(matches.await? && known)
    }

    async fn on_blocking_thread<T: Send + 'static>(
        &self,
        asker: &Asker,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let place = self.places.enter(asker.path()).await.map_err(|_| HashError::Busy)?;
        let done = task::spawn_blocking(move || {
            // Held until the work is done, even if nobody waits for it any more.
            let _held = place;
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
    use std::pin::Pin;
    use std::task::{Context, Waker};

    use rocket::futures::future::join_all;
    use uuid::Uuid;

    use crate::fairness::Place;

    use super::*;

    fn password(text: &str) -> Password {
        Password::try_from(text.to_owned()).unwrap()
    }

    /// The only test at the real cost; the others use a lower one by configuration.
    #[rocket::async_test]
    async fn a_hash_is_a_phc_string_at_the_real_cost() {
        let hasher = Hasher::new(MIN_ITERATIONS).unwrap();
        let hash = hasher.hash(&stranger("192.0.2.1"), password("correct horse")).await.unwrap();
        assert!(hash.starts_with("$pbkdf2-sha256$i=600000,l=32$"), "{hash}");
        assert!(
            hasher
                .verify(&stranger("192.0.2.1"), password("correct horse"), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(!hasher.verify(&stranger("192.0.2.1"), password("Correct horse"), Some(hash)).await.unwrap());
    }

    #[rocket::async_test]
    async fn a_hash_with_fewer_iterations_is_still_valid_and_needs_a_rehash() {
        let (then, now) = (Hasher::new(1_000).unwrap(), Hasher::new(3_000).unwrap());
        let old = then.hash(&stranger("192.0.2.1"), password("correct horse")).await.unwrap();
        assert!(
            now.verify(&stranger("192.0.2.1"), password("correct horse"), Some(old.clone())).await.unwrap()
        );
        assert!(
            !now.verify(&stranger("192.0.2.1"), password("wrong horse"), Some(old.clone())).await.unwrap()
        );
        assert!(now.needs_rehash(&old) && !then.needs_rehash(&old));
        assert!(
            !now.needs_rehash(&now.hash(&stranger("192.0.2.1"), password("correct horse")).await.unwrap())
        );
    }

    fn stranger(address: &str) -> Asker {
        Asker::stranger("ada@example.com", Some(address.parse().unwrap()))
    }

    type Waits = Pin<Box<dyn Future<Output = Result<String, HashError>> + Send>>;

    /// A hash that stands in the queue when this returns.
    fn waits(hasher: &Hasher, asker: Asker) -> Waits {
        let hasher = hasher.clone();
        let mut waits: Waits = Box::pin(async move { hasher.hash(&asker, password("correct horse")).await });
        assert!(waits.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        waits
    }

    /// Takes all places, so that further hashes wait.
    async fn all_places(hasher: &Hasher) -> Vec<Place<Key, LEVELS>> {
        let mut held = Vec::new();
        for _ in 0..workers() {
            held.push(hasher.places.enter(stranger("192.0.2.1").path()).await.unwrap());
        }
        held
    }

    #[rocket::async_test]
    async fn hashes_wait_in_a_queue_and_a_full_queue_is_busy() {
        let hasher = Hasher::bounded(1_000, workers() + 3).unwrap();
        let held = all_places(&hasher).await;
        let waiting = [(); 3].map(|()| waits(&hasher, stranger("192.0.2.1")));
        let refused = hasher.hash(&stranger("192.0.2.1"), password("correct horse")).await;
        assert!(matches!(refused, Err(HashError::Busy)));
        drop(held);
        for got in join_all(waiting).await {
            got.unwrap();
        }
        hasher.hash(&stranger("192.0.2.1"), password("correct horse")).await.unwrap();
    }

    #[rocket::async_test]
    async fn a_crowd_of_strangers_gives_way_to_another_site_and_to_those_who_are_known() {
        let hasher = Hasher::bounded(1_000, workers() + 4).unwrap();
        let held = all_places(&hasher).await;
        let crowd = ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3"];
        let mut waiting = Vec::from(crowd.map(|address| waits(&hasher, stranger(address))));
        waiting.push(waits(&hasher, Asker::user(Uuid::now_v7(), None)));
        drop(held);
        let got = join_all(waiting).await;
        let busy: Vec<bool> = got.iter().map(|got| matches!(got, Err(HashError::Busy))).collect();
        assert_eq!(busy, [false, true, true, false, false, false]);
    }

    #[rocket::async_test]
    async fn whoever_stops_waiting_frees_the_place_in_the_queue() {
        let hasher = Hasher::bounded(1_000, workers() + 1).unwrap();
        let _held = all_places(&hasher).await;
        let gone = waits(&hasher, stranger("192.0.2.1"));
        assert_eq!(hasher.places.waiting(), 1);
        drop(gone);
        assert_eq!(hasher.places.waiting(), 0);
    }

    #[rocket::async_test]
    async fn an_unknown_user_has_no_password() {
        let hasher = Hasher::new(1_000).unwrap();
        assert!(!hasher.verify(&stranger("192.0.2.1"), password("correct horse"), None).await.unwrap());
        // As much work as for somebody who is known.
        let somebodys = hasher.hash(&stranger("192.0.2.1"), password("correct horse")).await.unwrap();
        let form = |hash: &str| {
            let hash = PasswordHash::new(hash).unwrap();
            let lengths = [hash.salt.unwrap().len(), hash.hash.unwrap().len()];
            (hash.algorithm.to_string(), hash.params.to_string(), lengths)
        };
        assert_eq!(form(&hasher.dummy_hash), form(&somebodys));
    }
}
