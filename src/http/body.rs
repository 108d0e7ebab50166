//! Bodies: JSON, and large ones spooled to a file.

use std::fs::File;
use std::io::{Seek, Write};

use rocket::data::{self, Data, FromData, ToByteUnit};
use rocket::http::ContentType;
use rocket::outcome::Outcome;
use rocket::request::Request;
use rocket::tokio::io::AsyncReadExt;
use serde::de::DeserializeOwned;

use super::catchers::leave;
use super::fallback::drain;
use super::problem::{INVALID_JSON, Problem, TOO_LARGE, UNSUPPORTED_TYPE};
use super::{idempotency, json};

/// Bytes of a JSON body at the most.
pub(super) const JSON_LIMIT: u64 = 1 << 20;
/// Bytes of a spooled body at the most.
pub(super) const SPOOL_LIMIT: u64 = 64 << 20;

/// A JSON body of at most 1 MiB, parsed.
///
/// Rocket's own JSON guard logs the body that it cannot parse, passwords included.
pub struct Body<T>(pub T);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + Send> FromData<'r> for Body<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, ()> {
        match read_json(request, data).await {
            Ok(parsed) => Outcome::Success(Self(parsed)),
            Err(problem) => Outcome::Error((leave(request, problem), ())),
        }
    }
}

async fn read_json<T: DeserializeOwned>(request: &Request<'_>, data: Data<'_>) -> Result<T, Problem> {
    let data = expect_type(request, data, &ContentType::JSON).await?;
    let mut stream = data.open(SPOOL_LIMIT.bytes());
    let mut bytes = Vec::new();
    // One byte over the limit tells a body that fits from one that does not.
    let mut limited = (&mut stream).take(JSON_LIMIT + 1);
    limited.read_to_end(&mut bytes).await.map_err(|_| broken_off())?;
    if bytes.len() as u64 > JSON_LIMIT {
        drain(stream).await;
        return Err(TOO_LARGE.because("A JSON body may have 1 MiB."));
    }
    idempotency::note(request, &bytes);
    json::parse(&bytes)
}

async fn expect_type<'r>(
    request: &Request<'_>,
    data: Data<'r>,
    expected: &ContentType,
) -> Result<Data<'r>, Problem> {
    let given = request.content_type().map(|given| (given.top().as_str(), given.sub().as_str()));
    if given == Some((expected.top().as_str(), expected.sub().as_str())) {
        return Ok(data);
    }
    drain(data.open(SPOOL_LIMIT.bytes())).await;
    Err(UNSUPPORTED_TYPE.because(format!("Send the body as {expected}.")))
}

fn broken_off() -> Problem {
    INVALID_JSON.because("The body broke off.")
}

/// A `text/csv` body of at most 64 MiB, in an unnamed file that goes when this goes.
pub struct Spooled(File);

impl Spooled {
    /// The file, standing at its beginning.
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
            Err(problem) => Outcome::Error((leave(request, problem), ())),
        }
    }
}

async fn spool(request: &Request<'_>, data: Data<'_>) -> Result<File, Problem> {
    let data = expect_type(request, data, &ContentType::CSV).await?;
    let mut file = tempfile::tempfile().map_err(|error| Problem::internal(&error))?;
    // One byte over the limit tells a body that fits from one that was cut off.
    let mut stream = data.open((SPOOL_LIMIT + 1).bytes());
    let (mut buffer, mut total) = (vec![0; 64 << 10], 0);
    loop {
        let read = stream.read(&mut buffer).await.map_err(|_| broken_off())?;
        if read == 0 {
            break;
        }
        total += read as u64;
        if total > SPOOL_LIMIT {
            return Err(TOO_LARGE.because("An import may have 64 MiB."));
        }
        idempotency::note(request, &buffer[..read]);
        // At most 64 KiB into the page cache: not worth a hop to a blocking thread.
        file.write_all(&buffer[..read]).map_err(|error| Problem::internal(&error))?;
    }
    file.rewind().map_err(|error| Problem::internal(&error))?;
    Ok(file)
}
