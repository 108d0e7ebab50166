//! Bodies as they come, piece by piece and each in time: a client that dawdles loses its own request, and nobody else
//! anything. How slowly a head may come Rocket does not let us say; that is for the proxy.

use std::time::Duration;

use rocket::data::{Data, DataStream, ToByteUnit};
use rocket::request::Request;
use rocket::tokio::io::AsyncReadExt;
use rocket::tokio::time::{Instant, timeout_at};

use crate::http::problem::{BODY_TIMEOUT, INVALID_JSON, Problem};

/// Bytes of a spooled body at the most: no body may be longer.
pub(in crate::http) const SPOOL_LIMIT: u64 = 64 << 20;
/// Bytes that are taken at once, at the most.
const PIECE: usize = 64 << 10;
/// A body that comes drop by drop may take so many times the longest pause.
const WHOLE: u32 = 60;

/// How long a body may pause; a state of the server.
pub struct BodyPause(pub Duration);

impl Default for BodyPause {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

/// A body, as far as any may be long, and one byte: it tells one that fits from one that was cut off.
pub(in crate::http) struct Chunks<'r> {
    stream: DataStream<'r>,
    buffer: Vec<u8>,
    pause: Duration,
    give_up: Instant,
}

impl<'r> Chunks<'r> {
    pub(in crate::http) fn of(request: &Request<'_>, data: Data<'r>) -> Self {
        let pause = request.rocket().state::<BodyPause>().map_or(BodyPause::default().0, |pause| pause.0);
        let stream = data.open((SPOOL_LIMIT + 1).bytes());
        Self { stream, buffer: Vec::new(), pause, give_up: Instant::now() + pause * WHOLE }
    }

    /// The next piece; none at the end.
    pub(in crate::http) async fn next(&mut self) -> Result<Option<&[u8]>, Problem> {
        self.buffer.resize(PIECE, 0);
        let patience = self.give_up.min(Instant::now() + self.pause);
        match timeout_at(patience, self.stream.read(&mut self.buffer)).await {
            Ok(Ok(0)) => Ok(None),
            Ok(Ok(length)) => Ok(Some(&self.buffer[..length])),
            Ok(Err(_)) => Err(INVALID_JSON.because("The body broke off.")),
            Err(_) => Err(BODY_TIMEOUT.because("The body came too slowly; send it again.")),
        }
    }

    /// Reads and forgets the rest. A client that breaks off, or dawdles, has no use for an answer.
    pub(in crate::http) async fn drain(mut self) {
        while let Ok(Some(_)) = self.next().await {}
    }
}
