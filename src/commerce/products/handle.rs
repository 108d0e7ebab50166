//! Handles: the part of a URL that names a product, and how one is made from a title.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::http::request::text::{is_hidden, normal_form};

use super::search_words;

/// The most characters of a handle.
const MAX: usize = 255;

/// A product's handle: lower-case letters and digits of any script, `-` and `_`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle(String);

/// Why a handle was refused.
#[derive(Debug, thiserror::Error)]
#[error("must be 1 to {MAX} lower-case letters, digits, '-' and '_'")]
pub struct BadHandle;

impl Handle {
    /// The handle as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes a handle from a title: letters and digits stay, in lower case, and Latin letters lose their accents. All
    /// characters between two words become one hyphen.
    pub fn from_title(title: &str) -> Self {
        let lower = without_latin_accents(title);
        let words = lower.split(|char: char| !is_word_char(char)).filter(|word| !word.is_empty());
        let joined: String = words.collect::<Vec<_>>().join("-").chars().take(MAX - 40).collect();
        let handle = joined.trim_end_matches('-');
        Self(if handle.is_empty() { "product".to_owned() } else { handle.to_owned() })
    }

    /// The same handle with a suffix that makes it unique.
    #[must_use]
    pub fn with_suffix(&self, suffix: &str) -> Self {
        let room = MAX - suffix.len() - 1;
        let base: String = self.0.chars().take(room).collect();
        Self(format!("{base}-{suffix}"))
    }
}

/// Text in lower case, with Latin letters in ASCII: `größe` becomes `grosse`. Letters of other scripts keep their marks:
/// without them they would be other letters.
fn without_latin_accents(title: &str) -> String {
    let mut plain = String::with_capacity(title.len());
    let mut after_latin = false;
    for char in title.nfkd() {
        let is_accent = ('\u{300}'..='\u{36f}').contains(&char);
        if is_accent && after_latin {
            continue;
        }
        after_latin = char.is_ascii_alphabetic();
        search_words::push_folded(&mut plain, char);
    }
    plain.nfc().collect()
}

/// Letters, digits, and the marks that belong to letters in scripts such as Devanagari, if they can be seen.
fn is_word_char(char: char) -> bool {
    (char.is_alphanumeric() || is_combining_mark(char)) && !is_hidden(char)
}

impl FromStr for Handle {
    type Err = BadHandle;

    fn from_str(text: &str) -> Result<Self, BadHandle> {
        let text = normal_form(text);
        let allowed = |char: char| is_word_char(char) || char == '-' || char == '_';
        let is_lower = text.chars().all(|char| char.to_lowercase().eq([char]));
        let shaped = (1..=MAX).contains(&text.chars().count()) && text.chars().all(allowed);
        if shaped && is_lower { Ok(Self(text)) } else { Err(BadHandle) }
    }
}

impl PartialSchema for Handle {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The part of an address that names the product: lower-case letters and digits of any script, '-' and '_'."))
            .min_length(Some(1))
            .max_length(Some(MAX))
            .pattern(Some(r"^[\p{Ll}\p{Lo}\p{Lm}\p{N}\p{M}_-]+$"))
            .examples(["linen-shirt"])
            .into()
    }
}

impl ToSchema for Handle {}

impl TryFrom<String> for Handle {
    type Error = BadHandle;

    fn try_from(text: String) -> Result<Self, BadHandle> {
        text.parse()
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> Self {
        handle.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_handles() {
        for (title, handle) in [
            ("Ocean Blue Shirt", "ocean-blue-shirt"),
            ("  50% off -- Größe/XL!  ", "50-off-grosse-xl"),
            ("Crème BRÛLÉE No. 5", "creme-brulee-no-5"),
            ("Æbleskiver, Łódź & İstanbul", "aebleskiver-lodz-istanbul"),
            ("Ёлка ΟΔΌΣ", "ёлка-οδόσ"),
            ("한국어 ガラス", "한국어-ガラス"),
            ("青いシャツ", "青いシャツ"),
            ("हिन्दी किताब", "हिन्दी-किताब"),
            ("!!!", "product"),
            ("❤\u{fe0f} Cup\u{200b}s \u{3164}", "cup-s"),
        ] {
            assert_eq!(Handle::from_title(title).as_str(), handle);
            assert!(Handle::from_title(title).as_str().parse::<Handle>().is_ok(), "{handle}");
        }
        assert!(Handle::from_title(&"x y".repeat(200)).with_suffix("2").as_str().parse::<Handle>().is_ok());
    }

    #[test]
    fn a_handle_is_part_of_an_address() {
        for bad in [
            "",
            "a b",
            "A",
            "ǅ",
            "a/b",
            "a?b",
            "a\0",
            "a\u{34f}b",
            "\u{3164}",
            "a\u{fe0f}",
            "a\u{200d}b",
            &"x".repeat(256),
        ] {
            assert!(bad.parse::<Handle>().is_err(), "{bad:?}");
        }
        assert_eq!("e\u{301}".parse::<Handle>().unwrap().as_str(), "\u{e9}");
    }
}
