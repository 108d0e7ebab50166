//! Shop counts: how many shops are in each state, and how many of them are outdated. They are counted now and then, so
//! that reading the metrics asks nothing of the database.

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

/// Counts the shops that are not active, the active ones that are outdated, and all shops. The first two read partial
/// indexes of just these shops, the last an index-only scan. The rest is active and current.
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
    /// When the database fails; the metrics then keep the former counts and their time.
    pub async fn count_shops(&self) -> Result<(), TenancyError> {
        let version = self.tenant_version().to_owned();
        let groups = self.in_public(move |conn| groups(conn, &version)).await?;
        let of = |state: &str, current| {
            let found = groups.iter().find(|group| group.state == state && group.current == current);
            found.map_or(0, |group| group.shops)
        };
        let others: i64 = groups.iter().filter(|group| group.state != "all").map(|group| group.shops).sum();
        for state in STATES {
            let current = match state {
                ShopState::Active => of("all", true) - others,
                other => of(other.as_str(), true),
            };
            self.metrics.shops.set_count(state.as_str(), true, current);
            self.metrics.shops.set_count(state.as_str(), false, of(state.as_str(), false));
        }
        self.metrics.shops.set_counted_now();
        Ok(())
    }
}

fn groups(conn: &mut PublicConn<'_>, version: &str) -> Result<Vec<Group>, TenancyError> {
    Ok(diesel::sql_query(GROUPS).bind::<Text, _>(version).load(conn.pg())?)
}
