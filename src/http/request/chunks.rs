//! Reading a body in chunks, with timeouts: a slow client loses its own request and delays no other. Rocket has no timeout
//! for request headers; a reverse proxy must set one.

use std::time::Duration;

use rocket::data::{Data, DataStream, ToByteUnit};
use rocket::request::Request;
use rocket::tokio::io::AsyncReadExt;
use rocket::tokio::time::{Instant, timeout_at};

use crate::http::problem::{BODY_TIMEOUT, INVALID_JSON, Problem};

/// The largest body of any kind, in bytes.
pub(in crate::http) const SPOOL_LIMIT: u64 = 64 << 20;
/// The largest chunk, in bytes.
const CHUNK: usize = 64 << 10;
/// The whole body may take this many times the longest pause.
const MAX_PAUSES: u32 = 60;

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
    deadline: Instant,
}

impl<'r> Chunks<'r> {
    pub(in crate::http) fn of(request: &Request<'_>, data: Data<'r>) -> Self {
        let pause = request.rocket().state::<BodyPause>().map_or(BodyPause::default().0, |pause| pause.0);
        let stream = data.open((SPOOL_LIMIT + 1).bytes());
        Self { stream, buffer: Vec::new(), pause, deadline: Instant::now() + pause * MAX_PAUSES }
    }

    /// The next chunk; none at the end of the body.
    pub(in crate::http) async fn next(&mut self) -> Result<Option<&[u8]>, Problem> {
        self.buffer.resize(CHUNK, 0);
        let timeout = self.deadline.min(Instant::now() + self.pause);
        match timeout_at(timeout, self.stream.read(&mut self.buffer)).await {
            Ok(Ok(0)) => Ok(None),
            Ok(Ok(length)) => Ok(Some(&self.buffer[..length])),
            Ok(Err(_)) => Err(INVALID_JSON.because("The body is incomplete.")),
            Err(_) => Err(BODY_TIMEOUT.because("The body arrived too slowly; send it again.")),
        }
    }

    /// Reads and discards the rest. An error does not matter: the client has gone, or is too slow for a response.
    pub(in crate::http) async fn drain(mut self) {
        while let Ok(Some(_)) = self.next().await {}
    }
}
