//! Encryption of stored responses, which may contain secrets. The key is made from the server's secret.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

/// The length of a nonce in bytes: long enough for nonces to be random.
const NONCE: usize = 24;

/// Encrypts and authenticates with a key made from the server's secret (XChaCha20-Poly1305).
#[derive(Clone)]
pub(in crate::http) struct Cipher(XChaCha20Poly1305);

/// A text could not be encrypted or decrypted.
#[derive(Debug, thiserror::Error)]
pub enum CipherError {
    /// The system gave no random bytes.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
    /// It is too long, or it was encrypted with another secret or another context.
    #[error("a stored response cannot be encrypted or decrypted")]
    Failed,
}

impl Cipher {
    /// A cipher with a key made from the server's secret.
    pub fn new(secret: &[u8]) -> Self {
        // The prefix is part of the key: changing it makes stored responses unreadable.
        Self(XChaCha20Poly1305::new(&Sha256::digest([b"shophouse seal: ", secret].concat())))
    }

    /// Encrypts a text. Decryption needs the same context.
    pub fn encrypt(&self, text: &str, context: &[u8]) -> Result<Vec<u8>, CipherError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(CipherError::Randomness)?;
        let payload = Payload { msg: text.as_bytes(), aad: context };
        let encrypted = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| CipherError::Failed)?;
        Ok([nonce.as_slice(), &encrypted].concat())
    }

    /// Decrypts what was encrypted with this context.
    pub fn decrypt(&self, encrypted: &[u8], context: &[u8]) -> Result<String, CipherError> {
        let (nonce, encrypted) = encrypted.split_first_chunk::<NONCE>().ok_or(CipherError::Failed)?;
        let payload = Payload { msg: encrypted, aad: context };
        let text = self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| CipherError::Failed)?;
        String::from_utf8(text).map_err(|_| CipherError::Failed)
    }
}

/// Encrypts secrets that are stored for longer than one server's secret lasts.
#[derive(Clone)]
pub struct Sealer {
    current: Cipher,
    former: Vec<Cipher>,
}

impl Sealer {
    pub(in crate::http) fn new(current: Cipher) -> Self {
        Self { current, former: Vec::new() }
    }

    /// Adds the cipher of a former secret, which only decrypts.
    pub(in crate::http) fn add_former(&mut self, cipher: Cipher) {
        self.former.push(cipher);
    }

    /// Encrypts a text with the current secret. Opening it needs the same context.
    ///
    /// # Errors
    /// [`CipherError`].
    pub fn seal(&self, text: &str, context: &[u8]) -> Result<Vec<u8>, CipherError> {
        self.current.encrypt(text, context)
    }

    /// Decrypts a text, and says whether the current secret has encrypted it. If not, seal it again.
    ///
    /// # Errors
    /// [`CipherError::Failed`].
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Result<(String, bool), CipherError> {
        if let Ok(text) = self.current.decrypt(sealed, context) {
            return Ok((text, true));
        }
        let mut opened = self.former.iter().filter_map(|cipher| cipher.decrypt(sealed, context).ok());
        opened.next().map(|text| (text, false)).ok_or(CipherError::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decryption_needs_the_same_secret_and_the_same_context() {
        let cipher = Cipher::new(b"secret");
        let mut encrypted = cipher.encrypt("text", b"a").unwrap();
        assert_eq!(cipher.decrypt(&encrypted, b"a").unwrap(), "text");
        assert_ne!(encrypted, cipher.encrypt("text", b"a").unwrap(), "the nonce is random");
        assert!(cipher.decrypt(&encrypted, b"b").is_err());
        assert!(Cipher::new(b"another").decrypt(&encrypted, b"a").is_err());
        assert!(cipher.decrypt(&encrypted[..NONCE - 1], b"a").is_err());
        encrypted[NONCE] ^= 1;
        assert!(cipher.decrypt(&encrypted, b"a").is_err());
    }
}
