//! Bodies that are read without waiting: from memory, or from a file in the page cache. A chunk is too little for a blocking thread.

use std::io::{self, Read, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll};

use rocket::tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

/// A body whose length is told to Rocket.
pub(super) struct AtOnce<R>(pub(super) R);

impl<R: Read + Unpin> AsyncRead for AtOnce<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let count = self.0.read(buffer.initialize_unfilled())?;
        buffer.advance(count);
        Poll::Ready(Ok(()))
    }
}

/// Rocket asks for the length by this, unless it is told.
impl<R: Unpin> AsyncSeek for AtOnce<R> {
    fn start_seek(self: Pin<&mut Self>, _: SeekFrom) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }
}
