//! Importing: an archive into a new shop, in one transaction. Whatever goes wrong, there is then nothing of it.

use std::io::Read;

use diesel::connection::SimpleConnection;
use serde::Serialize;

use crate::tenancy::access::OwnerTx;
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

/// How an archive is to be imported.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The new shop's slug; without one, the old shop's.
    pub slug: Option<Slug>,
    /// Whether the old shop's members become members of the new one, as far as they are users here.
    pub grant_members: bool,
    /// The email of the user who is to own the new shop.
    pub owner: Option<String>,
}

/// What became of an archive.
#[derive(Clone, Debug, Serialize)]
pub struct Imported {
    /// The new shop's id.
    pub id: ShopId,
    /// The new shop's slug.
    pub slug: String,
    /// The version that the archive was at.
    pub from_version: String,
    /// The version that the new shop is at.
    pub version: String,
    /// The tables, by name.
    pub tables: Vec<ImportedTable>,
    /// Who its people are here.
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
    /// Makes a shop of an archive, once all of the archive is found to be sound. The new shop is open, whatever state the old
    /// one was in, and current, whatever version the old one was at.
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
        let imported = self.as_operator(|owner| self.make_of(owner, &archive, options, progress))?;
        Ok(imported)
    }

    /// The archive's version must be one of this binary's own.
    fn check_version(&self, manifest: &Manifest) -> Result<(), ArchiveError> {
        let (version, known) = (&manifest.schema_version, self.tenant_version());
        if self.trees.tenant.steps().iter().any(|step| step.version() == version) {
            return Ok(());
        }
        if version.as_str() > known {
            return Err(ArchiveError::Newer(format!("its schema is at {version}, this one knows {known}")));
        }
        Err(ArchiveError::Unlike(format!("its schema is at {version}, which no migration here leads to")))
    }

    fn make_of(
        &self,
        owner: &mut OwnerTx<'_>,
        archive: &Archive,
        options: &ImportOptions,
        progress: OnProgress<'_>,
    ) -> Result<Imported, ArchiveError> {
        let manifest = &archive.manifest;
        let chosen = options.owner.as_deref().map(|email| people::user_of(owner.pg(), email)).transpose()?;
        let id = ShopId::generate();
        let slug = self.enter_imported(owner, id, manifest, options)?;
        owner.pg().batch_execute(&migrations::make_schema(id, &self.roles.shop))?;
        let (tree, version) = (&self.trees.tenant, manifest.schema_version.as_str());
        migrations::apply_tenant(owner.pg(), id, tree.between("", version))?;
        load(owner.pg(), id, archive, progress)?;
        migrations::apply_tenant(owner.pg(), id, tree.between(version, self.tenant_version()))?;
        let people = people::admit(owner, id, options.grant_members, chosen.as_ref())?;
        policies::raise(owner.pg(), id, &self.roles.shop)?;
        owner.stand_in_public()?;
        self.history.keep(owner, &self.trees)?;
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

    /// The ledger entry comes first: a slug that is taken is found out before any row is loaded.
    fn enter_imported(
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
        };
        self.enter_in_ledger(owner, id, &new).map_err(|error| match error.into() {
            RegistryError::SlugTaken => ArchiveError::SlugTaken(new.slug.as_str().to_owned()),
            RegistryError::Tenancy(error) => error.into(),
            other => ArchiveError::Unlike(other.to_string()),
        })?;
        Ok(new.slug)
    }
}
