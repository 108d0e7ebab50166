//! The guard of routes that take no body: a body is never passed over, since its sender expects something of it.

use rocket::data::{self, Data, FromData};
use rocket::http::ContentType;
use rocket::outcome::Outcome;
use rocket::request::Request;
use serde_json::{Map, Value};

use crate::http::problem::{INVALID_FIELD, Problem, TOO_LARGE, UNSUPPORTED_TYPE, reject};

use super::body_memory::JSON_LIMIT;
use super::chunks::Chunks;
use super::content;

const DETAIL: &str = "This request takes no body; leave it out.";

/// The bytes of a body that are looked at: an empty object has no more.
const MOST_OF_NOTHING: usize = 1 << 10;

/// No body: nothing, or an empty JSON object, which some clients always send.
pub struct NoBody;

#[rocket::async_trait]
impl<'r> FromData<'r> for NoBody {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, ()> {
        match check(request, data).await {
            Ok(()) => Outcome::Success(Self),
            Err(problem) => Outcome::Error((reject(request, problem), ())),
        }
    }
}

async fn check(request: &Request<'_>, data: Data<'_>) -> Result<(), Problem> {
    let mut chunks = Chunks::of(request, data);
    let (mut total, mut bytes) = (0, Vec::new());
    while let Some(chunk) = chunks.next().await? {
        total += chunk.len() as u64;
        bytes.extend_from_slice(chunk);
        bytes.truncate(MOST_OF_NOTHING);
        if total > JSON_LIMIT {
            chunks.drain().await;
            return Err(TOO_LARGE.because(DETAIL));
        }
    }
    if total <= MOST_OF_NOTHING as u64 && is_nothing(&bytes) {
        return Ok(());
    }
    match content::given_type(request)? {
        Some(given) if given.top() == ContentType::JSON.top() && given.sub() == ContentType::JSON.sub() => {
            Err(INVALID_FIELD.at("", DETAIL))
        }
        _ => Err(UNSUPPORTED_TYPE.because(DETAIL)),
    }
}

fn is_nothing(bytes: &[u8]) -> bool {
    let is_empty_object = |object: Map<String, Value>| object.is_empty();
    bytes.trim_ascii().is_empty() || serde_json::from_slice(bytes).is_ok_and(is_empty_object)
}
