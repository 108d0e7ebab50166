//! Text with a minimum and a maximum length, and the characters that it may have.
//!
//! Two kinds of text follow different rules (`docs/api.md`, "Text"). Text that *identifies* is compared, and exists in one
//! form only: [`normal_form`] without [hidden](is_hidden) characters. Text that is only *shown* keeps its characters, except
//! those that disturb the text around it.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::parameter::parsed;

/// Text of `MIN` to `MAX` characters, of the kind `K`. White space around it is removed first.
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(try_from = "String", bound = "K: Kind")]
pub struct Text<const MIN: usize, const MAX: usize, K = OneLine>(String, PhantomData<K>);

/// A name or a title.
pub type Line = Text<1, 255>;
/// A short text that may be empty.
pub type Word = Text<0, 255>;
/// A long text that may be empty.
pub type Prose = Text<0, 100_000, Lines>;
/// A text that identifies, such as a SKU or a tag.
pub type Identifier = Text<1, 255, Identifying>;
/// A text that identifies, or is empty, such as a vendor.
pub type OptionalIdentifier = Text<0, 255, Identifying>;

/// The rules for the characters of a text.
pub trait Kind: Clone + Default {
    /// The name of the text's type in the API's description.
    const NAME: &'static str;

    /// The text as it is stored.
    fn clean(text: &str) -> Result<String, BadText>;
}

/// Shown text of one line: tabs and line breaks become spaces.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OneLine;
/// Shown text with tabs and line breaks.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lines;
/// Text that identifies.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Identifying;

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
    /// It has a character that its kind must not have.
    #[error("must not contain the character U+{:04X}", u32::from(*.0))]
    Character(char),
}

impl Kind for OneLine {
    const NAME: &'static str = "Text";

    fn clean(text: &str) -> Result<String, BadText> {
        Lines::clean(text).map(|text| text.replace(is_line_break, " "))
    }
}

impl Kind for Lines {
    const NAME: &'static str = "Text";

    fn clean(text: &str) -> Result<String, BadText> {
        match text.chars().find(|char| is_damage(*char)) {
            Some(char) => Err(BadText::Character(char)),
            None => Ok(text.replace(is_residue, "")),
        }
    }
}

impl Kind for Identifying {
    const NAME: &'static str = "Identifier";

    fn clean(text: &str) -> Result<String, BadText> {
        let text = normal_form(text);
        match text.chars().find(|char| is_hidden(*char)) {
            Some(char) => Err(BadText::Character(char)),
            None => Ok(text),
        }
    }
}

/// The form in which identifying text is compared: in NFC, without white space around it, and without the variation
/// selectors that choose between the colour and the outline of an emoji.
pub fn normal_form(text: &str) -> String {
    // Imports compare hundreds of thousands of texts, most of them in ASCII, which has one form.
    if text.is_ascii() {
        return text.trim().to_owned();
    }
    let chars: Vec<char> = text.trim().chars().collect();
    let selects_emoji = |index: usize| {
        let base = index.checked_sub(1).and_then(|before| chars.get(before));
        let is_keycap = chars.get(index + 1) == Some(&'\u{20e3}');
        matches!(chars.get(index), Some('\u{fe0e}' | '\u{fe0f}'))
            && base.is_some_and(|base| base.is_emoji_char() && (is_keycap || !base.is_ascii()))
    };
    let kept = chars.iter().enumerate().filter(|(index, _)| !selects_emoji(*index));
    kept.map(|(_, char)| *char).nfc().collect()
}

/// Characters with Unicode's property Default_Ignorable_Code_Point whose category does not say so: the grapheme joiner, the
/// fillers of Hangul, inherent vowels of Khmer, and variation selectors (DerivedCoreProperties.txt).
const IGNORABLE: [(char, char); 8] = [
    ('\u{34f}', '\u{34f}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{e0100}', '\u{e01ef}'),
];

