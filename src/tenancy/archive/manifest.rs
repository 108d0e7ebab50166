//! The manifest: describes an archive, for people and for the import.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::tenancy::shop::{Currency, Slug};

use super::error::{ArchiveError, damaged};

/// The name of the manifest. It is the first file of an archive.
pub(super) const MANIFEST: &str = "manifest.json";
/// The name of the manifest's checksum, in the format of `sha256sum`. It is the second file.
pub(super) const CHECKSUM: &str = "manifest.json.sha256";
/// The name of the file with the memberships. It is the third file; the tables follow.
pub(super) const MEMBERS: &str = "members.copy";
/// The greatest size of a manifest in bytes: it is read into memory.
pub(super) const MAX_MANIFEST: u64 = 4 << 20;

/// The value of the manifest's field `format`.
const FORMAT: &str = "shop archive";
/// The version of the format. Increase it with every change that older binaries would misread.
const FORMAT_VERSION: u32 = 1;
/// The greatest number of tables: an import keeps one temporary file open for each.
const MAX_TABLES: usize = 500;

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Manifest {
    format: String,
    format_version: u32,
    pub product: String,
    pub product_version: String,
    pub exported_at: DateTime<Utc>,
    /// The version of the shop's schema.
    pub schema_version: String,
    pub shop: ShopEntry,
    /// The members of the shop.
    pub members: FileEntry,
    pub tables: Vec<TableEntry>,
}

/// The shop's row in the ledger.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ShopEntry {
    pub slug: Slug,
    pub name: String,
    pub description: String,
    pub currency: Currency,
    pub state: String,
    /// Archives of former releases have none.
    #[serde(default)]
    pub order_hold_minutes: Option<i32>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct TableEntry {
    pub name: String,
    /// In the order of the file.
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

/// The fields that every version of the format has.
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

    /// Parses a manifest whose checksum is right.
    pub(super) fn parse(json: &[u8]) -> Result<Self, ArchiveError> {
        let kind: Kind = serde_json::from_slice(json).map_err(|error| {
            ArchiveError::NotAnArchive(format!("its {MANIFEST} is of another kind: {error}"))
        })?;
        if kind.format != FORMAT {
            return Err(ArchiveError::NotAnArchive(format!(
                "its {MANIFEST} has the format {:?}",
                kind.format
            )));
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

    /// The files after the manifest and its checksum, in their order.
    pub(super) fn files(&self) -> impl Iterator<Item = &FileEntry> {
        std::iter::once(&self.members).chain(self.tables.iter().map(|table| &table.file))
    }
}

/// The name of a table's file. It contains only harmless characters, whatever the table's name is.
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
