//! The hash of a request's body, taken as its bytes are read: it tells whether a request that is sent again is the same.

use std::sync::{Arc, Mutex, PoisonError};

use hmac::Mac;
use rocket::Request;

use super::token::Fingerprint;

/// A keyed hash of what was sent, as far as it was read.
#[derive(Clone)]
pub(in crate::http) struct BodyHash(Arc<Mutex<Fingerprint>>);

impl BodyHash {
    /// Begins with `fingerprint`; what is read of the body of this request is added to it.
    pub(in crate::http) fn begin(request: &Request<'_>, fingerprint: Fingerprint) -> Self {
        let hash = Self(Arc::new(Mutex::new(fingerprint)));
        request.local_cache(|| Some(hash.clone()));
        hash
    }

    /// Adds bytes.
    pub(in crate::http) fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
    }

    /// The hash of what was added until now.
    pub(in crate::http) fn finish(&self) -> Vec<u8> {
        let fingerprint = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        fingerprint.finalize().into_bytes().to_vec()
    }
}

/// Adds a part of the body, if the request has a hash.
pub(super) fn add(request: &Request<'_>, bytes: &[u8]) {
    if let Some(hash) = request.local_cache(|| None::<BodyHash>) {
        hash.add(bytes);
    }
}
