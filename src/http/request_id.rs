//! The id of a request, which names it in the response and in the log.

use rocket::Request;
use uuid::Uuid;

/// Names one request in the answer and in the log: the client's `X-Request-Id`, or one of ours.
pub struct RequestId(pub String);

impl RequestId {
    /// The id of this request.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| {
            let given = request.headers().get_one("X-Request-Id").filter(|given| is_usable(given));
            Self(given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned))
        })
    }
}

/// What a client sends goes into headers and logs: visible ASCII only, and not too much of it.
fn is_usable(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}
