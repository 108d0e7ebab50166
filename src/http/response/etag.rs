//! Entity tags, and `If-None-Match` for resources that have not changed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::Request;
use sha2::{Digest, Sha256};

use crate::http::problem::{INVALID_HEADER, Problem};
use crate::http::request::headers;

/// The bytes of the hash in a tag: enough that different representations practically never have the same tag.
const HASHED: usize = 16;

/// The strong tag of a representation: a hash of it.
pub(in crate::http) fn tag_of(body: &str) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..HASHED]))
}

/// The value of `If-Match` or `If-None-Match`.
pub(super) enum Tags {
    /// `*`: any representation.
    Any,
    /// Tags with their quotes, and whether they are weak.
    Listed(Vec<(bool, String)>),
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
        tags.push((strong.is_some(), format!("\"{opaque}\"")));
        text = rest;
    }
    (!tags.is_empty()).then_some(Tags::Listed(tags))
}

/// Whether the client already has a representation. `If-None-Match` requires the weak comparison. What is no tag is the tag of
/// nothing: it saves nothing, and does no harm.
///
/// # Errors
/// 400 `invalid_header` when the header is not UTF-8.
pub(in crate::http) fn has_already(request: &Request<'_>, tag: &str) -> Result<bool, Problem> {
    let parts = headers::all(request, "If-None-Match")?;
    Ok(match parse(&parts.join(",")) {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::Listed(tags)) => tags.iter().any(|(_, known)| known == tag),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(bool, String)>> {
        match parse(text)? {
            Tags::Any => Some(Vec::new()),
            Tags::Listed(tags) => Some(tags),
        }
    }

    #[test]
    fn one_tag_a_list_and_weak_tags_are_parsed() {
        let strong = |tag: &str| (false, tag.to_owned());
        assert_eq!(read("*"), Some(Vec::new()));
        assert_eq!(read(r#""a""#), Some(vec![strong(r#""a""#)]));
        assert_eq!(
            read(r#" "a" ,, "b,c", W/"""#),
            Some(vec![strong(r#""a""#), strong(r#""b,c""#), (true, r#""""#.to_owned()),])
        );
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
