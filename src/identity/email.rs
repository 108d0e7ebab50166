//! Email addresses. Case does not matter.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// The longest address in bytes, as in RFC 5321.
const MAX: usize = 254;

/// An email address in lower case.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Email(String);

/// A text that is not an email address.
#[derive(Debug, thiserror::Error)]
#[error("must be an email address")]
pub struct BadEmail;

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialSchema for Email {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("An email address; case does not matter."))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
            .max_length(Some(MAX))
            .examples(["ada@example.com"])
            .into()
    }
}

impl ToSchema for Email {}

impl fmt::Display for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Email {
    type Err = BadEmail;

    fn from_str(text: &str) -> Result<Self, BadEmail> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for Email {
    type Error = BadEmail;

    /// Accepts what a mail server might accept. Only a mail that arrives proves an address.
    fn try_from(text: String) -> Result<Self, BadEmail> {
        let email = text.trim().to_lowercase();
        let (local, domain) = email.rsplit_once('@').ok_or(BadEmail)?;
        let is_plain = !email.chars().any(|char| char.is_whitespace() || char.is_control());
        let has_labels = domain.split('.').all(|label| !label.is_empty());
        if is_plain && has_labels && (1..=64).contains(&local.len()) && email.len() <= MAX {
            Ok(Self(email))
        } else {
            Err(BadEmail)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_space_do_not_make_another_address() {
        assert_eq!(Email::try_from(" Ada@Example.COM ".to_owned()).unwrap().as_str(), "ada@example.com");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in
            ["", "ada", "@b.c", "a@", "a@b..c", "a b@c.d", "a@b\n.c", &format!("a@{}", "b".repeat(260))]
        {
            assert!(Email::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
    }
}
