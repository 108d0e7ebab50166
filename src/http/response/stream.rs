//! Answers that are sent while they are written, a piece at a time, from inside one transaction.

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

/// Chunks that lie ready at the most: with those that the sockets hold, what a slow client makes wait.
const PIECES: usize = 4;
/// How long a client may take nothing before it loses the answer: it holds a connection to the database.
const PATIENCE: Duration = Duration::from_secs(30);

enum Piece {
    Bytes(Vec<u8>),
    /// Without it the answer was not written to its end, and must not look as if it were.
    End,
}

/// The side that writes, on a blocking thread. Each write is sent as a piece, so write large ones.
pub struct BodyWriter {
    pieces: Sender<Piece>,
    runtime: Handle,
}

/// The side that is sent: a file of CSV for the client to keep.
pub struct Download {
    name: &'static str,
    body: BodyReader,
}

/// The pieces as they come.
pub(in crate::http) struct BodyReader {
    pieces: Receiver<Piece>,
    present: Cursor<Vec<u8>>,
    ended: bool,
}

/// Both sides of an answer.
pub(in crate::http) fn sides() -> (BodyWriter, BodyReader) {
    let (sender, pieces) = mpsc::channel(PIECES);
    let inlet = BodyReader { pieces, present: Cursor::default(), ended: false };
    (BodyWriter { pieces: sender, runtime: Handle::current() }, inlet)
}

impl BodyWriter {
    fn send(&self, piece: Piece) -> io::Result<()> {
        match self.runtime.block_on(timeout(PATIENCE, self.pieces.send(piece))) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the client has gone")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing")),
        }
    }

    /// Says that all has been written.
    ///
    /// # Errors
    /// When nobody takes it.
    pub fn finish(self) -> io::Result<()> {
        self.send(Piece::End)
    }
}

impl Write for BodyWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !bytes.is_empty() {
            self.send(Piece::Bytes(bytes.to_vec()))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl BodyReader {
    /// Waits for the first piece; false when the work ended without one.
    pub(in crate::http) async fn begins(&mut self) -> bool {
        match self.pieces.recv().await {
            Some(Piece::Bytes(bytes)) => self.present = Cursor::new(bytes),
            Some(Piece::End) => self.ended = true,
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
            match ready!(self.pieces.poll_recv(context)) {
                Some(Piece::Bytes(bytes)) => self.present = Cursor::new(bytes),
                Some(Piece::End) => self.ended = true,
                // The connection is cut, so that the client does not take a part for the whole.
                None => return Poll::Ready(Err(io::Error::other("the answer broke off"))),
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
        let (mut outlet, mut inlet) = sides();
        let written = task::spawn(async move {
            let all = move |conn: &mut TenantConn<'_>| {
                work(conn, &mut outlet)?;
                // A client that goes now has all of it.
                let _ = outlet.finish();
                Ok(())
            };
            self.run_at_one_moment(all).await
        });
        if inlet.begins().await {
            task::spawn(async move {
                if let Ok(Err(error)) = written.await {
                    tracing::warn!(%error, "an answer broke off");
                }
            });
            return Ok(Download::new(name, inlet));
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
