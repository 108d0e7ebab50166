//! Drift: where shops are not as the migrations make them. Each is held against a schema that is made for the
//! comparison, at the shop's own version, and never committed.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::Serialize;
use uuid::Uuid;

use crate::schema::public::shops;
use crate::tenancy::TenancyError;
use crate::tenancy::access::{OwnerTx, begin_owner};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::shop::ShopId;

use super::catalogue::{self, Facts};
use super::reference::References;

/// Shops looked at on one connection: its backend keeps in memory all that it has read of the catalogues.
const PAGE: i64 = 200;
/// Differences of one shop that are kept: one that has lost everything shall not fill the memory.
const KEPT: usize = 20;

/// A shop that is not as it should be.
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
    /// The first of them.
    pub differences: Vec<Difference>,
}

/// One difference.
#[derive(Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    /// The shop lacks something.
    Missing {
        /// What, such as `index products_title_idx`.
        object: String,
    },
    /// The shop has something that no migration makes.
    Unexpected {
        /// What.
        object: String,
    },
    /// Something is other than it should be.
    Changed {
        /// What.
        object: String,
        /// How it should be.
        expected: String,
        /// How it is.
        found: String,
    },
}

/// What a comparison of the fleet found.
#[derive(Debug, Default, Serialize)]
pub struct DriftReport {
    /// How many shops were compared.
    pub compared: usize,
    /// Those that differ.
    pub drifted: Vec<ShopDrift>,
    /// How many were not compared, because they are at a version that this binary does not know.
    pub unknown: usize,
    /// Schemas that look like a shop's and belong to none.
    pub orphans: Vec<String>,
}

impl DriftReport {
    /// Whether everything is as it should be.
    pub fn is_clean(&self) -> bool {
        self.drifted.is_empty() && self.orphans.is_empty()
    }
}

/// A shop to be compared, and what it looked like at first sight.
struct Seen {
    id: Uuid,
    slug: String,
    version: String,
    fingerprint: String,
}

impl Tenancy {
    /// Compares one shop, or all of them, with what the migrations make. Calls `progress` with how many of how many
    /// are done.
    ///
    /// # Errors
    /// When the database fails. When `stopped` says so, the report covers the shops done by then.
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
            let page = self.look(only, after)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for seen in page {
                self.compare(seen, &mut references, &mut report)?;
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

    /// The next few shops, by id, each with its fingerprint. Those that are being erased are no longer whole.
    fn look(&self, only: Option<ShopId>, after: Uuid) -> Result<Vec<Seen>, TenancyError> {
        let begin = begin_owner(Duration::ZERO, self.limits.lock_timeout);
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
            let seen = |(id, slug, version)| {
                Ok(Seen { id, slug, version, fingerprint: catalogue::fingerprint(pg, ShopId(id))? })
            };
            rows.into_iter().map(seen).collect()
        })?
    }

    /// Compares one shop; in detail only when it differs at first sight.
    fn compare(
        &self,
        mut seen: Seen,
        references: &mut References,
        report: &mut DriftReport,
    ) -> Result<(), TenancyError> {
        loop {
            let Some(reference) = self.reference(&seen.version, references)? else {
                report.unknown += 1;
                return Ok(());
            };
            if seen.fingerprint == reference.fingerprint {
                report.compared += 1;
                return Ok(());
            }
            let id = ShopId(seen.id);
            let Some((version, found)) = self.as_operator(|owner| settled(owner, id))? else {
                // Erased meanwhile.
                return Ok(());
            };
            // It may have been migrated since it was seen.
            if version != seen.version {
                seen.version = version;
                continue;
            }
            report.compared += 1;
            let mut differences = differences(&reference.facts, &found);
            let count = differences.len();
            differences.truncate(KEPT);
            if count > 0 {
                let Seen { id, slug, version: schema_version, .. } = seen;
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

/// The version and the facts of a shop, while nobody migrates it; none when it is gone, or on its way.
fn settled(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Option<(String, Facts)>, TenancyError> {
    let version: Option<String> = shops::table
        .find(shop.0)
        .filter(shops::erasing_since.is_null())
        .select(shops::schema_version)
        .for_share()
        .first(owner.pg())
        .optional()?;
    version.map(|version| Ok((version, catalogue::of(owner.pg(), shop)?))).transpose()
}

fn differences(expected: &Facts, found: &Facts) -> Vec<Difference> {
    if found.is_empty() {
        return vec![Difference::Missing { object: "schema".to_owned() }];
    }
    let missing = expected.iter().filter_map(|(object, fact)| match found.get(object) {
        None => Some(Difference::Missing { object: object.clone() }),
        Some(other) if other == fact => None,
        Some(other) => {
            Some(Difference::Changed { object: object.clone(), expected: fact.clone(), found: other.clone() })
        }
    });
    let unexpected = found.keys().filter(|object| !expected.contains_key(*object));
    missing.chain(unexpected.map(|object| Difference::Unexpected { object: object.clone() })).collect()
}

/// The schemas that look like a shop's and stand in no ledger: left by hand, or by a restored backup. Reads all
/// names of schemas, which only the operator asks for.
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
