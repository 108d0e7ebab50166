//! The hash of a request body, computed while the body is read. It shows whether a repeated request is the same.

use std::sync::{Arc, Mutex, PoisonError};

use hmac::Mac;
use rocket::Request;

use super::token::Fingerprint;

/// A keyed hash of the bytes that were read so far.
#[derive(Clone)]
pub(in crate::http) struct BodyHash(Arc<Mutex<Fingerprint>>);

impl BodyHash {
    /// Starts with `fingerprint`. The body of this request is added as it is read.
    pub(in crate::http) fn begin(request: &Request<'_>, fingerprint: Fingerprint) -> Self {
        let hash = Self(Arc::new(Mutex::new(fingerprint)));
        request.local_cache(|| Some(hash.clone()));
        hash
    }

    /// The hash of this request's body, if there is one.
    pub(in crate::http) fn of(request: &Request<'_>) -> Option<Self> {
        request.local_cache(|| None::<Self>).clone()
    }

    /// Adds bytes.
    pub(in crate::http) fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
    }

    /// The hash of the bytes that were added so far.
    pub(in crate::http) fn finish(&self) -> Vec<u8> {
        let fingerprint = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        fingerprint.finalize().into_bytes().to_vec()
    }
}

/// Adds a chunk of the body, if this request's body is hashed.
pub(super) fn add(request: &Request<'_>, bytes: &[u8]) {
    BodyHash::of(request).inspect(|hash| hash.add(bytes));
}
