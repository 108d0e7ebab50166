//! Request bodies: JSON, and CSV files spooled to disk.

use std::fs::File;
use std::io::{Seek, Write};

use rocket::data::{self, Data, FromData};
use rocket::http::ContentType;
use rocket::outcome::Outcome;
use rocket::request::Request;
use serde::de::DeserializeOwned;

use crate::http::problem::{Problem, TOO_LARGE, UNSUPPORTED_TYPE, reject};

use super::chunks::{Chunks, SPOOL_LIMIT};
use super::{body_hash, json};

/// The largest JSON body, in bytes.
pub(in crate::http) const JSON_LIMIT: u64 = 1 << 20;

/// A JSON body of at most 1 MiB, parsed.
///
/// Not Rocket's own JSON guard: that one logs a body that it cannot parse, with its passwords.
pub struct Body<T>(pub T);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + Send> FromData<'r> for Body<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, ()> {
        match read_json(request, data).await {
            Ok(parsed) => Outcome::Success(Self(parsed)),
            Err(problem) => Outcome::Error((reject(request, problem), ())),
        }
    }
}

async fn read_json<T: DeserializeOwned>(request: &Request<'_>, data: Data<'_>) -> Result<T, Problem> {
    let mut chunks = expect_type(request, data, &ContentType::JSON).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await? {
        bytes.extend_from_slice(chunk);
        if bytes.len() as u64 > JSON_LIMIT {
            chunks.drain().await;
            return Err(TOO_LARGE.because("A JSON body may have at most 1 MiB."));
        }
    }
    body_hash::add(request, &bytes);
    json::parse(&bytes)
}

async fn expect_type<'r>(
    request: &Request<'_>,
    data: Data<'r>,
    expected: &ContentType,
) -> Result<Chunks<'r>, Problem> {
    let chunks = Chunks::of(request, data);
    let given = request.content_type().map(|given| (given.top().as_str(), given.sub().as_str()));
    if given == Some((expected.top().as_str(), expected.sub().as_str())) {
        return Ok(chunks);
    }
    chunks.drain().await;
    Err(UNSUPPORTED_TYPE.because(format!("Send the body as {expected}.")))
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
    let mut chunks = expect_type(request, data, &ContentType::CSV).await?;
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
