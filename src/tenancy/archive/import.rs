//! Importing: makes a new shop of an archive, in one transaction. A failure leaves nothing.

use std::io::Read;

use serde::Serialize;

use crate::audit::{self, Entry, Event};
use crate::tenancy::access::OwnerTx;
use crate::tenancy::citus;
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::lifecycle::NewShop;
use crate::tenancy::migrations;
use crate::tenancy::registry::RegistryError;
use crate::tenancy::shop::{ShopId, Slug};

use super::error::ArchiveError;
use super::load::load;
use super::manifest::Manifest;
use super::people::{self, People};
use super::progress::OnProgress;
use super::unpack::{Archive, unpack};

/// The options of an import.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The new shop's slug. None means the old shop's.
    pub slug: Option<Slug>,
    /// Whether those members of the old shop who are users here become members of the new one.
    pub grant_members: bool,
    /// The email of a user who becomes an owner of the new shop.
    pub owner: Option<String>,
}

/// The result of an import.
#[derive(Clone, Debug, Serialize)]
pub struct Imported {
    /// The new shop's id.
    pub id: ShopId,
    /// The new shop's slug.
    pub slug: String,
    /// The schema version of the archive.
    pub from_version: String,
    /// The schema version of the new shop.
    pub version: String,
    /// The tables, by name.
    pub tables: Vec<ImportedTable>,
    /// The people of the archive, matched with the users here.
    pub people: People,
}

/// A table of an archive.
#[derive(Clone, Debug, Serialize)]
pub struct ImportedTable {
    /// Its name.
    pub name: String,
    /// How many rows it had.
    pub rows: u64,
}

impl Tenancy {
    /// Checks an archive and makes a new shop of it. The new shop is active and current, whatever the state and the
    /// version of the old one were.
    ///
    /// # Errors
    /// As [`ArchiveError`] says. Nothing of the new shop is left then.
    pub fn import_shop(
        &self,
        input: impl Read,
        options: &ImportOptions,
        progress: OnProgress<'_>,
    ) -> Result<Imported, ArchiveError> {
        let archive = unpack(input, |manifest| self.check_version(manifest), progress)?;
        let (imported, entry) = self.as_operator(|owner| {
            let imported = self.create_from(owner, &archive, options, progress)?;
            let entry = Entry::by_operator(Event::ShopImported).in_shop(imported.id);
            audit::record(owner.pg(), &entry)?;
            Ok::<_, ArchiveError>((imported, entry))
        })?;
        entry.log();
        Ok(imported)
    }

    /// The archive's version must be one that this binary knows.
    fn check_version(&self, manifest: &Manifest) -> Result<(), ArchiveError> {
        let (version, known) = (&manifest.schema_version, self.tenant_version());
        if self.trees.tenant.steps().iter().any(|step| step.version() == version) {
            return Ok(());
        }
        if version.as_str() > known {
            return Err(ArchiveError::Newer(format!("its schema is at {version}, this one knows {known}")));
        }
        Err(ArchiveError::Mismatch(format!("its schema is at {version}, which no migration here leads to")))
    }

    fn create_from(
        &self,
        owner: &mut OwnerTx<'_>,
        archive: &Archive,
        options: &ImportOptions,
        progress: OnProgress<'_>,
    ) -> Result<Imported, ArchiveError> {
        let manifest = &archive.manifest;
        let chosen = options.owner.as_deref().map(|email| people::user_of(owner.pg(), email)).transpose()?;
        let id = ShopId::generate();
        let slug = self.insert_imported_row(owner, id, manifest, options)?;
        let (tree, version) = (&self.trees.tenant, manifest.schema_version.as_str());
        let full = if self.server.has_nodes() { citus::full_nodes(owner.pg())? } else { Vec::new() };
        let shop_role = &self.roles.shop;
        let is_placed =
            migrations::create_tenant(self.server, owner.pg(), id, shop_role, (tree, version), &full)?;
        load(self.server, owner.pg(), id, archive, progress)?;
        migrations::apply_tenant(self.server, owner.pg(), id, tree.between(version, self.tenant_version()))?;
        let people = people::add_members(owner, id, options.grant_members, chosen.as_ref())?;
        policies::enforce(self.server, owner.pg(), id, &self.roles.shop)?;
        if self.server.has_nodes() && !is_placed {
            citus::distribute(owner.pg(), &id.schema())?;
        }
        if let Some(work) = self.due_work {
            (work.restore)(owner)?;
        }
        owner.use_public_schema()?;
        self.history.record(owner, &self.trees)?;
        let tables = manifest.tables.iter();
        Ok(Imported {
            id,
            slug: slug.into(),
            from_version: version.to_owned(),
            version: self.tenant_version().to_owned(),
            tables: tables
                .map(|table| ImportedTable { name: table.name.clone(), rows: table.file.rows })
                .collect(),
            people,
        })
    }

    /// Inserts the shop's row. This comes first, so that a taken slug is found before any row is loaded.
    fn insert_imported_row(
        &self,
        owner: &mut OwnerTx<'_>,
        id: ShopId,
        manifest: &Manifest,
        options: &ImportOptions,
    ) -> Result<Slug, ArchiveError> {
        let shop = &manifest.shop;
        let new = NewShop {
            slug: options.slug.as_ref().unwrap_or(&shop.slug).clone(),
            name: shop.name.clone(),
            description: shop.description.clone(),
            currency: shop.currency,
            order_hold_minutes: shop.order_hold_minutes,
        };
        self.insert_ledger_row(owner, id, &new, None).map_err(|error| match error.into() {
            RegistryError::SlugTaken => ArchiveError::SlugTaken(new.slug.as_str().to_owned()),
            RegistryError::Tenancy(error) => error.into(),
            other => ArchiveError::Mismatch(other.to_string()),
        })?;
        Ok(new.slug)
    }
}
