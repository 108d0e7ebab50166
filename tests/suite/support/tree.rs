//! Migration trees of a test's own: the tenant tree with one more migration, which does as the test likes.

use std::fmt;

use diesel::connection::BoxableConnection;
use diesel::migration::{
    Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result,
};
use diesel::pg::Pg;
use shophouse::TENANT_MIGRATIONS;

/// Later than every migration there is.
pub const NEXT: &str = "99990101000000";

/// The tenant tree and one more migration.
#[derive(Clone)]
pub struct Tree {
    up: String,
}

impl Tree {
    /// With a last migration that runs `up`.
    pub fn with(up: impl Into<String>) -> Self {
        Self { up: up.into() }
    }
}

impl MigrationSource<Pg> for Tree {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<Pg>>>> {
        let mut migrations: Vec<Box<dyn Migration<Pg>>> = TENANT_MIGRATIONS.migrations()?;
        migrations.push(Box::new(Next { up: self.up.clone(), name: Name }));
        Ok(migrations)
    }
}

struct Next {
    up: String,
    name: Name,
}

impl Migration<Pg> for Next {
    fn run(&self, connection: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        Ok(connection.batch_execute(&self.up)?)
    }

    fn revert(&self, _: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        Ok(())
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        &self.name
    }
}

impl MigrationMetadata for Next {}

struct Name;

impl MigrationName for Name {
    fn version(&self) -> MigrationVersion<'_> {
        NEXT.into()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{NEXT}_next")
    }
}
