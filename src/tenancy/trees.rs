//! The two migration trees, and the version that each leads to.

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;

use super::TenancyError;

/// A tree of migrations: the embedded one, or whatever else can tell its migrations.
pub(super) type Tree = Box<dyn MigrationSource<Pg> + Send + Sync>;

/// The migrations of `public` and those of a shop's schema.
pub struct Trees {
    pub(super) public: Tree,
    pub(super) tenant: Tree,
    public_version: String,
    tenant_version: String,
}

impl Trees {
    /// Takes the two trees; the newest tenant migration is the version that shops are brought to.
    ///
    /// # Errors
    /// When a tree cannot be read, or is empty.
    pub fn new(
        public: impl MigrationSource<Pg> + Send + Sync + 'static,
        tenant: impl MigrationSource<Pg> + Send + Sync + 'static,
    ) -> Result<Self, TenancyError> {
        let (public_version, tenant_version) = (newest(&public)?, newest(&tenant)?);
        Ok(Self { public: Box::new(public), tenant: Box::new(tenant), public_version, tenant_version })
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

fn newest(tree: &impl MigrationSource<Pg>) -> Result<String, TenancyError> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = tree.migrations().map_err(unreadable)?;
    let newest = migrations.iter().map(|migration| migration.name().version().to_string()).max();
    newest.ok_or_else(|| unreadable("the tree is empty"))
}

pub(super) fn unreadable(reason: impl ToString) -> TenancyError {
    TenancyError::Migration { version: "-".to_owned(), reason: reason.to_string() }
}
