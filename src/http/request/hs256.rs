//! HMAC-SHA256 for `jsonwebtoken`. Its own back ends bring RSA and elliptic curves along, which nothing here uses.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error, Signer, Verifier};
use sha2::Sha256;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(Hs256::new(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key| Ok(Box::new(Hs256::new(*algorithm, key.try_get_as_bytes()?)?)),
    // Only for keys in JSON, of which there are none.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes this the one back end of `jsonwebtoken` in the process; to be called before any other use of it.
pub(super) fn install() {
    // The only error is that one is installed already: this one, since nothing else installs any.
    let _ = PROVIDER.install_default();
}

struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self> {
        if algorithm != Algorithm::HS256 {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        Hmac::new_from_slice(key).map(Self).map_err(|_| ErrorKind::InvalidKeyFormat.into())
    }

    fn of(&self, message: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(message)
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        Ok(self.of(message).finalize().into_bytes().to_vec())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        // Compares in constant time, and the whole length.
        self.of(message).verify_slice(signature).map_err(Error::from_source)
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::crypto::{sign, verify};
    use jsonwebtoken::{DecodingKey, EncodingKey};

    use super::*;

    /// The example of RFC 7515, appendix A.1.
    const KEY: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    const MESSAGE: &[u8] = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn it_signs_and_verifies_as_rfc_7515_says() {
        install();
        let key = URL_SAFE_NO_PAD.decode(KEY).unwrap();
        let (signing, verifying) = (EncodingKey::from_secret(&key), DecodingKey::from_secret(&key));
        assert_eq!(sign(MESSAGE, &signing, Algorithm::HS256).unwrap(), SIGNATURE);
        let is_good = |message: &[u8], signature: &str, key: &DecodingKey| {
            verify(signature, message, key, Algorithm::HS256).unwrap()
        };
        assert!(is_good(MESSAGE, SIGNATURE, &verifying));
        assert!(!is_good(&MESSAGE[1..], SIGNATURE, &verifying));
        assert!(!is_good(MESSAGE, SIGNATURE, &DecodingKey::from_secret(b"another")));
        for signature in ["", "dBjf", &SIGNATURE.replace('d', "e"), &format!("{SIGNATURE}AAAA")] {
            assert!(
                !verify(signature, MESSAGE, &verifying, Algorithm::HS256).is_ok_and(|good| good),
                "{signature}"
            );
        }
    }

    #[test]
    fn it_has_no_other_algorithm() {
        install();
        let (signing, verifying) = (EncodingKey::from_secret(b"key"), DecodingKey::from_secret(b"key"));
        for algorithm in
            [Algorithm::HS384, Algorithm::HS512, Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]
        {
            assert!(sign(MESSAGE, &signing, algorithm).is_err(), "{algorithm:?}");
            assert!(verify(SIGNATURE, MESSAGE, &verifying, algorithm).is_err(), "{algorithm:?}");
        }
    }
}
