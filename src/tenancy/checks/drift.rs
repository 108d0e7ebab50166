//! Drift: where shops differ from what the migrations make. Each shop is compared with a reference schema at the shop's
//! own version, which is created for the comparison and never committed.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::Serialize;
use uuid::Uuid;

use crate::schema::public::shops;
use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, OwnerTx, begin_owner};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::shop::ShopId;

use super::catalogue::{self, SchemaDescription};
use super::reference::References;

/// Number of shops read on one connection. The limit is for PostgreSQL's memory: a backend caches every row of the
/// catalogues that it reads.
const PAGE: i64 = 200;
/// Number of differences reported of one shop, so that a shop that lost all its tables does not fill the memory.
const MAX_DIFFERENCES: usize = 20;

/// A shop that differs.
#[derive(Debug, Serialize)]
pub struct ShopDrift {
    /// Its id.
    pub id: Uuid,
    /// Its slug.
    pub slug: String,
    /// The version at which it was compared.
    pub schema_version: String,
    /// How many differences there are.
    pub count: usize,
    /// The first of these.
    pub differences: Vec<Difference>,
}

/// One difference.
#[derive(Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    /// The shop lacks an object.
    Missing {
        /// The object, such as `index products_title_idx`.
        object: String,
    },
    /// The shop has an object that no migration makes.
    Unexpected {
        /// The object.
        object: String,
    },
    /// The definition of an object differs.
    Changed {
        /// The object.
        object: String,
        /// The definition that the migrations make.
        expected: String,
        /// The definition in the shop.
        found: String,
    },
}

/// What a comparison of shops found.
#[derive(Debug, Default, Serialize)]
pub struct DriftReport {
    /// How many shops were compared.
    pub compared: usize,
    /// The shops that differ.
    pub drifted: Vec<ShopDrift>,
    /// How many shops were not compared, because this binary does not know their version.
    pub unknown: usize,
    /// Schemas that are named like a shop's but belong to none.
    pub orphans: Vec<String>,
}

impl DriftReport {
    /// Whether no drift was found.
    pub fn is_clean(&self) -> bool {
        self.drifted.is_empty() && self.orphans.is_empty()
    }
}

/// A shop to be compared, with the hash of its schema's description.
struct Candidate {
    id: Uuid,
    slug: String,
    version: String,
    fingerprint: String,
}

impl Tenancy {
    /// Compares one shop, or all of them, with what the migrations make. Calls `progress` with the number of shops done
    /// and the number of all. When `stopped` returns true, the report covers the shops done by then.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drift(
        &self,
        only: Option<ShopId>,
        stopped: impl Fn() -> bool,
        progress: impl Fn(usize, usize),
    ) -> Result<DriftReport, TenancyError> {
        let mut report = DriftReport::default();
        let mut references = References::new();
        let total = if only.is_some() { 1 } else { self.as_operator(count)? };
        let mut after = Uuid::nil();
        while !stopped() {
            let page = self.next_page(only, after)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for candidate in page {
                self.compare(candidate, &mut references, &mut report)?;
            }
            progress(report.compared + report.unknown, total);
            if only.is_some() {
                break;
            }
        }
        if only.is_none() {
            report.orphans = self.as_operator(orphans)?;
        }
        Ok(report)
    }

    /// The next shops in the order of their ids, without those that are being erased: their tables may be gone.
    fn next_page(&self, only: Option<ShopId>, after: Uuid) -> Result<Vec<Candidate>, TenancyError> {
        let begin = begin_owner(self.server, Mode::Plain, Duration::ZERO, self.limits.lock_timeout);
        self.owner.run_once(&begin, |pg| {
            let mut query = shops::table
                .filter(shops::id.gt(after).and(shops::erasing_since.is_null()))
                .order(shops::id)
                .limit(PAGE)
                .select((shops::id, shops::slug, shops::schema_version))
                .into_boxed();
            if let Some(only) = only {
                query = query.filter(shops::id.eq(only.0));
            }
            let rows: Vec<(Uuid, String, String)> = query.load(pg)?;
            let candidate = |(id, slug, version)| {
                let fingerprint = catalogue::fingerprint(pg, ShopId(id))?;
                Ok(Candidate { id, slug, version, fingerprint })
            };
            rows.into_iter().map(candidate).collect()
        })?
    }

    /// Compares one shop; object by object only when the hashes differ.
    fn compare(
        &self,
        mut candidate: Candidate,
        references: &mut References,
        report: &mut DriftReport,
    ) -> Result<(), TenancyError> {
        loop {
            let Some(reference) = self.reference(&candidate.version, references)? else {
                report.unknown += 1;
                return Ok(());
            };
            if candidate.fingerprint == reference.fingerprint {
                report.compared += 1;
                return Ok(());
            }
            let id = ShopId(candidate.id);
            let Some((version, found)) = self.as_operator(|owner| describe_locked(owner, id))? else {
                // It was erased meanwhile.
                return Ok(());
            };
            // It was migrated meanwhile.
            if version != candidate.version {
                candidate.version = version;
                continue;
            }
            report.compared += 1;
            let mut differences = differences(&reference.description, &found);
            let count = differences.len();
            differences.truncate(MAX_DIFFERENCES);
            if count > 0 {
                let Candidate { id, slug, version: schema_version, .. } = candidate;
                report.drifted.push(ShopDrift { id, slug, schema_version, count, differences });
            }
            return Ok(());
        }
    }
}

fn count(owner: &mut OwnerTx<'_>) -> Result<usize, TenancyError> {
    let count: i64 = shops::table.count().get_result(owner.pg())?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The version of a shop and the description of its schema. Its row is locked, so that it is not migrated meanwhile.
/// None when the shop is erased or being erased.
fn describe_locked(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
) -> Result<Option<(String, SchemaDescription)>, TenancyError> {
    let version: Option<String> = shops::table
        .find(shop.0)
        .filter(shops::erasing_since.is_null())
        .select(shops::schema_version)
        .for_share()
        .first(owner.pg())
        .optional()?;
    version.map(|version| Ok((version, catalogue::describe(owner.pg(), shop)?))).transpose()
}

fn differences(expected: &SchemaDescription, found: &SchemaDescription) -> Vec<Difference> {
    if found.is_empty() {
        return vec![Difference::Missing { object: "schema".to_owned() }];
    }
    let missing = expected.iter().filter_map(|(object, expected)| match found.get(object) {
        None => Some(Difference::Missing { object: object.clone() }),
        Some(found) if found == expected => None,
        Some(found) => Some(Difference::Changed {
            object: object.clone(),
            expected: expected.clone(),
            found: found.clone(),
        }),
    });
    let unexpected = found.keys().filter(|object| !expected.contains_key(*object));
    missing.chain(unexpected.map(|object| Difference::Unexpected { object: object.clone() })).collect()
}

/// The schemas that are named like a shop's but are not in the ledger: left over by hand, or by a restored backup. Reads
/// the names of all schemas; only the operator's command does that.
fn orphans(owner: &mut OwnerTx<'_>) -> Result<Vec<String>, TenancyError> {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let query = "SELECT nspname::text AS name FROM pg_namespace
                 WHERE nspname ~ '^shop_[0-9a-f]{32}$'
                   AND nspname NOT IN (SELECT 'shop_' || replace(id::text, '-', '') FROM shops)
                 ORDER BY nspname";
    let rows: Vec<Named> = diesel::sql_query(query).load(owner.pg())?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
