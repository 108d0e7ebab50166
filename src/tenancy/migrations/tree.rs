//! The two migration trees: their text, what each migration is known by, and the version that each leads to.
//!
//! A fleet needs the text of a migration: for its checksum, and to send it and its bookkeeping in one message. Diesel's
//! migrations keep their SQL private, so each is run once on a connection that only records what it is sent.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;

use diesel::QueryResult;
use diesel::connection::{BoxableConnection, SimpleConnection};
use diesel::migration::{
    Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result as MigrationResult,
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
    floor: Option<String>,
}

/// A tree of migrations, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    steps: Vec<Step>,
}

/// The migrations of `public` and those of a shop's schema.
#[derive(Clone, Debug)]
pub struct Trees {
    pub(in crate::tenancy) public: Tree,
    pub(in crate::tenancy) tenant: Tree,
    public_version: String,
    tenant_version: String,
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
    fn read(migration: &dyn Migration<Pg>) -> Result<Self, TenancyError> {
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

impl Tree {
    /// The tree of Diesel's migrations, such as those that `embed_migrations!` embeds.
    ///
    /// # Errors
    /// When a migration has no `down.sql`, when its `metadata.toml` says that it runs outside of a transaction, or as
    /// [`Step::new`] and [`Tree::of`].
    pub fn read(source: &impl MigrationSource<Pg>) -> Result<Self, TenancyError> {
        let migrations = source.migrations().map_err(unreadable)?;
        let steps = migrations.iter().map(|migration| Step::read(migration.as_ref()));
        steps.collect::<Result<Vec<_>, _>>().and_then(Self::of)
    }

    /// The tree of these migrations, in the order of their versions.
    ///
    /// # Errors
    /// When two of them have one version, or a floor names none of them.
    pub fn of(steps: Vec<Step>) -> Result<Self, TenancyError> {
        let mut by_version = BTreeMap::new();
        for step in steps {
            if let Some(twin) = by_version.insert(step.version.clone(), step) {
                return Err(unreadable(format!("{}: another migration has its version", twin.name)));
            }
        }
        let unknown = |step: &&Step| step.floor.as_ref().is_some_and(|floor| !by_version.contains_key(floor));
        if let Some(step) = by_version.values().find(unknown) {
            return Err(unreadable(format!("{}: its floor is no migration of this tree", step.name)));
        }
        Ok(Self { steps: by_version.into_values().collect() })
    }

    /// The migrations, oldest first.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// This tree and one migration more.
    ///
    /// # Errors
    /// As [`Tree::of`].
    pub fn and(&self, step: Step) -> Result<Self, TenancyError> {
        Self::of(self.steps.iter().cloned().chain([step]).collect())
    }

    /// The migrations after `version`, up to `through`.
    pub(in crate::tenancy) fn between(&self, version: &str, through: &str) -> &[Step] {
        let after = self.steps.partition_point(|step| step.version.as_str() <= version);
        let end = self.steps.partition_point(|step| step.version.as_str() <= through);
        self.steps.get(after..end).unwrap_or_default()
    }

    /// The oldest version that a binary must know to serve a schema at `version`; empty when any will do.
    pub(in crate::tenancy) fn floor_at(&self, version: &str) -> &str {
        let floors = self.between("", version).iter().filter_map(|step| step.floor.as_deref());
        floors.max().unwrap_or_default()
    }

    fn newest(&self) -> Result<String, TenancyError> {
        let newest = self.steps.last().ok_or_else(|| unreadable("the tree is empty"))?;
        Ok(newest.version.clone())
    }
}

impl Trees {
    /// Takes the two trees; the newest tenant migration is the version that shops are brought to.
    ///
    /// # Errors
    /// When a tree is empty.
    pub fn new(public: Tree, tenant: Tree) -> Result<Self, TenancyError> {
        let (public_version, tenant_version) = (public.newest()?, tenant.newest()?);
        Ok(Self { public, tenant, public_version, tenant_version })
    }

    /// These trees with one tenant migration more.
    ///
    /// # Errors
    /// As [`Tree::of`].
    pub fn with_tenant(self, step: Step) -> Result<Self, TenancyError> {
        Self::new(self.public, self.tenant.and(step)?)
    }

    /// The migrations of `public`.
    pub fn public(&self) -> &Tree {
        &self.public
    }

    /// The migrations of a shop's schema.
    pub fn tenant(&self) -> &Tree {
        &self.tenant
    }

    /// The version of the newest migration of `public`.
    pub(in crate::tenancy) fn public_version(&self) -> &str {
        &self.public_version
    }

    /// The version of the newest tenant migration, such as `20261122000003`.
    pub fn tenant_version(&self) -> &str {
        &self.tenant_version
    }
}

pub(in crate::tenancy) fn unreadable(reason: impl ToString) -> TenancyError {
    TenancyError::Tree(reason.to_string())
}

impl MigrationSource<Pg> for Tree {
    fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<Pg>>>> {
        Ok(self.steps.iter().map(|step| Box::new(step.clone()) as Box<dyn Migration<Pg>>).collect())
    }
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
