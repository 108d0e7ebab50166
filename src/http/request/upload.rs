//! CSV files that clients send. Nothing of one is kept before it is known who sends it.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use rocket::data::{self, Data, FromData};
use rocket::http::ContentType;
use rocket::outcome::Outcome;
use rocket::request::Request;
use rocket::tokio::task;

use crate::http::problem::{Problem, TOO_LARGE, UNSUPPORTED_TYPE, reject};
use crate::http::spool::{SpoolFile, Spools, not_written};

use super::body_hash::BodyHash;
use super::chunks::{Chunks, SPOOL_LIMIT};
use super::content;
use super::guards::{AtLeast, Tenant};
use super::scopes::Needs;

/// A `text/csv` body of at most 64 MiB, of which nothing has been read yet.
pub struct Upload<'r> {
    chunks: Chunks<'r>,
    hash: Option<BodyHash>,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Upload<'r> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, ()> {
        let mut chunks = Chunks::of(request, data);
        let Err(problem) = content::check_type(request, &ContentType::CSV) else {
            return Outcome::Success(Self { chunks, hash: BodyHash::of(request) });
        };
        let is_missing = matches!(chunks.next().await, Ok(None));
        chunks.drain().await;
        let missing = "The body is missing. Send a file, with Content-Type: text/csv.";
        let problem = if is_missing { UNSUPPORTED_TYPE.because(missing) } else { problem };
        Outcome::Error((reject(request, problem), ()))
    }
}

impl Upload<'_> {
    async fn read_into(&mut self, file: &mut SpoolFile) -> Result<(), Problem> {
        let mut total = 0;
        while let Some(chunk) = self.chunks.next().await? {
            total += chunk.len() as u64;
            if total > SPOOL_LIMIT {
                return Err(TOO_LARGE.because("An import may have at most 64 MiB."));
            }
            self.hash.as_ref().inspect(|hash| hash.add(chunk));
            // At most 64 KiB, into the page cache: too little for a blocking thread.
            file.write_all(chunk).map_err(|error| not_written(&error))?;
        }
        Ok(())
    }
}

/// A file that has come whole from its client. It is gone when the last reader is dropped.
#[derive(Clone)]
pub(crate) struct Received(Arc<SpoolFile>);

/// Reads a file from its start, at its own pace.
pub(crate) struct Reader {
    file: Arc<SpoolFile>,
    at: u64,
}

impl Received {
    /// A reader of its own.
    pub(crate) fn reader(&self) -> Reader {
        Reader { file: Arc::clone(&self.0), at: 0 }
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Reader {
    /// Goes to a place from the start of the file or from here.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(_) => None,
        };
        self.at = at.ok_or(io::ErrorKind::Unsupported)?;
        Ok(self.at)
    }
}

/// Runs what takes long, and needs no connection, on a thread for it.
///
/// # Errors
/// When it panics.
pub(crate) async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))
}

impl<R: AtLeast, S: Needs> Tenant<R, S> {
    /// Lets the caller in, then reads what they send into a file. No connection waits for it.
    ///
    /// # Errors
    /// When the caller may not enter, has too many transfers, or sends too much or too slowly.
    pub(crate) async fn receive(&self, spools: &Spools, mut upload: Upload<'_>) -> Result<Received, Problem> {
        let place = match self.enter().await {
            Ok(()) => spools.file(self.shop(), self.user()),
            Err(error) => Err(error.into()),
        };
        match place {
            Ok(mut file) => {
                upload.read_into(&mut file).await?;
                Ok(Received(Arc::new(file)))
            }
            Err(problem) => {
                // A client that is still sending would see a broken connection instead of the answer.
                upload.chunks.drain().await;
                Err(problem)
            }
        }
    }
}
