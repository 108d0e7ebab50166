//! Request bodies: JSON, and CSV files spooled to disk.

use std::fs::File;
use std::io::{Seek, Write};

use rocket::data::{self, Data, FromData};
use rocket::http::ContentType;
use rocket::outcome::Outcome;
use rocket::request::Request;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::http::problem::{INVALID_JSON, Problem, TOO_LARGE, UNSUPPORTED_TYPE, reject};

use super::chunks::{Chunks, SPOOL_LIMIT};
use super::{body_hash, content, json};

/// The largest JSON body, in bytes.
pub(in crate::http) const JSON_LIMIT: u64 = 1 << 20;

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
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await? {
        if let Err(problem) = is_json {
            chunks.drain().await;
            return Err(problem);
        }
        bytes.extend_from_slice(chunk);
        if bytes.len() as u64 > JSON_LIMIT {
            chunks.drain().await;
            return Err(TOO_LARGE.because("A JSON body may have at most 1 MiB."));
        }
    }
    if bytes.is_empty() {
        let kind = if is_json.is_ok() { &INVALID_JSON } else { &UNSUPPORTED_TYPE };
        return Ok(Err(kind.because("The body is missing. Send JSON, with Content-Type: application/json.")));
    }
    body_hash::add(request, &bytes);
    json::parse(&bytes).map(Ok)
}

/// A `text/csv` body of at most 64 MiB, in an unnamed file that is removed when this is dropped.
pub struct Spooled(File);

impl Spooled {
    /// The file, positioned at its start.
    pub fn into_file(self) -> File {
        self.0
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Spooled {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, ()> {
        match spool(request, data).await {
            Ok(file) => Outcome::Success(Self(file)),
            Err(problem) => Outcome::Error((reject(request, problem), ())),
        }
    }
}

async fn spool(request: &Request<'_>, data: Data<'_>) -> Result<File, Problem> {
    let mut chunks = Chunks::of(request, data);
    if let Err(problem) = content::check_type(request, &ContentType::CSV) {
        let is_missing = chunks.next().await?.is_none();
        chunks.drain().await;
        let missing = "The body is missing. Send a file, with Content-Type: text/csv.";
        return Err(if is_missing { UNSUPPORTED_TYPE.because(missing) } else { problem });
    }
    let mut file = tempfile::tempfile().map_err(|error| Problem::internal(&error))?;
    let mut total = 0;
    while let Some(chunk) = chunks.next().await? {
        total += chunk.len() as u64;
        if total > SPOOL_LIMIT {
            return Err(TOO_LARGE.because("An import may have at most 64 MiB."));
        }
        body_hash::add(request, chunk);
        // At most 64 KiB, into the page cache: too little for a blocking thread.
        file.write_all(chunk).map_err(|error| Problem::internal(&error))?;
    }
    file.rewind().map_err(|error| Problem::internal(&error))?;
    Ok(file)
}
