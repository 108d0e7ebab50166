//! References: the description that a shop's schema should have at a version. It is read from a schema that is created
//! from the migrations and never committed.

use std::collections::BTreeMap;
use std::time::Duration;

use diesel::pg::PgConnection;

use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, OwnerTx, begin_owner};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::migrations;
use crate::tenancy::migrations::Step;
use crate::tenancy::shop::ShopId;

use super::catalogue::{self, SchemaDescription};

/// What a schema at one version should be like.
pub(in crate::tenancy) struct Reference {
    pub(in crate::tenancy) description: SchemaDescription,
    pub(in crate::tenancy) fingerprint: String,
}

/// The references made so far, by version; none for a version that this binary does not know.
pub(in crate::tenancy) type References = BTreeMap<String, Option<Reference>>;

/// How the transaction ended in which a reference was made. Both are errors to the pool, so it is rolled back.
enum RolledBack {
    Made(Reference),
    Failed(TenancyError),
}

impl Tenancy {
    /// The reference at a version, made when it is first asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::tenancy) fn reference<'r>(
        &self,
        version: &str,
        references: &'r mut References,
    ) -> Result<Option<&'r Reference>, TenancyError> {
        if !references.contains_key(version) {
            let made = self.make_reference(version)?;
            references.insert(version.to_owned(), made);
        }
        Ok(references.get(version).and_then(Option::as_ref))
    }

    /// Creates a schema at a version, describes it and rolls it back.
    fn make_reference(&self, version: &str) -> Result<Option<Reference>, TenancyError> {
        let steps = self.trees.tenant.between("", version);
        if steps.last().is_none_or(|newest| newest.version() != version) {
            return Ok(None);
        }
        let shop = ShopId::generate();
        let begin = begin_owner(self.server, Mode::ReadWrite, Duration::ZERO, self.limits.lock_timeout);
        let outcome = self.owner.run_once(&begin, |pg| {
            Err::<(), _>(match self.build(pg, shop, steps) {
                Ok(reference) => RolledBack::Made(reference),
                Err(error) => RolledBack::Failed(error),
            })
        })?;
        match outcome {
            Err(RolledBack::Made(reference)) => Ok(Some(reference)),
            Err(RolledBack::Failed(error)) => Err(error),
            Ok(()) => Ok(None),
        }
    }

    fn build(&self, pg: &mut PgConnection, shop: ShopId, steps: &[Step]) -> Result<Reference, TenancyError> {
        let schema = migrations::create_schema_sql(self.server, shop, &self.roles.shop, false);
        self.server.execute(pg, &schema)?;
        migrations::apply_tenant(self.server, pg, shop, steps)?;
        policies::enforce(self.server, pg, shop, &self.roles.shop)?;
        OwnerTx::new(pg).use_public_schema()?;
        let description = catalogue::describe(pg, shop)?;
        Ok(Reference { description, fingerprint: catalogue::fingerprint(pg, shop)? })
    }
}
