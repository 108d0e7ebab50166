//! Spooling: what goes into an archive or comes out of one waits in temporary files, measured as they are written,
//! so that memory does not grow with the shop and a slow pipe holds no transaction open.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};

use sha2::{Digest, Sha256};

use super::error::ArchiveError;
use super::manifest::FileEntry;

/// A temporary file that no name leads to: it is gone with the process, however that ends.
pub(super) struct Spooled {
    file: File,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
}

/// Writes a temporary file.
pub(super) struct Spooler {
    out: BufWriter<File>,
    digest: Sha256,
    pub rows: u64,
    bytes: u64,
}

impl Spooler {
    pub(super) fn new() -> Result<Self, ArchiveError> {
        let out = BufWriter::with_capacity(1 << 16, tempfile::tempfile().map_err(failed)?);
        Ok(Self { out, digest: Sha256::new(), rows: 0, bytes: 0 })
    }

    /// Adds a piece.
    pub(super) fn add(&mut self, piece: &[u8]) -> Result<(), ArchiveError> {
        self.digest.update(piece);
        self.bytes += piece.len() as u64;
        self.rows += rows_in(piece);
        self.out.write_all(piece).map_err(failed)
    }

    /// Adds all that `input` has; `unreadable` says what a fault of its is.
    pub(super) fn add_all(
        &mut self,
        mut input: impl BufRead,
        unreadable: impl Fn(io::Error) -> ArchiveError,
        mut each: impl FnMut(u64) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        loop {
            let piece = match input.fill_buf() {
                Ok(piece) => piece,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(error)),
            };
            if piece.is_empty() {
                return Ok(());
            }
            self.add(piece)?;
            let length = piece.len();
            input.consume(length);
            each(self.rows)?;
        }
    }

    pub(super) fn done(self) -> Result<Spooled, ArchiveError> {
        let file = self.out.into_inner().map_err(|error| failed(error.into_error()))?;
        Ok(Spooled { file, rows: self.rows, bytes: self.bytes, sha256: hexadecimal(self.digest) })
    }
}

impl Spooled {
    /// From its beginning.
    pub(super) fn reader(&self) -> Result<BufReader<&File>, ArchiveError> {
        (&self.file).rewind().map_err(failed)?;
        Ok(BufReader::with_capacity(1 << 16, &self.file))
    }

    /// What a manifest says of it.
    pub(super) fn entry(&self, file: String) -> FileEntry {
        FileEntry { file, rows: self.rows, bytes: self.bytes, sha256: self.sha256.clone() }
    }
}

/// How many rows end in a piece: COPY's text format has a line break at the end of each row and nowhere else.
#[expect(clippy::naive_bytecount, reason = "counting is nothing beside the checksum")]
pub(super) fn rows_in(piece: &[u8]) -> u64 {
    piece.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// A fault of the temporary files.
pub(super) fn failed(source: io::Error) -> ArchiveError {
    ArchiveError::Spool { dir: std::env::temp_dir().display().to_string(), source }
}

pub(super) fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
