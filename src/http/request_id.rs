//! The id of a request, in the response and in the log.

use rocket::Request;
use uuid::Uuid;

/// The id of a request: the client's `X-Request-Id`, or a generated one.
pub struct RequestId(pub String);

impl RequestId {
    /// The id of this request.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| {
            let given = given(request).filter(|given| is_usable(given));
            Self(given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned))
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "problems have the id, and the readers of headers have problems"
)]
fn given<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    request.headers().get_one("X-Request-Id")
}

/// The id goes into headers and logs: only visible ASCII, at most 128 characters.
fn is_usable(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}
