//! Responses that are sent while they are written, chunk by chunk, in one transaction.

use std::fmt::Display;
use std::io::{self, Cursor, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::tokio::io::{AsyncRead, ReadBuf};
use rocket::tokio::runtime::Handle;
use rocket::tokio::sync::mpsc::{self, Receiver, Sender};
use rocket::tokio::task;
use rocket::tokio::time::timeout;

use crate::database::DatabaseError;
use crate::http::request::guards::{AtLeast, Tenant};
use crate::tenancy::{TenancyError, TenantConn};

/// The most chunks that wait for the client, besides those in socket buffers.
const CHUNKS: usize = 4;
/// How long a client may read nothing before the response is cut off: it occupies a database connection.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

enum Chunk {
    Bytes(Vec<u8>),
    /// The end of the body. Without it, the response is incomplete and must not look complete.
    End,
}

/// The writing side, on a blocking thread. Each write is sent as one chunk, so write large ones.
pub struct BodyWriter {
    chunks: Sender<Chunk>,
    runtime: Handle,
}

/// The side that is sent: a file of CSV for the client to keep.
pub struct Download {
    name: &'static str,
    body: BodyReader,
}

/// The reading side: the chunks, in order.
pub(in crate::http) struct BodyReader {
    chunks: Receiver<Chunk>,
    present: Cursor<Vec<u8>>,
    ended: bool,
}

/// Both sides of a response body.
pub(in crate::http) fn body_channel() -> (BodyWriter, BodyReader) {
    let (sender, chunks) = mpsc::channel(CHUNKS);
    let reader = BodyReader { chunks, present: Cursor::default(), ended: false };
    (BodyWriter { chunks: sender, runtime: Handle::current() }, reader)
}

impl BodyWriter {
    fn send(&self, chunk: Chunk) -> io::Result<()> {
        match self.runtime.block_on(timeout(READ_TIMEOUT, self.chunks.send(chunk))) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the client has gone")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client reads nothing")),
        }
    }

    /// Marks the body as complete.
    ///
    /// # Errors
    /// When the client has gone, or reads nothing.
    pub fn finish(self) -> io::Result<()> {
        self.send(Chunk::End)
    }
}

impl Write for BodyWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !bytes.is_empty() {
            self.send(Chunk::Bytes(bytes.to_vec()))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl BodyReader {
    /// Waits for the first chunk; false when the writer was dropped before it.
    pub(in crate::http) async fn has_begun(&mut self) -> bool {
        match self.chunks.recv().await {
            Some(Chunk::Bytes(bytes)) => self.present = Cursor::new(bytes),
            Some(Chunk::End) => self.ended = true,
            None => return false,
        }
        true
    }
}

impl AsyncRead for BodyReader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let read = io::Read::read(&mut self.present, buffer.initialize_unfilled())?;
            if read > 0 || self.ended {
                buffer.advance(read);
                return Poll::Ready(Ok(()));
            }
            match ready!(self.chunks.poll_recv(context)) {
                Some(Chunk::Bytes(bytes)) => self.present = Cursor::new(bytes),
                Some(Chunk::End) => self.ended = true,
                // The connection is cut, so that the client does not take an incomplete body for a complete one.
                None => return Poll::Ready(Err(io::Error::other("the response is incomplete"))),
            }
        }
    }
}

impl Download {
    pub(in crate::http) fn new(name: &'static str, body: BodyReader) -> Self {
        Self { name, body }
    }
}

impl<R: AtLeast + 'static> Tenant<R> {
    /// Sends the CSV that `work` writes while it writes it, in one transaction that sees the shop as it is at one moment. The
    /// transaction ends when the client goes.
    ///
    /// # Errors
    /// What `work` returns before it writes anything, or what the engine says. What goes wrong later cuts the answer off.
    pub async fn download<E, F>(self, name: &'static str, work: F) -> Result<Download, E>
    where
        E: From<TenancyError> + Display + Send + 'static,
        F: FnOnce(&mut TenantConn<'_>, &mut BodyWriter) -> Result<(), E> + Send + 'static,
    {
        let (mut writer, mut reader) = body_channel();
        let written = task::spawn(async move {
            let all = move |conn: &mut TenantConn<'_>| {
                work(conn, &mut writer)?;
                // A client that disconnects now has the complete body.
                let _ = writer.finish();
                Ok(())
            };
            self.run_at_one_moment(all).await
        });
        if reader.has_begun().await {
            task::spawn(async move {
                if let Ok(Err(error)) = written.await {
                    tracing::warn!(%error, "a response was cut off");
                }
            });
            return Ok(Download::new(name, reader));
        }
        match written.await {
            Ok(Err(error)) => Err(error),
            Ok(Ok(())) | Err(_) => Err(TenancyError::from(DatabaseError::Panicked).into()),
        }
    }
}

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let disposition = format!("attachment; filename=\"{}\"", self.name);
        Response::build()
            .header(ContentType::CSV)
            .header(Header::new("Content-Disposition", disposition))
            .streamed_body(self.body)
            .ok()
    }
}
