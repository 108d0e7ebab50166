//! The census: how many shops are in each state, and how many of them lag. Taken now and then for the metrics, which
//! then cost nothing to read.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use crate::tenancy::TenancyError;
use crate::tenancy::access::PublicConn;
use crate::tenancy::shop::ShopState;

use super::tenancy::Tenancy;

/// Shops in one state.
#[derive(QueryableByName)]
struct Group {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Bool)]
    current: bool,
    #[diesel(sql_type = BigInt)]
    shops: i64,
}

/// Those that are not well, from indexes that hold only these, and all of them, from an index alone. What is left is well.
const GROUPS: &str = "
    SELECT state, schema_version >= $1 AS current, count(*) AS shops FROM shops WHERE state <> 'active' GROUP BY 1, 2
    UNION ALL SELECT 'active', false, count(*) FROM shops WHERE state = 'active' AND schema_version < $1
    UNION ALL SELECT 'all', true, count(*) FROM shops";

const STATES: [ShopState; 4] =
    [ShopState::Active, ShopState::Suspended, ShopState::Failed, ShopState::Deleting];

impl Tenancy {
    /// Counts the shops, for the metrics.
    ///
    /// # Errors
    /// When the database fails; the metrics then go on saying what was counted before, and when.
    pub async fn count_shops(&self) -> Result<(), TenancyError> {
        let version = self.tenant_version().to_owned();
        let groups = self.in_public(move |conn| groups(conn, &version)).await?;
        let of = |state: &str, current| {
            let found = groups.iter().find(|group| group.state == state && group.current == current);
            found.map_or(0, |group| group.shops)
        };
        let unwell: i64 = groups.iter().filter(|group| group.state != "all").map(|group| group.shops).sum();
        for state in STATES {
            let current = match state {
                ShopState::Active => of("all", true) - unwell,
                other => of(other.as_str(), true),
            };
            self.metrics.shops.are(state.as_str(), true, current);
            self.metrics.shops.are(state.as_str(), false, of(state.as_str(), false));
        }
        self.metrics.shops.are_counted();
        Ok(())
    }
}

fn groups(conn: &mut PublicConn<'_>, version: &str) -> Result<Vec<Group>, TenancyError> {
    Ok(diesel::sql_query(GROUPS).bind::<Text, _>(version).load(conn.pg())?)
}
