//! What a server has noted of Citus's servers: which do not answer, and which have more than their share of the shops. Asking takes long
//! when one is away, or when there are many shops, so neither a health check nor the opening of a shop asks.

use std::sync::{PoisonError, RwLock};

use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};

/// Those to which the coordinator cannot connect.
const SILENT: &str = "nodename || ':' || nodeport FROM pg_dist_node \
    WHERE noderole = 'primary' AND NOT citus_check_connection_to_node(nodename, nodeport) ORDER BY groupid";

/// Those that have a tenth more tables than the one that has the fewest, and some twenty more: a shop has fewer.
const FULL: &str = "
    WITH load AS (
        SELECT node.groupid, node.nodename || ':' || node.nodeport AS name, count(placement.groupid) AS tables
        FROM pg_dist_node AS node LEFT JOIN pg_dist_placement AS placement USING (groupid)
        WHERE node.noderole = 'primary' AND node.shouldhaveshards
        GROUP BY node.groupid, name)
    SELECT groupid AS group, name FROM load
    WHERE tables > 1.1 * (SELECT min(tables) FROM load) + 20
    ORDER BY groupid";

/// A server that has more than its share.
#[derive(Clone, Debug, Eq, PartialEq, QueryableByName)]
pub(in crate::tenancy) struct FullNode {
    /// Citus's number of it.
    #[diesel(sql_type = Integer)]
    pub(super) group: i32,
    /// Its address and port.
    #[diesel(sql_type = Text)]
    pub(in crate::tenancy) name: String,
}

/// The last answer to a question; empty before it was asked.
#[derive(Debug)]
pub(in crate::tenancy) struct Noted<T>(RwLock<Vec<T>>);

/// The last answers to both questions.
#[derive(Debug, Default)]
pub(in crate::tenancy) struct NotedNodes {
    /// The names of those that do not answer.
    pub(in crate::tenancy) silent: Noted<String>,
    /// Those that new shops are not created on.
    pub(in crate::tenancy) full: Noted<FullNode>,
}

impl<T> Default for Noted<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T: Clone> Noted<T> {
    /// The last answer.
    pub(in crate::tenancy) fn get(&self) -> Vec<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps an answer, and returns the one before it.
    pub(in crate::tenancy) fn replace(&self, answer: Vec<T>) -> Vec<T> {
        std::mem::replace(&mut *self.0.write().unwrap_or_else(PoisonError::into_inner), answer)
    }
}

/// The names of the servers that do not answer.
pub(in crate::tenancy) fn silent_nodes(pg: &mut PgConnection) -> QueryResult<Vec<String>> {
    diesel::select(sql::<Text>(SILENT)).load(pg)
}

/// The servers that have more than their share. Reads a row for each table of each shop.
pub(in crate::tenancy) fn full_nodes(pg: &mut PgConnection) -> QueryResult<Vec<FullNode>> {
    diesel::sql_query(FULL).load(pg)
}
