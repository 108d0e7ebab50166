//! The manifest: what an archive says of itself, for people and for the import.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::tenancy::shop::{Currency, Slug};

use super::error::{ArchiveError, damaged};

/// The name of the manifest in the archive; it comes first.
pub(super) const MANIFEST: &str = "manifest.json";
/// The name of its checksum, as `sha256sum` writes and checks it; it comes second.
pub(super) const CHECKSUM: &str = "manifest.json.sha256";
/// The name of the file with the memberships; it comes third, and the tables follow.
pub(super) const MEMBERS: &str = "members.copy";
/// A manifest is read into memory: bytes at the most.
pub(super) const MAX_MANIFEST: u64 = 4 << 20;

/// What it is, in the manifest's field `format`.
const FORMAT: &str = "shop archive";
/// The layout described here. A change that older binaries would misread raises it.
const FORMAT_VERSION: u32 = 1;
/// Each table is a temporary file that is open while the archive is imported.
const MAX_TABLES: usize = 500;

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Manifest {
    format: String,
    format_version: u32,
    pub product: String,
    pub product_version: String,
    pub exported_at: DateTime<Utc>,
    /// The newest tenant migration that the shop's schema had.
    pub schema_version: String,
    pub shop: ShopEntry,
    /// Who belonged to the shop.
    pub members: FileEntry,
    pub tables: Vec<TableEntry>,
}

/// The shop as the ledger had it.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ShopEntry {
    pub slug: Slug,
    pub name: String,
    pub description: String,
    pub currency: Currency,
    pub state: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct TableEntry {
    pub name: String,
    /// In the order in which the file has them.
    pub columns: Vec<String>,
    #[serde(flatten)]
    pub file: FileEntry,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct FileEntry {
    pub file: String,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
}

/// What every format of an archive has.
#[derive(Deserialize)]
struct Kind {
    format: String,
    format_version: u32,
}

impl Manifest {
    pub(super) fn new(
        schema_version: String,
        shop: ShopEntry,
        members: FileEntry,
        tables: Vec<TableEntry>,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            product: env!("CARGO_PKG_NAME").to_owned(),
            product_version: env!("CARGO_PKG_VERSION").to_owned(),
            exported_at: Utc::now(),
            schema_version,
            shop,
            members,
            tables,
        }
    }

    /// Reads a manifest whose checksum was right.
    pub(super) fn parse(json: &[u8]) -> Result<Self, ArchiveError> {
        let kind: Kind = serde_json::from_slice(json)
            .map_err(|error| ArchiveError::Foreign(format!("its {MANIFEST} is another's: {error}")))?;
        if kind.format != FORMAT {
            return Err(ArchiveError::Foreign(format!("its {MANIFEST} has the format {:?}", kind.format)));
        }
        if kind.format_version > FORMAT_VERSION {
            let (found, known) = (kind.format_version, FORMAT_VERSION);
            return Err(ArchiveError::Newer(format!(
                "its format is version {found}, this one knows {known}"
            )));
        }
        let manifest: Self =
            serde_json::from_slice(json).map_err(|error| damaged(format!("{MANIFEST}: {error}")))?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), ArchiveError> {
        if self.tables.len() > MAX_TABLES {
            return Err(damaged(format!("{MANIFEST} names more than {MAX_TABLES} tables")));
        }
        let names: BTreeSet<_> = self.tables.iter().map(|table| &table.name).collect();
        if names.len() < self.tables.len() {
            return Err(damaged(format!("{MANIFEST} names a table twice")));
        }
        Ok(())
    }

    /// The files that follow the manifest and its checksum, in their order.
    pub(super) fn files(&self) -> impl Iterator<Item = &FileEntry> {
        std::iter::once(&self.members).chain(self.tables.iter().map(|table| &table.file))
    }
}

/// The name of a table's file. A name of a table may be anything; that of a file is to be harmless.
pub(super) fn file_of(position: usize, table: &str) -> String {
    let harmless = |char: char| if char.is_ascii_alphanumeric() || char == '_' { char } else { '-' };
    format!("tables/{position:02}-{}.copy", table.chars().map(harmless).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_harmless_whatever_the_table_is_called() {
        assert_eq!(file_of(1, "products"), "tables/01-products.copy");
        assert_eq!(file_of(12, "../ö\"x"), "tables/12------x.copy");
    }
}
