//! Secrets that are shown once and stored as a hash: refresh tokens, invitations, reset tokens, API keys.

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

/// A secret of 256 random bits as text.
///
/// # Errors
/// [`IdentityError::Randomness`].
pub(super) fn random_text() -> Result<String, IdentityError> {
    Ok(URL_SAFE_NO_PAD.encode(random()?))
}

/// The stored hash of a secret. The secret has 256 random bits, so an unsalted hash is enough.
pub(super) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
