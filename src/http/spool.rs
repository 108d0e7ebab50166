//! Files on disk for the bodies of uploads and downloads: while a client sends or takes one, nothing but the file waits for
//! it. Their number and size are bounded, for each shop, for each user, and in all.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::num::NonZero;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::thread;

use uuid::Uuid;

use crate::fairness::{Place, Places};
use crate::http::problem::{BUSY, Problem, TOO_MANY_TRANSFERS};
use crate::tenancy::ShopId;

use super::budget::{Budget, Exhausted, Taken};

/// How many uploads and downloads there may be at a time.
#[derive(Clone, Copy, Debug)]
pub struct TransferLimits {
    /// In all.
    pub total: u32,
    /// Of one shop, and of one user.
    pub share: u32,
    /// The bytes of all their files. One shop may have half of them.
    pub bytes: u64,
}

/// The spool files of a server.
#[derive(Clone)]
pub(crate) struct Spools {
    by_shop: Arc<Budget>,
    by_user: Arc<Budget>,
    bytes: Arc<Budget>,
    checks: Places<ShopId, 1>,
}

/// How many files are checked at a time: each takes a processor, and memory that grows with the file. Half of the processors are left
/// for requests.
fn checks() -> usize {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    (processors / 2).clamp(1, 4)
}

/// An unnamed file that is gone when this is dropped.
pub(crate) struct SpoolFile {
    file: File,
    bytes: Taken,
    _places: [Taken; 2],
}

/// How long a client that was refused is to wait, in seconds: most transfers take less.
const RETRY_AFTER: u32 = 10;

impl Spools {
    pub(crate) fn new(limits: TransferLimits) -> Self {
        let places = || Budget::new(limits.total.into(), limits.share.into());
        let waiting = usize::try_from(limits.total).unwrap_or(usize::MAX);
        Self {
            by_shop: places(),
            by_user: places(),
            bytes: Budget::new(limits.bytes, limits.bytes / 2),
            checks: Places::new(checks(), waiting),
        }
    }

    /// Waits until one more file of the shop may be checked: shops take turns.
    ///
    /// # Errors
    /// When too many wait.
    pub(crate) async fn check(&self, shop: ShopId) -> Result<Place<ShopId, 1>, Problem> {
        let busy =
            |_| BUSY.because("The server has too many files to check; try again.").retry_after(RETRY_AFTER);
        self.checks.enter([shop]).await.map_err(busy)
    }

    /// A new file for a transfer of this user with this shop, who must have been let in.
    ///
    /// # Errors
    /// When there are too many transfers, or the file cannot be made.
    pub(crate) fn file(&self, shop: ShopId, user: Uuid) -> Result<SpoolFile, Problem> {
        let shop = shop.0.as_u128();
        let places = [self.by_shop.take(shop, 1), self.by_user.take(user.as_u128(), 1)];
        let [of_shop, of_user] = places.map(|place| place.map_err(refusal));
        Ok(SpoolFile {
            file: tempfile::tempfile().map_err(|error| Problem::internal(&error))?,
            bytes: self.bytes.take(shop, 0).map_err(refusal)?,
            _places: [of_shop?, of_user?],
        })
    }
}

fn refusal(exhausted: Exhausted) -> Problem {
    let problem = match exhausted {
        Exhausted::Share => {
            TOO_MANY_TRANSFERS.because("Wait until another upload or download of yours ends.")
        }
        Exhausted::Total => BUSY.because("The server has too many uploads and downloads; try again."),
    };
    problem.retry_after(RETRY_AFTER)
}

impl SpoolFile {
    /// Goes back to the start, to read what was written. Returns the length in bytes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn rewind(&mut self) -> io::Result<u64> {
        self.file.rewind()?;
        Ok(self.file.metadata()?.len())
    }

    /// Reads from a place in the file, wherever others read at the same time.
    pub(super) fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        self.file.read_at(buffer, at)
    }
}

impl Write for SpoolFile {
    /// Fails with [`io::ErrorKind::QuotaExceeded`] when the files have become too large.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_full = |_| io::Error::from(io::ErrorKind::QuotaExceeded);
        self.bytes.grow(bytes.len() as u64).map_err(is_full)?;
        self.file.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Read for SpoolFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

/// The problem of a file that could not be written.
pub(crate) fn not_written(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::QuotaExceeded | io::ErrorKind::StorageFull => {
            let detail = "The server has no disk space left for uploads and downloads; try again.";
            BUSY.because(detail).retry_after(RETRY_AFTER).caused_by(error)
        }
        _ => Problem::internal(error),
    }
}
