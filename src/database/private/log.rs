//! The server's log file: `postgres.log` in the data directory.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::error::PrivateServerError;

/// A log larger than this is set aside at the next start, in place of the one set aside before.
const SET_ASIDE_ABOVE: u64 = 8 * 1024 * 1024;
const TAIL_LINES: usize = 20;

pub(super) struct ServerLog {
    path: PathBuf,
    file: File,
    /// Where this start's lines begin.
    from: u64,
}

impl ServerLog {
    pub(super) fn open(path: &Path) -> Result<Self, PrivateServerError> {
        if fs::metadata(path).is_ok_and(|found| found.len() > SET_ASIDE_ABOVE) {
            fs::rename(path, path.with_extension("log.old"))
                .map_err(PrivateServerError::file("set aside", path))?;
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)
            .map_err(PrivateServerError::file("open", path))?;
        let from = file.metadata().map_err(PrivateServerError::file("read", path))?.len();
        Ok(Self { path: path.to_path_buf(), file, from })
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The last lines since this start. Best effort: it only illustrates another error.
    pub(super) fn tail(&self) -> String {
        let mut bytes = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.from))?;
            file.read_to_end(&mut bytes)
        });
        if let Err(error) = read {
            return format!("(it cannot be read: {error})");
        }
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }
}
