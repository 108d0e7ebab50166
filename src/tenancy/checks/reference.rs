//! References: what a shop's schema should be like at a version, seen on one that is made from the migrations and
//! never committed.

use std::collections::BTreeMap;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;

use crate::tenancy::TenancyError;
use crate::tenancy::access::{OwnerTx, begin_owner};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::migrations;
use crate::tenancy::migrations::Step;
use crate::tenancy::shop::ShopId;

use super::catalogue::{self, Facts};

/// What a schema at a version should be like.
pub(in crate::tenancy) struct Reference {
    pub(in crate::tenancy) facts: Facts,
    pub(in crate::tenancy) fingerprint: String,
}

/// The references made so far, by version; none for a version that this binary does not know.
pub(in crate::tenancy) type References = BTreeMap<String, Option<Reference>>;

/// How the transaction ended in which a reference was made: by being rolled back in any case.
enum Undone {
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

    /// Makes a schema at a version, looks at it, and rolls it back.
    fn make_reference(&self, version: &str) -> Result<Option<Reference>, TenancyError> {
        let steps = self.trees.tenant.between("", version);
        if steps.last().is_none_or(|newest| newest.version() != version) {
            return Ok(None);
        }
        let shop = ShopId::generate();
        let begin = begin_owner(Duration::ZERO, self.limits.lock_timeout);
        let undone = self.owner.run_once(&begin, |pg| {
            Err::<(), _>(match self.build(pg, shop, steps) {
                Ok(reference) => Undone::Made(reference),
                Err(error) => Undone::Failed(error),
            })
        })?;
        match undone {
            Err(Undone::Made(reference)) => Ok(Some(reference)),
            Err(Undone::Failed(error)) => Err(error),
            Ok(()) => Ok(None),
        }
    }

    fn build(&self, pg: &mut PgConnection, shop: ShopId, steps: &[Step]) -> Result<Reference, TenancyError> {
        pg.batch_execute(&migrations::make_schema(shop, &self.roles.shop))?;
        migrations::apply_tenant(pg, shop, steps)?;
        policies::raise(pg, shop, &self.roles.shop)?;
        OwnerTx::new(pg).stand_in_public()?;
        Ok(Reference { facts: catalogue::of(pg, shop)?, fingerprint: catalogue::fingerprint(pg, shop)? })
    }
}
