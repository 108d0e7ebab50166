//! The words by which products are searched: without case or accents. The migration that fills `product_words` for older
//! products does the same in SQL; a test compares the two.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;
use utoipa::PartialSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::http::request::parameter::parsed;
use crate::http::request::text::Line;

/// The most characters of a word. A longer word is cut, and is found by its first characters.
const MAX_WORD: usize = 32;
/// The most characters of a folded tag: folding may make it longer, and an index entry has a limited size.
const MAX_TAG: usize = 255;
/// The most words of one search that are looked up. More words would only narrow it.
const MAX_SEARCHED: usize = 8;

/// Marks that people often leave out: accents, and the vowel points of Hebrew and Arabic. The marks of other scripts count
/// as letters.
const ACCENTS: [(char, char); 8] = [
    ('\u{300}', '\u{36f}'),
    ('\u{591}', '\u{5bd}'),
    ('\u{5bf}', '\u{5bf}'),
    ('\u{5c1}', '\u{5c2}'),
    ('\u{5c4}', '\u{5c5}'),
    ('\u{5c7}', '\u{5c7}'),
    ('\u{64b}', '\u{65f}'),
    ('\u{670}', '\u{670}'),
];

/// The characters that separate words; all others belong to a word. They are listed here because what PostgreSQL takes for
/// a letter depends on the locale of the database.
const SEPARATORS: [(char, char); 27] = [
    ('\0', '/'),
    (':', '@'),
    ('[', '`'),
    ('{', '\u{bf}'),
    ('\u{d7}', '\u{d7}'),
    ('\u{f7}', '\u{f7}'),
    ('\u{2b9}', '\u{2df}'),
    ('\u{387}', '\u{387}'),
    ('\u{55a}', '\u{55f}'),
    ('\u{589}', '\u{58f}'),
    ('\u{5be}', '\u{5be}'),
    ('\u{5c0}', '\u{5c0}'),
    ('\u{5c3}', '\u{5c3}'),
    ('\u{5f3}', '\u{5f4}'),
    ('\u{600}', '\u{60f}'),
    ('\u{61b}', '\u{61f}'),
    ('\u{66a}', '\u{66d}'),
    ('\u{6d4}', '\u{6d4}'),
    ('\u{964}', '\u{965}'),
    ('\u{e4f}', '\u{e4f}'),
    ('\u{2000}', '\u{2bff}'),
    ('\u{2e00}', '\u{2e7f}'),
    ('\u{3000}', '\u{3020}'),
    ('\u{30fb}', '\u{30fb}'),
    ('\u{fe00}', '\u{fe6f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{1f000}', '\u{1faff}'),
];

/// Scripts that are written without spaces (Thai, Lao, Burmese, Khmer, Kana, Han). In them any character may begin a word.
const UNSPACED: [(char, char); 7] = [
    ('\u{e00}', '\u{eff}'),
    ('\u{1000}', '\u{109f}'),
    ('\u{1780}', '\u{17ff}'),
    ('\u{3040}', '\u{30ff}'),
    ('\u{3400}', '\u{4dbf}'),
    ('\u{4e00}', '\u{9fff}'),
    ('\u{20000}', '\u{3ffff}'),
];

fn is_in(ranges: &[(char, char)], char: char) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&char))
}

/// Text without case, accents and ligatures, and with full-width and half-width forms replaced by normal ones.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for char in text.nfkd().filter(|char| !is_in(&ACCENTS, *char)) {
        match char {
            'ς' => folded.push('σ'),
            other => push_folded(&mut folded, other),
        }
    }
    folded
}

/// Adds a letter in lower case. Letters with a stroke, and two letters written as one, are replaced too: Unicode does not
/// decompose them.
pub(super) fn push_folded(text: &mut String, char: char) {
    for char in char.to_lowercase() {
        match char {
            'ø' => text.push('o'),
            'đ' | 'ð' => text.push('d'),
            'ł' => text.push('l'),
            'ı' => text.push('i'),
            'ħ' => text.push('h'),
            'ŧ' => text.push('t'),
            'ß' => text.push_str("ss"),
            'æ' => text.push_str("ae"),
            'œ' => text.push_str("oe"),
            'þ' => text.push_str("th"),
            other => text.push(other),
        }
    }
}

