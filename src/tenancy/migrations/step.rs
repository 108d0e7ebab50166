//! One migration: its text, and what it is known by.
//!
//! A fleet needs the text of a migration: for its checksum, and to send it and its bookkeeping in one message. Diesel's
//! migrations keep their SQL private, so each is run once on a connection that only records what it is sent.

use std::any::Any;
use std::fmt;

use diesel::QueryResult;
use diesel::connection::{BoxableConnection, SimpleConnection};
use diesel::migration::{
    Migration, MigrationMetadata, MigrationName, MigrationVersion, Result as MigrationResult,
};
use diesel::pg::Pg;
use sha2::{Digest, Sha256};

use crate::tenancy::TenancyError;

/// One migration.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its directory's name, such as `2026-11-22-000001_people`.
    name: String,
    /// The part of the name before `_`, digits only: `20261122000001`. Versions compare as text.
    version: String,
    up: String,
    down: String,
    /// The oldest version that a binary must know to serve a schema with this migration.
    pub(super) floor: Option<String>,
}

/// The beginning of a line that a migration has if it removes something: older binaries cannot serve its schema.
const FLOOR: &str = "-- floor:";

impl Step {
    /// A migration with the name of its directory and the text of `up.sql` and `down.sql`.
    ///
    /// A line `-- floor: 2026-11-22-000003` in `up` means: a binary whose newest tenant migration is older than that
    /// cannot serve a shop with this migration.
    ///
    /// # Errors
    /// When the name has no version.
    pub fn new(name: &str, up: &str, down: &str) -> Result<Self, TenancyError> {
        let version = version_of(name.split('_').next().unwrap_or_default());
        if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(unreadable(format!("{name}: the name must be a version, an underscore and words")));
        }
        let floor = up.lines().find_map(|line| line.trim().strip_prefix(FLOOR)).map(version_of);
        Ok(Self { name: name.to_owned(), version, up: up.to_owned(), down: down.to_owned(), floor })
    }

    /// One of Diesel's migrations.
    pub(super) fn read(migration: &dyn Migration<Pg>) -> Result<Self, TenancyError> {
        let name = migration.name().to_string();
        let in_this = |error| unreadable(format!("{name}: {error}"));
        if !migration.metadata().run_in_transaction() {
            return Err(unreadable(format!("{name}: its metadata.toml turns its transaction off")));
        }
        let (mut up, mut down) = (SqlRecorder::default(), SqlRecorder::default());
        migration.run(&mut up).map_err(in_this)?;
        migration.revert(&mut down).map_err(in_this)?;
        Self::new(&name, &up.0, &down.0)
    }

    /// Its directory's name, such as `2026-11-22-000001_people`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version, such as `20261122000001`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The SQL that makes the change.
    pub fn up(&self) -> &str {
        &self.up
    }

    /// SHA-256 of `up.sql` in hexadecimal: the file as it was applied.
    pub(in crate::tenancy) fn checksum(&self) -> String {
        Sha256::digest(self.up.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn version_of(text: &str) -> String {
    text.trim().replace('-', "")
}

pub(in crate::tenancy) fn unreadable(reason: impl ToString) -> TenancyError {
    TenancyError::Tree(reason.to_string())
}

impl Migration<Pg> for Step {
    fn run(&self, connection: &mut dyn BoxableConnection<Pg>) -> MigrationResult<()> {
        Ok(connection.batch_execute(&self.up)?)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<Pg>) -> MigrationResult<()> {
        Ok(connection.batch_execute(&self.down)?)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

impl MigrationMetadata for Step {}

impl MigrationName for Step {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(&self.version)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

/// A connection that executes nothing: it only records the SQL that it is sent.
#[derive(Default)]
struct SqlRecorder(String);

impl SimpleConnection for SqlRecorder {
    fn batch_execute(&mut self, sql: &str) -> QueryResult<()> {
        self.0.push_str(sql);
        Ok(())
    }
}

impl BoxableConnection<Pg> for SqlRecorder {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
