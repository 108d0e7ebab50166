//! Text with a minimum and a maximum length, in bodies.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Text of `MIN` to `MAX` characters. White space around it is removed first.
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct Text<const MIN: usize, const MAX: usize>(String);

/// A name or a title.
pub type Line = Text<1, 255>;
/// A short text that may be empty.
pub type Word = Text<0, 255>;
/// A long text that may be empty.
pub type Prose = Text<0, 100_000>;

/// What was wrong with a text.
#[derive(Debug, thiserror::Error)]
pub enum BadText {
    /// It has too few or too many characters.
    #[error("must have {min} to {max} characters")]
    Length {
        /// The least number.
        min: usize,
        /// The greatest number.
        max: usize,
    },
    /// PostgreSQL's text type cannot store NUL.
    #[error("must not contain the character NUL")]
    Nul,
}

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// The text.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> PartialSchema for Text<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(MAX));
        text.min_length((MIN > 0).then_some(MIN)).into()
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Text<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Text{MIN}to{MAX}").into()
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<String> for Text<MIN, MAX> {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        Self::try_from(text.as_str())
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<&str> for Text<MIN, MAX> {
    type Error = BadText;

    fn try_from(text: &str) -> Result<Self, BadText> {
        let text = text.trim();
        if text.contains('\0') {
            return Err(BadText::Nul);
        }
        if !(MIN..=MAX).contains(&text.chars().count()) {
            return Err(BadText::Length { min: MIN, max: MAX });
        }
        Ok(Self(text.to_owned()))
    }
}
