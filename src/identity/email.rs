//! Email addresses. Neither case nor the form of Unicode matters.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::http::request::text::{BadText, Identifying, Kind, normal_form};

/// The longest address in bytes, as in RFC 5321.
const MAX: usize = 254;

/// An email address in lower case and in NFC, without hidden characters.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Email(String);

/// Why a text is not an email address.
#[derive(Debug, thiserror::Error)]
pub enum BadEmail {
    /// It does not have the form of one.
    #[error("must be an email address")]
    Form,
    /// It has a character that identifying text must not have.
    #[error(transparent)]
    Text(#[from] BadText),
}

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
        // Lower case may decompose a letter: the form of RFC 6532, section 3.1, comes last.
        let email = normal_form(&Identifying::clean(&text)?.to_lowercase());
        let (local, domain) = email.rsplit_once('@').ok_or(BadEmail::Form)?;
        let is_plain = !email.chars().any(char::is_whitespace);
        let has_labels = domain.split('.').all(|label| !label.is_empty());
        if is_plain && has_labels && (1..=64).contains(&local.len()) && email.len() <= MAX {
            Ok(Self(email))
        } else {
            Err(BadEmail::Form)
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
    fn the_form_of_unicode_does_not_make_another_address() {
        for forms in [
            ["j\u{fc}rgen@example.com", "ju\u{308}rgen@example.com", "JU\u{308}RGEN@example.com"],
            ["a@\u{1112}\u{1161}\u{11ab}.kr", "a@\u{d55c}.kr", " A@\u{d55c}.KR\u{a0}"],
            ["\u{3ac}@x.gr", "\u{386}@x.gr", "\u{391}\u{301}@x.gr"],
            ["\u{1ea1}\u{307}@x.y", "a\u{307}\u{323}@x.y", "A\u{323}\u{307}@x.y"],
        ] {
            let emails = forms.map(|form| Email::try_from(form.to_owned()).unwrap().0);
            assert!(emails.iter().all(|email| *email == emails[0]), "{emails:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "ada",
            "\u{200b}ada@b.c",
            "ada@b\u{ad}.c",
            "ada\u{fffd}@b.c",
            "@b.c",
            "a@",
            "a@b..c",
            "a b@c.d",
            "a@b\n.c",
            &format!("a@{}", "b".repeat(260)),
        ] {
            assert!(Email::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
    }
}
