//! What the headers say about a body: its content type, its character set and its content coding (RFC 9110, 8.3 and 8.4).

use rocket::Request;
use rocket::http::{ContentType, Method};

use crate::http::problem::{Problem, UNSUPPORTED_TYPE};

use super::headers;

/// Refuses a body in a content coding such as gzip, which would be read as something else.
///
/// GET requests have no body, and neither do requests with `Content-Length: 0`; these are not refused.
pub(super) fn refuse_coding(request: &Request<'_>) -> Result<(), Problem> {
    if is_identity(request)? || !may_have_body(request)? {
        return Ok(());
    }
    let detail = "Send the body without a content coding; Content-Encoding is not supported.";
    Err(UNSUPPORTED_TYPE.because(detail).with_header("Accept-Encoding", "identity"))
}

fn is_identity(request: &Request<'_>) -> Result<bool, Problem> {
    let given = headers::all(request, "Content-Encoding")?;
    let mut codings = given.iter().flat_map(|header| header.split(',')).map(str::trim);
    Ok(codings.all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity")))
}

fn may_have_body(request: &Request<'_>) -> Result<bool, Problem> {
    let length = headers::all(request, "Content-Length")?;
    Ok(request.method().supports_payload() && length.first().is_none_or(|length| length.trim() != "0"))
}

/// What a PATCH takes besides JSON: RFC 7396. What our bodies of PATCH mean is what it says.
const MERGE_PATCH: &str = "merge-patch+json";

/// The content types that a PATCH takes, as `Accept-Patch` has them.
pub(in crate::http) const PATCH_TYPES: &str = "application/json, application/merge-patch+json";

/// The content type of a body as it was sent, if there is one that can be read.
pub(super) fn given_type(request: &Request<'_>) -> Result<Option<ContentType>, Problem> {
    Ok(match headers::all(request, "Content-Type")?.as_slice() {
        // Neither an empty parameter nor white space means anything (RFC 9110, 5.6.6), but Rocket does not read it.
        [one] => parameters_of(one).parse().ok(),
        _ => None,
    })
}

/// A content type without its empty parameters.
fn parameters_of(text: &str) -> String {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("; ")
}

/// Whether this is the type that is expected. Their names have no case.
fn is(given: &ContentType, expected: &ContentType, request: &Request<'_>) -> bool {
    let merges =
        request.method() == Method::Patch && *expected == ContentType::JSON && given.sub() == MERGE_PATCH;
    given.top() == expected.top() && (given.sub() == expected.sub() || merges)
}

/// Checks that there is one content type, that it is the expected one, and that its character set is UTF-8.
pub(super) fn check_type(request: &Request<'_>, expected: &ContentType) -> Result<(), Problem> {
    let refused = |detail: String| {
        let problem = UNSUPPORTED_TYPE.because(detail);
        Err(if request.method() == Method::Patch {
            problem.with_header("Accept-Patch", PATCH_TYPES)
        } else {
            problem.with_header("Accept", expected.to_string())
        })
    };
    if headers::all(request, "Content-Type")?.len() > 1 {
        return refused(format!("Send one Content-Type only: {expected}."));
    }
    let Some(given) = given_type(request)?.filter(|given| is(given, expected, request)) else {
        return refused(format!("Send the body with Content-Type: {expected}."));
    };
    let mut charsets = given.params().filter(|(name, _)| **name == "charset");
    if charsets.all(|(_, charset)| charset.trim_matches('"').eq_ignore_ascii_case("utf-8")) {
        return Ok(());
    }
    refused(format!("Send the body in UTF-8, with Content-Type: {expected} or {expected}; charset=utf-8."))
}
