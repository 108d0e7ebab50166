//! Entity tags, and `If-None-Match` for resources that have not changed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::Request;
use sha2::{Digest, Sha256};

use crate::http::problem::{INVALID_HEADER, Problem};
use crate::http::request::headers;

use super::coding::{Coding, Codings};

/// The bytes of the hash in a tag: enough that different representations practically never have the same tag.
const HASHED: usize = 16;
/// The characters of a tag, with its quotes.
const LENGTH: usize = (HASHED * 4).div_ceil(3) + 2;

/// The strong tag of a representation: a hash of it. Compressed, its coding stands at the end.
pub(in crate::http) fn tag_of(body: impl AsRef<[u8]>) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..HASHED]))
}

/// The value of `If-Match` or `If-None-Match`.
pub(super) enum Tags {
    /// `*`: any representation.
    Any,
    Listed(Vec<Tag>),
}

/// A tag that a client has.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Tag {
    pub(super) is_weak: bool,
    /// With its quotes, and without the coding.
    pub(super) tag: String,
    coding: Option<Coding>,
}

impl Tags {
    /// Reads a header, which may be sent in several parts. None when it is missing.
    pub(super) fn of(request: &Request<'_>, header: &str) -> Result<Option<Self>, Problem> {
        let parts = headers::all(request, header)?;
        if parts.is_empty() {
            return Ok(None);
        }
        let tags = parse(&parts.join(",")).ok_or_else(|| {
            INVALID_HEADER.because(format!("{header} must be * or tags such as \"x\", with quotes."))
        })?;
        Ok(Some(tags))
    }
}

/// RFC 9110, section 8.8.3. A tag may contain commas, and a list may have empty elements.
fn parse(mut text: &str) -> Option<Tags> {
    text = text.trim();
    if text == "*" {
        return Some(Tags::Any);
    }
    let mut tags = Vec::new();
    while !text.is_empty() {
        if let Some(rest) = text.strip_prefix(',') {
            text = rest.trim_start();
            continue;
        }
        let strong = text.strip_prefix("W/");
        let (opaque, rest) = strong.unwrap_or(text).strip_prefix('"')?.split_once('"')?;
        let rest = rest.trim_start();
        let is_complete = rest.is_empty() || rest.starts_with(',');
        if !is_complete || opaque.chars().any(|char| char.is_whitespace() || char.is_control()) {
            return None;
        }
        let (plain, coding) = Coding::of_tag(opaque);
        // A hash may end like a coding.
        let (plain, coding) = if plain.len() + 2 == LENGTH { (plain, coding) } else { (opaque, None) };
        tags.push(Tag { is_weak: strong.is_some(), tag: format!("\"{plain}\""), coding });
        text = rest;
    }
    (!tags.is_empty()).then_some(Tags::Listed(tags))
}

/// The tag of a representation, if the client already has it, in a coding that it still takes. `If-None-Match` requires the weak
/// comparison. What is no tag is the tag of nothing: it saves nothing, and does no harm.
///
/// # Errors
/// 400 `invalid_header` when the header is not UTF-8.
pub(in crate::http) fn has_already(request: &Request<'_>, tag: &str) -> Result<Option<String>, Problem> {
    let parts = headers::all(request, "If-None-Match")?;
    if parts.is_empty() {
        return Ok(None);
    }
    let codings = Codings::of(request);
    let with_coding = |known: Tag| match known.coding {
        _ if known.tag != tag => None,
        None => Some(tag.to_owned()),
        Some(coding) => codings.takes(coding).then(|| coding.tag(tag)),
    };
    Ok(match parse(&parts.join(",")) {
        None => None,
        Some(Tags::Any) => Some(tag.to_owned()),
        Some(Tags::Listed(tags)) => tags.into_iter().find_map(with_coding),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<Tag>> {
        match parse(text)? {
            Tags::Any => Some(Vec::new()),
            Tags::Listed(tags) => Some(tags),
        }
    }

    #[test]
    fn one_tag_a_list_and_weak_tags_are_parsed() {
        let strong = |tag: &str| Tag { is_weak: false, tag: tag.to_owned(), coding: None };
        assert_eq!(read("*"), Some(Vec::new()));
        assert_eq!(read(r#""a""#), Some(vec![strong(r#""a""#)]));
        assert_eq!(
            read(r#" "a" ,, "b,c", W/"""#),
            Some(vec![strong(r#""a""#), strong(r#""b,c""#), Tag { is_weak: true, ..strong(r#""""#) }])
        );
    }

    #[test]
    fn a_tag_of_ours_may_name_a_coding() {
        let tag = tag_of("x");
        let gzip = |tag: &str| Tag { is_weak: false, tag: tag.to_owned(), coding: Some(Coding::Gzip) };
        assert_eq!(read(&Coding::Gzip.tag(&tag)), Some(vec![gzip(&tag)]));
        let hash = format!("\"{}-gzip\"", &tag[1..tag.len() - 6]);
        assert_eq!(read(&hash), Some(vec![Tag { coding: None, ..gzip(&hash) }]));
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for bad in
            ["", ",", "a", r#""a"#, r#"a""#, r#"w/"a""#, r#""a" "b""#, r#"*, "a""#, r#""a"b"#, "\"a\tb\""]
        {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
