//! The rules for a password: its length, and that a new one is not common.

use passwords::analyzer::is_common_password;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// The shortest password, in characters.
const MIN_LENGTH: usize = 8;
/// The longest password, in characters.
const MAX_LENGTH: usize = 128;

/// A password of 8 to 128 characters, in the Unicode form NFKC, so that every keyboard gives the same one. It is never cut
/// off and never printed.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Password(SecretString);

/// Why a password is refused.
#[derive(Debug, thiserror::Error)]
pub enum BadPassword {
    /// It is too short or too long.
    #[error("must have {MIN_LENGTH} to {MAX_LENGTH} characters")]
    Length,
    /// It is one that attackers try first.
    #[error("is one of the most common passwords; choose another")]
    Common,
}

impl Password {
    /// The password, for hashing.
    pub(super) fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl TryFrom<String> for Password {
    type Error = BadPassword;

    fn try_from(text: String) -> Result<Self, BadPassword> {
        // Normalising makes a text at most 18 times as long. A text that is far too long is not normalised.
        if text.len() > 18 * 4 * MAX_LENGTH {
            return Err(BadPassword::Length);
        }
        let text: String = text.nfkc().collect();
        let fits = (MIN_LENGTH..=MAX_LENGTH).contains(&text.chars().count());
        if fits { Ok(Self(text.into())) } else { Err(BadPassword::Length) }
    }
}

/// A password that was typed to be checked. One that nobody can have, for its length, is as wrong as any other.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub struct Typed(Password);

impl From<String> for Typed {
    fn from(text: String) -> Self {
        // The empty password is nobody's. Checking it takes as long as checking any other.
        Self(Password::try_from(text).unwrap_or_else(|_| Password(SecretString::default())))
    }
}

impl PartialEq for Typed {
    fn eq(&self, other: &Self) -> bool {
        self.0.0.expose_secret() == other.0.0.expose_secret()
    }
}

impl From<Typed> for Password {
    fn from(typed: Typed) -> Self {
        typed.0
    }
}

impl PartialSchema for Typed {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Password);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

impl ToSchema for Typed {}

/// A new password, which must not be a common one.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        let password = Password::try_from("correct horse".to_owned()).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
    }
}
