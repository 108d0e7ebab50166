//! Packing: writes a manifest and its files to a tar.

use std::io::{BufWriter, Read, Write};

use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use super::error::ArchiveError;
use super::manifest::{CHECKSUM, MANIFEST, Manifest};
use super::progress::{OnProgress, report};
use super::spool::{Spooled, hexadecimal};

/// Writes the archive. `files` are those of the manifest, in its order.
pub(super) fn pack(
    manifest: &Manifest,
    files: &[Spooled],
    out: &mut dyn Write,
    progress: OnProgress<'_>,
) -> Result<(), ArchiveError> {
    let mut json = serde_json::to_vec_pretty(manifest).map_err(|error| ArchiveError::Write(error.into()))?;
    json.push(b'\n');
    let checksum = checksum_line(&json);
    let modified = u64::try_from(manifest.exported_at.timestamp()).unwrap_or_default();
    let mut tar = Builder::new(BufWriter::with_capacity(1 << 16, out));
    let mut add = |name: &str, size: u64, content: &mut dyn Read| {
        let header = header(name, size, modified)?;
        tar.append(&header, content)
    };
    add(MANIFEST, json.len() as u64, &mut json.as_slice()).map_err(ArchiveError::Write)?;
    add(CHECKSUM, checksum.len() as u64, &mut checksum.as_bytes()).map_err(ArchiveError::Write)?;
    for (entry, spooled) in manifest.files().zip(files) {
        report(progress, &entry.file, entry.rows)?;
        add(&entry.file, entry.bytes, &mut spooled.reader()?).map_err(ArchiveError::Write)?;
    }
    let finished = tar.into_inner().and_then(|mut out| out.flush());
    finished.map_err(ArchiveError::Write)
}

/// The content of the manifest's checksum file.
pub(super) fn checksum_line(manifest: &[u8]) -> String {
    format!("{}  {MANIFEST}\n", hexadecimal(Sha256::new_with_prefix(manifest)))
}

fn header(name: &str, size: u64, modified: u64) -> std::io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(modified);
    header.set_cksum();
    Ok(header)
}
