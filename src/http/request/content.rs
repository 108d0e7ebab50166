//! What the headers say about a body: its content type, its character set and its content coding (RFC 9110, 8.3 and 8.4).

use rocket::Request;
use rocket::http::ContentType;

use crate::http::problem::{Problem, UNSUPPORTED_TYPE};

/// Refuses a body in a content coding such as gzip, which would be read as something else.
///
/// GET requests have no body, and neither do requests with `Content-Length: 0`; these are not refused.
pub(super) fn refuse_coding(request: &Request<'_>) -> Result<(), Problem> {
    if is_identity(request) || !may_have_body(request) {
        return Ok(());
    }
    let detail = "Send the body without a content coding; Content-Encoding is not supported.";
    Err(UNSUPPORTED_TYPE.because(detail).with_header("Accept-Encoding", "identity"))
}

fn is_identity(request: &Request<'_>) -> bool {
    let codings = request.headers().get("Content-Encoding").flat_map(|header| header.split(','));
    codings.map(str::trim).all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"))
}

fn may_have_body(request: &Request<'_>) -> bool {
    let length = request.headers().get_one("Content-Length");
    request.method().supports_payload() && length.is_none_or(|length| length.trim() != "0")
}

/// Checks that there is one content type, that it is the expected one, and that its character set is UTF-8.
pub(super) fn check_type(request: &Request<'_>, expected: &ContentType) -> Result<(), Problem> {
    let refused =
        |detail: String| Err(UNSUPPORTED_TYPE.because(detail).with_header("Accept", expected.to_string()));
    let mut given = request.headers().get("Content-Type");
    let given = match (given.next(), given.next()) {
        (Some(_), Some(_)) => return refused(format!("Send one Content-Type only: {expected}.")),
        // Neither an empty parameter nor white space means anything (RFC 9110, 5.6.6), but Rocket does not read it.
        (Some(one), None) => one.trim_end_matches([';', ' ', '\t']).parse::<ContentType>().ok(),
        (None, _) => None,
    };
    let Some(given) = given.filter(|given| given.top() == expected.top() && given.sub() == expected.sub())
    else {
        return refused(format!("Send the body with Content-Type: {expected}."));
    };
    let mut charsets = given.params().filter(|(name, _)| **name == "charset");
    if charsets.all(|(_, charset)| charset.trim_matches('"').eq_ignore_ascii_case("utf-8")) {
        return Ok(());
    }
    refused(format!("Send the body in UTF-8, with Content-Type: {expected} or {expected}; charset=utf-8."))
}
