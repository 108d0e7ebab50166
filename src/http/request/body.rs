//! JSON bodies.

use rocket::data::{self, Data, FromData};
use rocket::http::ContentType;
use rocket::outcome::Outcome;
use rocket::request::Request;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::http::problem::{INVALID_JSON, Problem, UNSUPPORTED_TYPE, reject};

use super::body_memory::BodyMemory;
use super::chunks::Chunks;
use super::{body_hash, content, json};

/// A JSON body of at most 1 MiB, parsed.
///
/// Not Rocket's own JSON guard: that one logs a body that it cannot parse, with its passwords.
pub struct Body<T>(pub T);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + ToSchema + Send> FromData<'r> for Body<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, ()> {
        match read_json(request, data).await.flatten() {
            Ok(parsed) => Outcome::Success(Self(parsed)),
            Err(problem) => Outcome::Error((reject(request, problem), ())),
        }
    }
}

/// A [`Body`] that may be left out: then the problem of a request without one.
pub struct OptionalBody<T>(pub Result<T, Problem>);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + ToSchema + Send> FromData<'r> for OptionalBody<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, ()> {
        match read_json(request, data).await {
            Ok(body) => Outcome::Success(Self(body)),
            Err(problem) => Outcome::Error((reject(request, problem), ())),
        }
    }
}

/// Reads a JSON body. The inner problem is that there is none.
async fn read_json<T: DeserializeOwned + ToSchema>(
    request: &Request<'_>,
    data: Data<'_>,
) -> Result<Result<T, Problem>, Problem> {
    let mut chunks = Chunks::of(request, data);
    let is_json = content::check_type(request, &ContentType::JSON);
    let memory = BodyMemory::of(request);
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await? {
        if let Err(problem) = is_json {
            chunks.drain().await;
            return Err(problem);
        }
        let kept = memory.grow_to(bytes.len() + chunk.len());
        if let Err(problem) = kept {
            drop(bytes);
            memory.give_back();
            chunks.drain().await;
            return Err(problem);
        }
        bytes.extend_from_slice(chunk);
    }
    if bytes.is_empty() {
        let kind = if is_json.is_ok() { &INVALID_JSON } else { &UNSUPPORTED_TYPE };
        return Ok(Err(kind.because("The body is missing. Send JSON, with Content-Type: application/json.")));
    }
    body_hash::add(request, &bytes);
    json::parse(&bytes).map(Ok)
}
