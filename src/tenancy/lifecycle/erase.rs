//! Erasing: drops the shops whose grace period is over, a few tables at a time.
//!
//! Dropping an object takes a lock on it and on each object that depends on it: indexes, constraints, types. For a
//! large shop, `DROP SCHEMA … CASCADE` needs more locks than fit into PostgreSQL's lock table. So each transaction
//! drops no more than `max_locks_per_transaction` objects, and the last one drops the empty schema together with the
//! shop's row and its memberships. If the process dies before that, the row is still there, and the next run continues.

use chrono::Utc;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use uuid::Uuid;

use crate::audit::{self, Entry, Event};
use crate::schema::public::{deadlines, shops};
use crate::tenancy::TenancyError;
use crate::tenancy::access::OwnerTx;
use crate::tenancy::citus::Server;
use crate::tenancy::engine::Tenancy;
use crate::tenancy::fleet::ShopFailure;
use crate::tenancy::shop::{ShopId, ShopState};

/// Some objects of the schema `$1`: how to drop each, how many locks that takes, and how many a transaction may take.
/// Read from `pg_depend`, which knows what depends on each object. A table with partitions comes after them, because
/// dropping it drops them all. Objects with the fewest dependents come first, so that a table that hundreds refer to
/// comes after those. On one node, Citus keeps a shop's rows in tables of the same schema, which `pg_class` does not show; they go with
/// those that it shows.
const DROPPABLE: &str = "
    WITH RECURSIVE few AS (
        SELECT d.classid, d.objid
        FROM pg_depend d
        WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace($1)
          AND d.classid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
          AND NOT (d.classid = 'pg_class'::regclass
                   AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = d.objid))
          AND (d.classid <> 'pg_class'::regclass OR EXISTS (SELECT FROM pg_class c WHERE c.oid = d.objid))
        ORDER BY (SELECT count(*) FROM pg_depend o WHERE o.refclassid = d.classid AND o.refobjid = d.objid)
        LIMIT 24
    ), goes AS (
        SELECT classid AS root_class, objid AS root, classid, objid FROM few
        UNION
        SELECT g.root_class, g.root, d.classid, d.objid
        FROM goes g JOIN pg_depend d ON d.refclassid = g.classid AND d.refobjid = g.objid
    )
    SELECT CASE root_class
               WHEN 'pg_proc'::regclass THEN format('DROP ROUTINE IF EXISTS %s CASCADE', root::regprocedure)
               WHEN 'pg_type'::regclass THEN format('DROP TYPE IF EXISTS %s CASCADE', root::regtype)
               ELSE format('DROP %s IF EXISTS %s CASCADE',
                           (SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                                                WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE'
                                                ELSE 'TABLE' END
                            FROM pg_class WHERE oid = root),
                           root::regclass)
           END AS statement,
           count(*) AS locks,
           current_setting('max_locks_per_transaction')::bigint AS budget
    FROM goes
    GROUP BY root_class, root
    ORDER BY locks";

#[derive(QueryableByName)]
struct Droppable {
    #[diesel(sql_type = Text)]
    statement: String,
    #[diesel(sql_type = BigInt)]
    locks: i64,
    #[diesel(sql_type = BigInt)]
    budget: i64,
}

/// What a run of [`Tenancy::erase_due`] did.
#[derive(Debug, Default)]
pub struct EraseReport {
    /// How many shops were erased.
    pub erased: usize,
    /// The shops whose erasure failed; the next run continues with them.
    pub failed: Vec<ShopFailure>,
}

/// How the erasure of a shop ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Erasure {
    /// Nothing of the shop is left.
    Complete,
    /// The shop is not due, or another instance is erasing it.
    Skipped,
    /// It was told to stop; the next run continues.
    Stopped,
}

/// What one transaction did.
enum Step {
    Dropped,
    Completed,
    Skipped,
}

