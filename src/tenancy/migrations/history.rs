//! The record of all migrations that any binary applied in this installation, with the checksum of each file. An edited
//! file, or one that comes too late, is refused: some shops would get it and others not.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::schema::public::applied_migrations;
use crate::tenancy::TenancyError;
use crate::tenancy::access::OwnerTx;

use super::step::Step;
use super::tree::{Tree, Trees};

const PUBLIC: &str = "public";
const TENANT: &str = "tenant";

/// Compares both trees with the record, and adds the migrations of `public` that are new. True when all tenant
/// migrations are recorded.
///
/// # Errors
/// [`TenancyError::Edited`] or [`TenancyError::TooLate`].
pub(in crate::tenancy) fn check(pg: &mut PgConnection, trees: &Trees) -> Result<bool, TenancyError> {
    let rows: Vec<(String, String, String)> = applied_migrations::table
        .select((applied_migrations::tree, applied_migrations::version, applied_migrations::checksum))
        .load(pg)?;
    let recorded = |tree: &str| -> BTreeMap<&str, &str> {
        let of_tree = rows.iter().filter(|(of, _, _)| of == tree);
        of_tree.map(|(_, version, checksum)| (version.as_str(), checksum.as_str())).collect()
    };
    let public = recorded(PUBLIC);
    refuse_edited(&trees.public, &public)?;
    let tenant = recorded(TENANT);
    refuse_edited(&trees.tenant, &tenant)?;
    refuse_late(&trees.tenant, &tenant)?;
    if trees.public.steps().iter().any(|step| !public.contains_key(step.version())) {
        add(pg, PUBLIC, &trees.public)?;
    }
    Ok(trees.tenant.steps().iter().all(|step| tenant.contains_key(step.version())))
}

fn refuse_edited(tree: &Tree, recorded: &BTreeMap<&str, &str>) -> Result<(), TenancyError> {
    let edited = tree
        .steps()
        .iter()
        .find(|step| recorded.get(step.version()).is_some_and(|checksum| *checksum != step.checksum()));
    edited.map_or(Ok(()), |step| Err(TenancyError::Edited { name: step.name().to_owned() }))
}

/// A shop's version is its newest migration, so a migration that sorts before it would never be applied.
fn refuse_late(tree: &Tree, recorded: &BTreeMap<&str, &str>) -> Result<(), TenancyError> {
    let Some((newest, _)) = recorded.last_key_value() else {
        return Ok(());
    };
    let late =
        tree.steps().iter().find(|step| step.version() < *newest && !recorded.contains_key(step.version()));
    late.map_or(Ok(()), |step| Err(TenancyError::TooLate { name: step.name().to_owned() }))
}

fn add(pg: &mut PgConnection, tree: &'static str, of: &Tree) -> QueryResult<usize> {
    let now = chrono::Utc::now();
    let row = |step: &Step| {
        (
            applied_migrations::tree.eq(tree),
            applied_migrations::version.eq(step.version().to_owned()),
            applied_migrations::name.eq(step.name().to_owned()),
            applied_migrations::checksum.eq(step.checksum()),
            applied_migrations::applied_at.eq(now),
        )
    };
    let rows: Vec<_> = of.steps().iter().map(row).collect();
    diesel::insert_into(applied_migrations::table).values(rows).on_conflict_do_nothing().execute(pg)
}

/// Records the tenant tree, and remembers that it was recorded.
///
/// The tree is recorded together with the first shop that has all of it, and not before: a migration that failed in
/// every shop may still be edited.
#[derive(Debug, Default)]
pub(in crate::tenancy) struct History {
    is_recorded: AtomicBool,
}

impl History {
    /// Records the tenant tree, in the transaction of a shop that has all of it. Checks the files again, because another
    /// binary may have applied other ones since this one started. Does nothing once the tree is recorded; until then it
    /// sets the current schema to `public`.
    ///
    /// # Errors
    /// As [`check`].
    pub(in crate::tenancy) fn record(
        &self,
        owner: &mut OwnerTx<'_>,
        trees: &Trees,
    ) -> Result<(), TenancyError> {
        if self.is_recorded.load(Ordering::Relaxed) {
            return Ok(());
        }
        owner.use_public_schema()?;
        let pg = owner.pg();
        if check(pg, trees)? {
            self.is_recorded.store(true, Ordering::Relaxed);
        } else {
            add(pg, TENANT, &trees.tenant)?;
        }
        Ok(())
    }
}
