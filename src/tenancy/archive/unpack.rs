//! Unpacking: reads a tar into spooled files, and checks all of it before anything is imported.
//!
//! The tar is read block by block and must be exactly what `pack` writes: these files in this order, zeros between and
//! after them, and nothing else. So no name in it ever becomes a path, and every flipped bit is noticed.

use std::io::{self, BufRead, BufReader, Read};

use tar::{EntryType, Header};

use super::error::{ArchiveError, damaged};
use super::manifest::{CHECKSUM, FileEntry, MANIFEST, MAX_MANIFEST, Manifest};
use super::pack::checksum_line;
use super::progress::{OnProgress, report};
use super::spool::{Spooled, Spooler};

/// The size of a tar's block in bytes.
const BLOCK: usize = 512;

/// An archive whose files are complete and have the right checksums.
pub(super) struct Archive {
    pub manifest: Manifest,
    pub members: Spooled,
    /// One file for each table of the manifest, in its order.
    pub tables: Vec<Spooled>,
}

/// Reads an archive to its end, if `accept` accepts its manifest.
pub(super) fn unpack(
    input: impl Read,
    accept: impl FnOnce(&Manifest) -> Result<(), ArchiveError>,
    progress: OnProgress<'_>,
) -> Result<Archive, ArchiveError> {
    let mut blocks = Blocks { input: BufReader::with_capacity(1 << 16, input) };
    let manifest = blocks.manifest()?;
    accept(&manifest)?;
    let members = blocks.file(&manifest.members, progress)?;
    let tables =
        manifest.tables.iter().map(|table| blocks.file(&table.file, progress)).collect::<Result<_, _>>()?;
    blocks.end()?;
    Ok(Archive { manifest, members, tables })
}

struct Blocks<R> {
    input: BufReader<R>,
}

impl<R: Read> Blocks<R> {
    fn manifest(&mut self) -> Result<Manifest, ArchiveError> {
        let foreign = |why: &str| ArchiveError::NotAnArchive(why.to_owned());
        if self.input.fill_buf().map_err(ArchiveError::Read)?.is_empty() {
            return Err(foreign("it is empty"));
        }
        let block = self.block()?;
        let header = header_of(&block).ok_or_else(|| foreign("it does not begin as a tar does"))?;
        if *header.path_bytes() != *MANIFEST.as_bytes() {
            return Err(ArchiveError::NotAnArchive(format!("it does not begin with {MANIFEST}")));
        }
        let json = self.small_file(&header)?;
        let header = self.header(CHECKSUM)?;
        if self.small_file(&header)? != checksum_line(&json).into_bytes() {
            return Err(damaged(format!("the checksum of {MANIFEST} is another")));
        }
        Manifest::parse(&json)
    }

    /// Spools the next file, which must be `entry`.
    fn file(&mut self, entry: &FileEntry, progress: OnProgress<'_>) -> Result<Spooled, ArchiveError> {
        let name = &entry.file;
        if size_of(&self.header(name)?)? != entry.bytes {
            return Err(damaged(format!("{name} has another size than {MANIFEST} says")));
        }
        let mut spooler = Spooler::new()?;
        let each = |rows| report(progress, name, rows);
        spooler.add_all((&mut self.input).take(entry.bytes), ArchiveError::Read, each)?;
        let spooled = spooler.done()?;
        if spooled.bytes < entry.bytes {
            return Err(truncated());
        }
        if spooled.sha256 != entry.sha256 || spooled.rows != entry.rows {
            return Err(damaged(format!("the content of {name} is not what {MANIFEST} says")));
        }
        self.padding(entry.bytes)?;
        Ok(spooled)
    }

    fn small_file(&mut self, header: &Header) -> Result<Vec<u8>, ArchiveError> {
        let size = size_of(header)?;
        if size > MAX_MANIFEST {
            return Err(damaged(format!("{MANIFEST} is too large to be one")));
        }
        let mut content = Vec::new();
        (&mut self.input).take(size).read_to_end(&mut content).map_err(ArchiveError::Read)?;
        if (content.len() as u64) < size {
            return Err(truncated());
        }
        self.padding(size)?;
        Ok(content)
    }

    /// Reads the header of the next file, which must have this name.
    fn header(&mut self, name: &str) -> Result<Header, ArchiveError> {
        let header =
            header_of(&self.block()?).ok_or_else(|| damaged(format!("the header of {name} is not valid")))?;
        if *header.path_bytes() == *name.as_bytes() {
            return Ok(header);
        }
        let found = String::from_utf8_lossy(&header.path_bytes()).into_owned();
        Err(damaged(format!("it has {found:?} in place of {name}")))
    }

    /// Reads the zeros that fill the last block of a file.
    fn padding(&mut self, size: u64) -> Result<(), ArchiveError> {
        let over = size % BLOCK as u64;
        let mut zeros = Vec::new();
        let missing = if over == 0 { 0 } else { BLOCK as u64 - over };
        (&mut self.input).take(missing).read_to_end(&mut zeros).map_err(ArchiveError::Read)?;
        if (zeros.len() as u64) < missing {
            return Err(truncated());
        }
        all_zeros(&zeros)
    }

    /// Reads two blocks of zeros, and then the end of the input.
    fn end(&mut self) -> Result<(), ArchiveError> {
        for _ in 0..2 {
            all_zeros(&self.block()?)?;
        }
        let rest = self.input.fill_buf().map_err(ArchiveError::Read)?;
        if rest.is_empty() { Ok(()) } else { Err(damaged("something follows its end")) }
    }

    fn block(&mut self) -> Result<[u8; BLOCK], ArchiveError> {
        let mut block = [0; BLOCK];
        self.input.read_exact(&mut block).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => truncated(),
            _ => ArchiveError::Read(error),
        })?;
        Ok(block)
    }
}

/// Parses a header as `pack` writes it: of a plain file, with the right checksum.
fn header_of(block: &[u8; BLOCK]) -> Option<Header> {
    let header = Header::from_byte_slice(block);
    let mut summed = header.clone();
    summed.set_cksum();
    let sound = summed.as_bytes() == block && header.entry_type() == EntryType::Regular;
    (sound && header.as_ustar().is_some()).then(|| header.clone())
}

fn size_of(header: &Header) -> Result<u64, ArchiveError> {
    header.entry_size().map_err(|error| damaged(error.to_string()))
}

fn all_zeros(bytes: &[u8]) -> Result<(), ArchiveError> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Ok(());
    }
    Err(damaged("it has other bytes where zeros must be"))
}

fn truncated() -> ArchiveError {
    damaged("it ends too early")
}