impl Tenancy {
    /// Erases the shops that are due, one after the other. Instances share the work. A shop that cannot be erased does
    /// not hold up the others.
    ///
    /// # Errors
    /// When the shops that are due cannot be read, or the database accepts no changes.
    pub fn erase_due(&self, stopped: impl Fn() -> bool) -> Result<EraseReport, TenancyError> {
        let mut report = EraseReport::default();
        for shop in self.as_operator(due)? {
            match self.erase(shop, &stopped) {
                Ok(Erasure::Complete) => report.erased += 1,
                Ok(Erasure::Skipped) => {}
                Ok(Erasure::Stopped) => break,
                Err(error) if error.concerns_all_shops() => return Err(error),
                Err(error) => {
                    tracing::warn!(%shop, %error, "the shop was not erased; the next run goes on");
                    report.failed.push(ShopFailure { shop, error });
                }
            }
        }
        Ok(report)
    }

    /// Erases one shop that is due.
    ///
    /// # Errors
    /// When the database fails, or a table is in use for too long.
    pub fn erase(&self, shop: ShopId, stopped: impl Fn() -> bool) -> Result<Erasure, TenancyError> {
        while !stopped() {
            match self.as_operator(|owner| erase_some(self.server, owner, shop))? {
                Step::Dropped => {}
                Step::Completed => {
                    erased(shop).log();
                    return Ok(Erasure::Complete);
                }
                Step::Skipped => return Ok(Erasure::Skipped),
            }
        }
        Ok(Erasure::Stopped)
    }
}

fn erased(shop: ShopId) -> Entry {
    Entry::by_system(Event::ShopErased).in_shop(shop)
}

/// The shops that are due, from a partial index of those that are being deleted.
fn due(owner: &mut OwnerTx<'_>) -> Result<Vec<ShopId>, TenancyError> {
    let ids: Vec<Uuid> = shops::table
        .filter(shops::erase_after.le(Utc::now()))
        .order((shops::erase_after, shops::id))
        .select(shops::id)
        .load(owner.pg())?;
    Ok(ids.into_iter().map(ShopId).collect())
}

/// The work of one transaction.
fn erase_some(server: Server, owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Step, TenancyError> {
    if !claim(owner, shop)? {
        return Ok(Step::Skipped);
    }
    let droppable: Vec<Droppable> =
        diesel::sql_query(DROPPABLE).bind::<Text, _>(shop.schema()).load(owner.pg())?;
    // No notices about dependent objects.
    let quiet = "SET LOCAL client_min_messages TO warning";
    if droppable.is_empty() {
        server.execute(owner.pg(), &format!("{quiet}; DROP SCHEMA IF EXISTS {} CASCADE", shop.schema()))?;
        diesel::delete(deadlines::table.filter(deadlines::shop_id.eq(shop.0))).execute(owner.pg())?;
        // The memberships go with the row.
        diesel::delete(shops::table.find(shop.0)).execute(owner.pg())?;
        audit::record(owner.pg(), &erased(shop))?;
        return Ok(Step::Completed);
    }
    server.execute(owner.pg(), &format!("{quiet}; {}", within_budget(&droppable).join("; ")))?;
    Ok(Step::Dropped)
}

/// Locks the shop's row in the ledger, if the shop is due and no other instance has the lock. Notes that erasing has
/// begun: from then on the shop cannot be restored.
fn claim(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<bool, TenancyError> {
    let now = Utc::now();
    let ours: Option<bool> = shops::table
        .find(shop.0)
        .filter(shops::state.eq(ShopState::Deleting.as_str()).and(shops::erase_after.le(now)))
        .select(shops::erasing_since.is_null())
        .for_update()
        .skip_locked()
        .first(owner.pg())
        .optional()?;
    if ours == Some(true) {
        diesel::update(shops::table.find(shop.0)).set(shops::erasing_since.eq(now)).execute(owner.pg())?;
    }
    Ok(ours.is_some())
}

/// As many statements as the budget allows, but at least one.
fn within_budget(droppable: &[Droppable]) -> Vec<&str> {
    let mut locks = 0;
    let fits = |next: &&Droppable| {
        locks += next.locks;
        locks <= next.budget
    };
    let many: Vec<&str> = droppable.iter().take_while(fits).map(|next| next.statement.as_str()).collect();
    if many.is_empty() {
        droppable.iter().take(1).map(|next| next.statement.as_str()).collect()
    } else {
        many
    }
}
