//! The two migration trees, and the version that each leads to.

use std::collections::BTreeMap;

use diesel::migration::{Migration, MigrationSource, Result as MigrationResult};
use diesel::pg::Pg;

use crate::tenancy::TenancyError;

use super::baseline::Baseline;
use super::step::{Step, unreadable};

/// A tree of migrations, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    steps: Vec<Step>,
    baseline: Option<Baseline>,
}

/// The migrations of `public` and those of a shop's schema.
#[derive(Clone, Debug)]
pub struct Trees {
    pub(in crate::tenancy) public: Tree,
    pub(in crate::tenancy) tenant: Tree,
    public_version: String,
    tenant_version: String,
}

/// How a new schema is filled.
#[derive(Debug)]
pub struct Creation<'t> {
    /// The statements of the baseline; empty without one.
    pub sql: String,
    /// The tables that they create.
    pub tables: Vec<&'t str>,
    /// The migrations after the baseline.
    pub later: &'t [Step],
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
            if let Some(twin) = by_version.insert(step.version().to_owned(), step) {
                return Err(unreadable(format!("{}: another migration has its version", twin.name())));
            }
        }
        let unknown = |step: &&Step| step.floor.as_ref().is_some_and(|floor| !by_version.contains_key(floor));
        if let Some(step) = by_version.values().find(unknown) {
            return Err(unreadable(format!("{}: its floor is no migration of this tree", step.name())));
        }
        Ok(Self { steps: by_version.into_values().collect(), baseline: None })
    }

    /// This tree with a baseline: the text of a schema that some of its migrations lead to, from which new schemas are made.
    ///
    /// # Errors
    /// When the baseline's version is none of this tree.
    pub fn with_baseline(self, sql: &str) -> Result<Self, TenancyError> {
        let baseline = Baseline::read(sql);
        let version = baseline.version();
        if !self.steps.iter().any(|step| step.version() == version) {
            return Err(unreadable(format!(
                "the baseline's version {version:?} is no migration of this tree"
            )));
        }
        Ok(Self { baseline: Some(baseline), ..self })
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
        let tree = Self::of(self.steps.iter().cloned().chain([step]).collect())?;
        Ok(Self { baseline: self.baseline.clone(), ..tree })
    }

    /// How a new schema, the current one, is filled up to a version.
    pub fn creation(&self, through: &str, schema: &str) -> Creation<'_> {
        match self.baseline.as_ref().filter(|baseline| baseline.version() <= through) {
            Some(baseline) => {
                let contained = self.between("", baseline.version()).iter().map(Step::version);
                Creation {
                    sql: baseline.sql(contained, schema),
                    tables: baseline.tables(),
                    later: self.between(baseline.version(), through),
                }
            }
            None => Creation { sql: String::new(), tables: Vec::new(), later: self.between("", through) },
        }
    }

    /// The migrations after `version`, up to `through`.
    pub(in crate::tenancy) fn between(&self, version: &str, through: &str) -> &[Step] {
        let after = self.steps.partition_point(|step| step.version() <= version);
        let end = self.steps.partition_point(|step| step.version() <= through);
        self.steps.get(after..end).unwrap_or_default()
    }

    /// The oldest version that a binary must know to serve a schema at `version`; empty when any will do.
    pub(in crate::tenancy) fn floor_at(&self, version: &str) -> &str {
        let floors = self.between("", version).iter().filter_map(|step| step.floor.as_deref());
        floors.max().unwrap_or_default()
    }

    fn newest(&self) -> Result<String, TenancyError> {
        let newest = self.steps.last().ok_or_else(|| unreadable("the tree is empty"))?;
        Ok(newest.version().to_owned())
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

impl MigrationSource<Pg> for Tree {
    fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<Pg>>>> {
        Ok(self.steps.iter().map(|step| Box::new(step.clone()) as Box<dyn Migration<Pg>>).collect())
    }
}

#[cfg(test)]
mod tests;
