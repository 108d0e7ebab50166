//! Reading a body in chunks, with timeouts: a slow client loses its own request and delays no other. Rocket has no timeout
//! for request headers; a reverse proxy must set one.
//!
//! A body ends in bounded time: it may pause for a while, but must arrive at a least rate.

use std::time::Duration;

use rocket::data::{Data, DataStream, ToByteUnit};
use rocket::request::Request;
use rocket::tokio::io::AsyncReadExt;
use rocket::tokio::sync::Semaphore;
use rocket::tokio::time::{Instant, timeout, timeout_at};

use crate::http::problem::{BODY_TIMEOUT, INVALID_JSON, Problem};

/// The largest body of any kind, in bytes.
pub(in crate::http) const SPOOL_LIMIT: u64 = 64 << 20;
/// The first chunk, in bytes: most bodies are smaller, and thousands may be waited for.
const FIRST_CHUNK: usize = 4 << 10;
/// The largest chunk, in bytes.
const CHUNK: usize = 64 << 10;
/// How many bytes a second a body must bring, after the longest pause.
const LEAST_RATE: u64 = 4 << 10;
/// The whole body may take this many times the longest pause.
const MAX_PAUSES: u32 = 60;

/// How many large bodies are discarded at a time. Each takes 0.6 MB: hyper's buffers grow with a fast sender, and keep their size
/// when it becomes slow.
const DISCARDED_AT_ONCE: usize = 16;
/// A large body is discarded for this many times the longest pause.
const DISCARDED_PAUSES: u32 = 6;

static DISCARDS: Semaphore = Semaphore::const_new(DISCARDED_AT_ONCE);

/// The longest pause within a body. Managed by Rocket as state.
pub struct BodyPause(pub Duration);

impl Default for BodyPause {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

/// A body, read up to the limit and one byte more: so a body that is too large is recognised.
pub(in crate::http) struct Chunks<'r> {
    stream: DataStream<'r>,
    buffer: Vec<u8>,
    pause: Duration,
    began: Instant,
    read: u64,
}

impl<'r> Chunks<'r> {
    pub(in crate::http) fn of(request: &Request<'_>, data: Data<'r>) -> Self {
        let pause = request.rocket().state::<BodyPause>().map_or(BodyPause::default().0, |pause| pause.0);
        let stream = data.open((SPOOL_LIMIT + 1).bytes());
        Self { stream, buffer: vec![0; FIRST_CHUNK], pause, began: Instant::now(), read: 0 }
    }

    /// The next chunk; none at the end of the body.
    pub(in crate::http) async fn next(&mut self) -> Result<Option<&[u8]>, Problem> {
        if self.read >= CHUNK as u64 {
            self.buffer.resize(CHUNK, 0);
        }
        // What has arrived so far has earned so much time.
        let earned = self.pause + Duration::from_secs(self.read / LEAST_RATE);
        let deadline = self.began + earned.min(self.pause * MAX_PAUSES);
        let timeout = deadline.min(Instant::now() + self.pause);
        match timeout_at(timeout, self.stream.read(&mut self.buffer)).await {
            Ok(Ok(0)) => Ok(None),
            Ok(Ok(length)) => {
                self.read += length as u64;
                Ok(Some(&self.buffer[..length]))
            }
            Ok(Err(_)) => Err(INVALID_JSON.because("The body is incomplete.")),
            Err(_) => Err(BODY_TIMEOUT.because("The body arrived too slowly; send it again.")),
        }
    }

    /// Reads and discards the rest, since a client that is still sending may see a broken connection instead of the answer. So do
    /// those whose body is large while many others are discarded, and those that take long.
    pub(in crate::http) async fn drain(mut self) {
        while self.read < CHUNK as u64 {
            // An error does not matter: the client has gone, or is too slow for a response.
            let Ok(Some(_)) = self.next().await else { return };
        }
        let Ok(_place) = DISCARDS.try_acquire() else { return };
        let longest = self.pause * DISCARDED_PAUSES;
        let rest = async { while let Ok(Some(_)) = self.next().await {} };
        let _ = timeout(longest, rest).await;
    }
}
