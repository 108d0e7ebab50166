//! Spooling: the files of an archive are kept in temporary files, so that memory does not grow with the shop, and no
//! transaction waits for a slow reader or writer. Sizes and checksums are computed while they are written.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};

use sha2::{Digest, Sha256};

use super::error::ArchiveError;
use super::manifest::FileEntry;

/// A temporary file without a name: it is gone when the process ends, however that ends.
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

    /// Adds a chunk.
    pub(super) fn add(&mut self, chunk: &[u8]) -> Result<(), ArchiveError> {
        self.digest.update(chunk);
        self.bytes += chunk.len() as u64;
        self.rows += rows_in(chunk);
        self.out.write_all(chunk).map_err(failed)
    }

    /// Adds all of `input`, whose errors `unreadable` converts. Calls `each` after each chunk with the number of rows.
    pub(super) fn add_all(
        &mut self,
        mut input: impl BufRead,
        unreadable: impl Fn(io::Error) -> ArchiveError,
        mut each: impl FnMut(u64) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        loop {
            let chunk = match input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(error)),
            };
            if chunk.is_empty() {
                return Ok(());
            }
            self.add(chunk)?;
            let length = chunk.len();
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
    /// Reads the file from its beginning.
    pub(super) fn reader(&self) -> Result<BufReader<&File>, ArchiveError> {
        (&self.file).rewind().map_err(failed)?;
        Ok(BufReader::with_capacity(1 << 16, &self.file))
    }

    /// Its entry in the manifest.
    pub(super) fn entry(&self, file: String) -> FileEntry {
        FileEntry { file, rows: self.rows, bytes: self.bytes, sha256: self.sha256.clone() }
    }
}

/// The number of rows that end in a chunk: COPY's text format has a line break at the end of each row and nowhere else.
#[expect(clippy::naive_bytecount, reason = "the checksum takes far longer")]
pub(super) fn rows_in(chunk: &[u8]) -> u64 {
    chunk.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// An error of a temporary file.
pub(super) fn failed(source: io::Error) -> ArchiveError {
    ArchiveError::Spool { dir: std::env::temp_dir().display().to_string(), source }
}

pub(super) fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
