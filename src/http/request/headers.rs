//! The one place where headers are read. One that cannot be read is refused and never passed over: a request without it
//! would be another request.

use rocket::Request;

use crate::http::problem::{INVALID_HEADER, Problem};
use crate::http::unreadable;

/// The values of a header, in their order.
///
/// # Errors
/// 400 `invalid_header` when one of them is not UTF-8.
pub(crate) fn all<'r>(request: &'r Request<'_>, name: &str) -> Result<Vec<&'r str>, Problem> {
    if unreadable::has(request, name) {
        return Err(INVALID_HEADER.because(format!("The header {name} is not in UTF-8.")));
    }
    Ok(values(request, name).collect())
}

/// The value of a header that may come once.
///
/// # Errors
/// 400 `invalid_header` when it comes twice, or is not UTF-8.
pub(crate) fn one<'r>(request: &'r Request<'_>, name: &str) -> Result<Option<&'r str>, Problem> {
    match all(request, name)?.as_slice() {
        [] => Ok(None),
        [value] => Ok(Some(value)),
        _ => Err(INVALID_HEADER.because(format!("Send the header {name} only once."))),
    }
}

/// The value of a header that changes nothing of what is done: one that cannot be read is as none.
pub(crate) fn hint<'r>(request: &'r Request<'_>, name: &str) -> Option<&'r str> {
    values(request, name).next()
}

/// All values of such a header.
pub(crate) fn hints<'r>(request: &'r Request<'_>, name: &str) -> impl Iterator<Item = &'r str> {
    values(request, name)
}

#[expect(clippy::disallowed_methods, reason = "this is the place")]
fn values<'r>(request: &'r Request<'_>, name: &str) -> impl Iterator<Item = &'r str> {
    request.headers().get(name)
}
