//! The servers of Citus that do not answer: asking for them, and what the last answer was.

use std::sync::{PoisonError, RwLock};

use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

/// Those to which the coordinator cannot connect.
const SILENT: &str = "nodename || ':' || nodeport FROM pg_dist_node \
    WHERE noderole = 'primary' AND NOT citus_check_connection_to_node(nodename, nodeport) ORDER BY groupid";

/// The names of the servers that did not answer when they were asked last.
#[derive(Debug, Default)]
pub(in crate::tenancy) struct SilentNodes(RwLock<Vec<String>>);

impl SilentNodes {
    /// Those of the last answer.
    pub(in crate::tenancy) fn get(&self) -> Vec<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps an answer.
    pub(in crate::tenancy) fn set(&self, names: Vec<String>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = names;
    }
}

/// The names of the servers that do not answer.
pub(in crate::tenancy) fn silent_nodes(pg: &mut PgConnection) -> QueryResult<Vec<String>> {
    diesel::select(sql::<Text>(SILENT)).load(pg)
}