fn truncate(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The words of a title. A search matches them by prefix.
pub(super) fn title_words(title: &str) -> BTreeSet<String> {
    let folded = fold(title);
    let mut words = BTreeSet::new();
    for run in folded.split(|char| is_in(&SEPARATORS, char)).filter(|run| !run.is_empty()) {
        let mut after_unspaced = true;
        for (index, char) in run.char_indices() {
            let unspaced = is_in(&UNSPACED, char);
            if unspaced || after_unspaced {
                words.insert(truncate(&run[index..], MAX_WORD));
            }
            after_unspaced = unspaced;
        }
    }
    words
}

/// A tag in the form in which tags are compared.
pub(super) fn tag_key(tag: &str) -> String {
    truncate(&fold(tag), MAX_TAG)
}

/// What a shopper typed or pasted into a search box.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Search {
    /// Nothing, which every product matches.
    Everything,
    /// Prefixes. A title matches when it has, for each prefix, a word that begins with it.
    Words(Vec<String>),
    /// Something without a word, such as an emoji. The title that is the same matches.
    Title(String),
}

impl Search {
    /// The prefixes, all of which must match.
    pub(super) fn prefixes(&self) -> &[String] {
        match self {
            Self::Words(words) => words,
            Self::Everything | Self::Title(_) => &[],
        }
    }
}

/// The first words, without those with which others of them begin: these add nothing.
fn first_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words: Vec<String> = Vec::new();
    for run in folded.split(|char| is_in(&SEPARATORS, char)).filter(|run| !run.is_empty()) {
        let word = truncate(run, MAX_WORD);
        if words.iter().any(|other| other.starts_with(&word)) {
            continue;
        }
        words.retain(|other| !word.starts_with(other.as_str()));
        if words.len() == MAX_SEARCHED {
            break;
        }
        words.push(word);
    }
    words
}

impl FromStr for Search {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let words = first_words(text);
        Ok(match (words.is_empty(), text.trim()) {
            (false, _) => Self::Words(words),
            (true, "") => Self::Everything,
            (true, text) => {
                Self::Title(Line::try_from(text).map_or_else(|_| text.to_owned(), Line::into_string))
            }
        })
    }
}

impl PartialSchema for Search {
    fn schema() -> RefOr<Schema> {
        <String as PartialSchema>::schema()
    }
}

parsed!(Search, "");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_neither_case_nor_accents() {
        for (title, words) in [
            ("Crème BRÛLÉE", &["brulee", "creme"][..]),
            ("Straße / STRASSE", &["strasse"]),
            ("Smørrebrød-Æsk", &["aesk", "smorrebrod"]),
            ("ΟΔΟΣ οδός", &["οδοσ"]),
            ("Ёлка, Йод", &["елка", "иод"]),
            ("50% off!", &["50", "off"]),
            ("O'Neill’s", &["neill", "o", "s"]),
            ("ｆｕｌｌ ﬁne", &["fine", "full"]),
            ("हिन्दी", &["हिन्दी"]),
            ("", &[]),
            ("🎉 — …", &[]),
        ] {
            assert_eq!(title_words(title).into_iter().collect::<Vec<_>>(), words, "{title}");
        }
    }

    #[test]
    fn where_no_spaces_are_written_every_character_begins_a_word() {
        let words = title_words("青いシャツ2 XL");
        for word in ["青いシャツ2", "シャツ2", "2", "xl"] {
            assert!(words.contains(word), "{word}: {words:?}");
        }
        assert!(!words.contains("l"));
    }

    #[test]
    fn a_search_is_its_first_eight_words() {
        let search = |text: &str| text.parse::<Search>().unwrap();
        let words = |text: &str| search(text).prefixes().join(" ");
        assert_eq!(words("Shi Shirt  SHIRT-blue"), "shirt blue");
        assert_eq!(words("a b c d e f g h"), "a b c d e f g h");
        assert_eq!(words("a b c d e f g h i j"), "a b c d e f g h");
        assert_eq!(words("a b c d e f g h blue"), "a c d e f g h blue", "it says more than b");
        assert_eq!(words(&"shirt ".repeat(100_000)), "shirt");
        for blank in ["", " ", "\u{a0}\n"] {
            assert_eq!(search(blank), Search::Everything, "{blank:?}");
        }
        for title in ["!?", "🎉", "\u{200b}", "👩\u{200d}🚒"] {
            assert_eq!(search(&format!(" {title} ")), Search::Title(title.to_owned()));
        }
    }

    #[test]
    fn long_words_are_cut_to_what_fits_an_index_entry() {
        let long = "\u{fdfa}".repeat(255);
        assert!(title_words(&long).iter().all(|word| word.chars().count() <= MAX_WORD));
        assert_eq!(tag_key(&long).chars().count(), MAX_TAG);
        let title = title_words(&"x".repeat(255));
        assert_eq!(
            "x".repeat(255).parse::<Search>().unwrap().prefixes(),
            title.into_iter().collect::<Vec<_>>()
        );
    }
}
