//! Sealing what is kept for a client, secrets among it: without the server's own it cannot be read.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

/// Bytes of a nonce, which may be random at this length.
const NONCE: usize = 24;

/// Seals with a key made from the server's secret.
#[derive(Clone)]
pub(in crate::http) struct Seal(XChaCha20Poly1305);

/// What was to be sealed or opened could not be.
#[derive(Debug, thiserror::Error)]
pub(in crate::http) enum SealError {
    /// There was no randomness to be had.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
    /// It is too long, or it was sealed by another secret or for something else.
    #[error("it cannot be sealed or opened")]
    Cipher,
}

impl Seal {
    /// Takes the server's secret.
    pub fn new(secret: &[u8]) -> Self {
        Self(XChaCha20Poly1305::new(&Sha256::digest([b"shophouse seal: ", secret].concat())))
    }

    /// Seals a text that belongs to something, and can be opened for that alone.
    pub fn close(&self, text: &str, belongs_to: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(SealError::Randomness)?;
        let payload = Payload { msg: text.as_bytes(), aad: belongs_to };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Cipher)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for something.
    pub fn open(&self, sealed: &[u8], belongs_to: &[u8]) -> Result<String, SealError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::Cipher)?;
        let payload = Payload { msg: sealed, aad: belongs_to };
        let text = self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Cipher)?;
        String::from_utf8(text).map_err(|_| SealError::Cipher)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_secret_and_for_what_it_belongs_to() {
        let seal = Seal::new(b"secret");
        let mut sealed = seal.close("text", b"a").unwrap();
        assert_eq!(seal.open(&sealed, b"a").unwrap(), "text");
        assert_ne!(sealed, seal.close("text", b"a").unwrap(), "each time otherwise");
        assert!(seal.open(&sealed, b"b").is_err());
        assert!(Seal::new(b"another").open(&sealed, b"a").is_err());
        assert!(seal.open(&sealed[..NONCE - 1], b"a").is_err());
        sealed[NONCE] ^= 1;
        assert!(seal.open(&sealed, b"a").is_err());
    }
}
