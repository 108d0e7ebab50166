//! Entity tags, and `If-None-Match` for what has not changed since it was read.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::Request;
use sha2::{Digest, Sha256};

use crate::http::problem::{INVALID_HEADER, Problem};

/// Bytes of the hash that a tag is made of: two representations that differ have two tags, for all practical
/// purposes.
const HASHED: usize = 16;

/// The strong tag of a representation: a hash of it, so that whatever is shown otherwise has another tag.
pub(in crate::http) fn tag_of(body: &str) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..HASHED]))
}

/// What a header of a conditional request names.
pub(super) enum Tags {
    /// `*`: any representation there is.
    Any,
    /// Tags with their quotes, and whether they are weak.
    These(Vec<(bool, String)>),
}

impl Tags {
    /// Reads a header, which may come in several parts. None when it is not there.
    pub(super) fn of(request: &Request<'_>, header: &str) -> Result<Option<Self>, Problem> {
        let parts: Vec<&str> = request.headers().get(header).collect();
        if parts.is_empty() {
            return Ok(None);
        }
        let tags = parse(&parts.join(",")).ok_or_else(|| {
            INVALID_HEADER.because(format!("{header} must be * or tags such as \"x\", with their quotes."))
        })?;
        Ok(Some(tags))
    }
}

/// RFC 9110, section 8.8.3. A tag may hold commas, and a list may have empty places.
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
        let is_whole = rest.is_empty() || rest.starts_with(',');
        if !is_whole || opaque.chars().any(|char| char.is_whitespace() || char.is_control()) {
            return None;
        }
        tags.push((strong.is_some(), format!("\"{opaque}\"")));
        text = rest;
    }
    (!tags.is_empty()).then_some(Tags::These(tags))
}

/// Whether the client has a representation already, by the weak comparison that `If-None-Match` calls for.
///
/// # Errors
/// 400 `invalid_header`.
pub(in crate::http) fn has_already(request: &Request<'_>, tag: &str) -> Result<bool, Problem> {
    Ok(match Tags::of(request, "If-None-Match")? {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::These(tags)) => tags.iter().any(|(_, known)| known == tag),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(bool, String)>> {
        match parse(text)? {
            Tags::Any => Some(Vec::new()),
            Tags::These(tags) => Some(tags),
        }
    }

    #[test]
    fn tags_come_alone_in_lists_and_weak() {
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
