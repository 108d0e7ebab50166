//! Archives of shops: exported, imported, and changed with the right checksums.

use std::io::Read;

use serde_json::Value;
use sha2::{Digest, Sha256};
use shophouse::tenancy::archive::{ArchiveError, ImportOptions, Imported};
use shophouse::tenancy::{ShopId, Tenancy};
use tar::{Builder, EntryType, Header};

use super::goods::variant;
use super::process::{self, Piped};
use super::world::text;
use super::{Member, Tenants, World};

/// The files of an archive, by name, in their order.
#[derive(Clone)]
pub struct Archive(pub Vec<(String, Vec<u8>)>);

/// Exports a shop, below the command line.
pub fn export(engine: &Tenancy, shop: ShopId) -> Vec<u8> {
    let mut bytes = Vec::new();
    engine.export_shop(shop, &mut bytes, &|_, _| true).unwrap();
    bytes
}

/// Imports an archive, below the command line.
pub fn import(engine: &Tenancy, bytes: &[u8], slug: &str) -> Result<Imported, ArchiveError> {
    let options = ImportOptions { slug: Some(slug.parse().unwrap()), ..ImportOptions::default() };
    engine.import_shop(bytes, &options, &|_, _| true)
}

/// A shop with products, orders of two customers, a cancelled order, and text that needs escaping.
pub fn lively_shop<'w>(tenants: &'w Tenants, slug: &str) -> Member<'w> {
    let shop = tenants.user("ada").opens_shop(slug);
    let shirt = shop.sells("Line\nbreak, tab\t, back\\slash, \\N, \\., \"quotes\", ünï\u{1f9f5}");
    let mug = shop.sells("Mug");
    let bob = shop.joined_by("bob", "customer");
    let order = bob.buys(&[(&variant(&shirt, 0), 2), (&variant(&mug, 0), 1)]).expect(201);
    shop.takes(&order, "pay").expect(200);
    let cancelled = bob.buys(&[(&variant(&mug, 0), 3)]).expect(201);
    shop.takes(&cancelled, "cancel").expect(200);
    shop.buys(&[(&variant(&mug, 0), 1)]).expect(201);
    shop
}

/// The archive that `shop export` writes.
pub fn exported(world: &World, slug: &str) -> Vec<u8> {
    let Piped { code, stdout, stderr } = process::pipe(&world.database, &["shop", "export", slug], b"");
    assert_eq!(code, Some(0), "{stderr}");
    stdout
}

/// What `shop import … --json` prints.
pub fn imported(world: &World, archive: &[u8], arguments: &[&str]) -> Value {
    let arguments = [&["shop", "import", "--json"], arguments].concat();
    let Piped { code, stdout, stderr } = process::pipe(&world.database, &arguments, archive);
    assert_eq!(code, Some(0), "{stderr}");
    serde_json::from_slice(&stdout).unwrap()
}

/// The schema of an imported shop.
pub fn schema_of(imported: &Value) -> String {
    format!("shop_{}", text(&imported["id"]).replace('-', ""))
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

    /// Replaces the manifest, and updates its checksum.
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

    /// Replaces the rows of a table, and updates the manifest.
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

/// A header with any name: `tar` itself refuses paths that lead out of the archive.
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
