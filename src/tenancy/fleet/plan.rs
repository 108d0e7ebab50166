//! The plan of a run: which migrations are due. For `shophouse migrate --dry-run`.

use std::time::Duration;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use crate::database::{Pool, Recycle};
use crate::metrics::Metrics;
use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, begin_owner};
use crate::tenancy::citus::Server;
use crate::tenancy::engine::{Limits, Logins};
use crate::tenancy::migrations::{Tree, Trees};

/// The migrations that are due.
#[derive(Debug, Default)]
pub struct Plan {
    /// Migrations of `public`, by name.
    pub public: Vec<String>,
    /// The outdated shops, by version, oldest first.
    pub shops: Vec<OutdatedGroup>,
}

/// The outdated shops with one version.
#[derive(Debug)]
pub struct OutdatedGroup {
    /// Their version.
    pub version: String,
    /// How many shops.
    pub count: i64,
    /// The tenant migrations that they lack, by name.
    pub migrations: Vec<String>,
}

/// Which tables exist.
#[derive(QueryableByName)]
struct Tables {
    #[diesel(sql_type = Bool)]
    bookkeeping: bool,
    #[diesel(sql_type = Bool)]
    shops: bool,
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Group {
    #[diesel(sql_type = Text)]
    schema_version: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Plan {
    /// Reads what is due, and changes nothing. The database may be empty, or of an older release.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn read(logins: Logins, limits: Limits, trees: &Trees) -> Result<Self, TenancyError> {
        let owner =
            Pool::new(&logins.owner, limits.owner, Recycle::Transactions(1), None, &Metrics::new()?.owner);
        let begin = begin_owner(Server::of(&owner)?, Mode::Plain, Duration::ZERO, limits.lock_timeout);
        owner.run_blocking(&format!("{begin}; SET TRANSACTION READ ONLY"), |pg| {
            let tables: Tables = diesel::sql_query(
                "SELECT to_regclass('public.__diesel_schema_migrations') IS NOT NULL AS bookkeeping, \
                 to_regclass('public.shops') IS NOT NULL AS shops",
            )
            .get_result(pg)?;
            let public =
                if tables.bookkeeping { lacking(pg, trees.public())? } else { names(trees.public(), "") };
            let shops = if tables.shops { outdated(pg, trees)? } else { Vec::new() };
            Ok(Self { public, shops })
        })?
    }

    /// Whether nothing is due.
    pub fn is_empty(&self) -> bool {
        self.public.is_empty() && self.shops.is_empty()
    }
}

fn lacking(pg: &mut PgConnection, tree: &Tree) -> QueryResult<Vec<String>> {
    let applied: Vec<Applied> =
        diesel::sql_query("SELECT version::text AS version FROM __diesel_schema_migrations").load(pg)?;
    let is_due = |version: &str| !applied.iter().any(|applied| applied.version == version);
    let due = tree.steps().iter().filter(|step| is_due(step.version()));
    Ok(due.map(|step| step.name().to_owned()).collect())
}

fn outdated(pg: &mut PgConnection, trees: &Trees) -> Result<Vec<OutdatedGroup>, TenancyError> {
    let groups: Vec<Group> = diesel::sql_query(
        "SELECT schema_version::text AS schema_version, count(*) AS count FROM shops WHERE schema_version < $1 \
         AND state <> 'deleting' GROUP BY schema_version ORDER BY schema_version",
    )
    .bind::<Text, _>(trees.tenant_version())
    .load(pg)?;
    let outdated = |Group { schema_version, count }| {
        let migrations = names(trees.tenant(), &schema_version);
        OutdatedGroup { version: schema_version, count, migrations }
    };
    Ok(groups.into_iter().map(outdated).collect())
}

fn names(tree: &Tree, after: &str) -> Vec<String> {
    let newer = tree.steps().iter().filter(|step| step.version() > after);
    newer.map(|step| step.name().to_owned()).collect()
}
