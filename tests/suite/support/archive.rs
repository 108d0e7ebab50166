//! Archives of shops, taken apart, changed and put together again with their checksums right.

use std::io::Read;

use serde_json::Value;
use sha2::{Digest, Sha256};
use shophouse::tenancy::archive::{ArchiveError, ImportOptions, Imported};
use shophouse::tenancy::{ShopId, Tenancy};
use tar::{Builder, EntryType, Header};

/// The files of an archive, by name, in their order.
#[derive(Clone)]
pub struct Archive(pub Vec<(String, Vec<u8>)>);

/// An archive of a shop, through the engine.
pub fn export(engine: &Tenancy, shop: ShopId) -> Vec<u8> {
    let mut bytes = Vec::new();
    engine.export_shop(shop, &mut bytes, &|_, _| true).unwrap();
    bytes
}

/// Imports through the engine.
pub fn import(engine: &Tenancy, bytes: &[u8], slug: &str) -> Result<Imported, ArchiveError> {
    let options = ImportOptions { slug: Some(slug.parse().unwrap()), ..ImportOptions::default() };
    engine.import_shop(bytes, &options, &|_, _| true)
}

impl Archive {
    pub fn parse(bytes: &[u8]) -> Self {
        let mut tar = tar::Archive::new(bytes);
        let read = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
            let mut entry = entry.unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.path().unwrap().display().to_string(), content)
        };
        Self(tar.entries().unwrap().map(read).collect())
    }

    pub fn manifest(&self) -> Value {
        serde_json::from_slice(&self.0[0].1).unwrap()
    }

    /// Another manifest, with its own checksum.
    pub fn set_manifest(&mut self, manifest: &Value) {
        let json = serde_json::to_vec_pretty(manifest).unwrap();
        self.0[1].1 = format!("{}  manifest.json\n", sum(&json)).into_bytes();
        self.0[0].1 = json;
    }

    /// The rows of a table.
    pub fn rows(&self, table: &str) -> String {
        let (_, content) = self.0.iter().find(|(name, _)| name.ends_with(&format!("-{table}.copy"))).unwrap();
        String::from_utf8(content.clone()).unwrap()
    }

    /// Other rows of a table, of which the manifest knows.
    pub fn set_rows(&mut self, table: &str, rows: &str) {
        let mut manifest = self.manifest();
        let entries = manifest["tables"].as_array_mut().unwrap();
        let entry = entries.iter_mut().find(|entry| entry["name"] == table).unwrap();
        entry["rows"] = rows.lines().count().into();
        entry["bytes"] = rows.len().into();
        entry["sha256"] = sum(rows.as_bytes()).into();
        let file = entry["file"].as_str().unwrap().to_owned();
        self.0.iter_mut().find(|(name, _)| *name == file).unwrap().1 = rows.as_bytes().to_vec();
        self.set_manifest(&manifest);
    }

    /// The tar.
    pub fn bytes(&self) -> Vec<u8> {
        let mut tar = Builder::new(Vec::new());
        for (name, content) in &self.0 {
            tar.append(&header(name, content.len() as u64, EntryType::Regular), content.as_slice()).unwrap();
        }
        tar.into_inner().unwrap()
    }
}

/// A header of any name: the crate itself refuses those that lead out.
pub fn header(name: &str, size: u64, kind: EntryType) -> Header {
    let mut header = Header::new_ustar();
    header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    header
}

fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
