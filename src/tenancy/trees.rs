//! The two embedded migration trees, and the version that each leads to.

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel_migrations::EmbeddedMigrations;

use super::TenancyError;

/// The migrations of `public` and those of a shop's schema.
pub struct Trees {
    pub(super) public: EmbeddedMigrations,
    pub(super) tenant: EmbeddedMigrations,
    public_version: String,
    tenant_version: String,
}

impl Trees {
    /// Takes the two trees; the newest tenant migration is the version that shops are brought to.
    ///
    /// # Errors
    /// When a tree cannot be read, or is empty.
    pub fn new(public: EmbeddedMigrations, tenant: EmbeddedMigrations) -> Result<Self, TenancyError> {
        let (public_version, tenant_version) = (newest(&public)?, newest(&tenant)?);
        Ok(Self { public, tenant, public_version, tenant_version })
    }

    /// The version of the newest migration of `public`.
    pub(super) fn public_version(&self) -> &str {
        &self.public_version
    }

    /// The version of the newest tenant migration, such as `20261122000003`.
    pub fn tenant_version(&self) -> &str {
        &self.tenant_version
    }
}

fn newest(tree: &EmbeddedMigrations) -> Result<String, TenancyError> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = tree.migrations().map_err(unreadable)?;
    let newest = migrations.iter().map(|migration| migration.name().version().to_string()).max();
    newest.ok_or_else(|| unreadable("the tree is empty"))
}

pub(super) fn unreadable(reason: impl ToString) -> TenancyError {
    TenancyError::Migration { version: "-".to_owned(), reason: reason.to_string() }
}
