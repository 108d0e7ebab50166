//! Secrets that are handed out once and kept as a hash: refresh tokens, invitations, resets, API keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::IdentityError;

/// A secret of 256 random bits.
///
/// # Errors
/// [`IdentityError::Randomness`].
pub(super) fn random() -> Result<[u8; 32], IdentityError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| IdentityError::Randomness(error.to_string()))?;
    Ok(bytes)
}

/// The same as text.
///
/// # Errors
/// [`IdentityError::Randomness`].
pub(super) fn random_text() -> Result<String, IdentityError> {
    Ok(URL_SAFE_NO_PAD.encode(random()?))
}

/// What is kept of a secret. It has 256 bits of its own, so that a plain hash will do.
pub(super) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