/// Whether identifying text must not have a character: it is not seen, has no fixed meaning, or stands for something that was
/// lost.
pub fn is_hidden(char: char) -> bool {
    use GeneralCategory::{PrivateUse, Surrogate, Unassigned};
    if char.is_ascii() {
        return char.is_ascii_control();
    }
    let is_undefined = matches!(char.general_category(), PrivateUse | Surrogate | Unassigned);
    is_undefined || is_invisible(char) || matches!(char, '\u{fffc}' | '\u{fffd}')
}

fn is_invisible(char: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator};
    matches!(char.general_category(), Control | Format | LineSeparator | ParagraphSeparator)
        || IGNORABLE.iter().any(|(first, last)| (*first..=*last).contains(&char))
        // The empty Braille cell, the empty note head.
        || matches!(char, '\u{2800}' | '\u{1d159}')
}

/// Tabs and line breaks.
fn is_line_break(char: char) -> bool {
    matches!(char, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters that no text means to show: controls, noncharacters, the replacement of lost characters, overrides of the
/// writing direction (they show a text other than the one that is stored), and marks of annotations.
fn is_damage(char: char) -> bool {
    if char.is_ascii() {
        return char.is_ascii_control() && !is_line_break(char);
    }
    let is_control = char.general_category() == GeneralCategory::Control && !is_line_break(char);
    let is_nonchar = u32::from(char) & 0xfffe == 0xfffe || matches!(char, '\u{fdd0}'..='\u{fdef}');
    is_control || is_nonchar || matches!(char, '\u{202d}' | '\u{202e}' | '\u{fff9}'..='\u{fffb}' | '\u{fffd}')
}

/// Invisible characters that other programs put around copied text: byte order marks, embeddings and isolates of a writing
/// direction, and placeholders of objects.
fn is_residue(char: char) -> bool {
    matches!(char, '\u{feff}' | '\u{202a}'..='\u{202c}' | '\u{2066}'..='\u{2069}' | '\u{fffc}')
}

impl<const MIN: usize, const MAX: usize, K> Text<MIN, MAX, K> {
    /// The text.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize, K: Kind> Text<MIN, MAX, K> {
    /// The text with the white space around it.
    ///
    /// # Errors
    /// As for the trimmed text.
    pub fn untrimmed(text: &str) -> Result<String, BadText> {
        let cleaned = K::clean(text)?;
        let length = cleaned.trim().chars().count();
        let is_blank = || cleaned.chars().all(|char| char.is_whitespace() || is_invisible(char));
        if !(MIN..=MAX).contains(&length) || (MIN > 0 && is_blank()) {
            return Err(BadText::Length { min: MIN, max: MAX });
        }
        Ok(cleaned)
    }
}

impl<const MIN: usize, const MAX: usize, K: Kind> PartialSchema for Text<MIN, MAX, K> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(MAX));
        text.min_length((MIN > 0).then_some(MIN)).into()
    }
}

impl<const MIN: usize, const MAX: usize, K: Kind> ToSchema for Text<MIN, MAX, K> {
    fn name() -> Cow<'static, str> {
        format!("{}{MIN}to{MAX}", K::NAME).into()
    }
}

impl<const MIN: usize, const MAX: usize, K> Serialize for Text<MIN, MAX, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<const MIN: usize, const MAX: usize, K> From<Text<MIN, MAX, K>> for String {
    fn from(text: Text<MIN, MAX, K>) -> Self {
        text.0
    }
}

impl<const MIN: usize, const MAX: usize, K: Kind> TryFrom<String> for Text<MIN, MAX, K> {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        Self::try_from(text.as_str())
    }
}

impl<const MIN: usize, const MAX: usize, K: Kind> TryFrom<&str> for Text<MIN, MAX, K> {
    type Error = BadText;

    fn try_from(text: &str) -> Result<Self, BadText> {
        Self::untrimmed(text).map(|text| Self(text.trim().to_owned(), PhantomData))
    }
}

/// Identifying text that is looked for. What cannot be stored is not refused: nothing is found.
#[derive(Clone, Debug)]
pub struct Sought(pub String);

impl std::str::FromStr for Sought {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(normal_form(text)))
    }
}

parsed!(Sought, ""; <String as PartialSchema>::schema());

#[cfg(test)]
mod tests;
