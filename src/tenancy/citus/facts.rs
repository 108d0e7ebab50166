//! What the database runs on, for the operator.

use std::fmt;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::Serialize;

use super::server::Server;

/// What the database runs on.
#[derive(Clone, Debug, Serialize)]
pub struct ServerFacts {
    /// PostgreSQL's version.
    postgresql: String,
    /// Null without Citus.
    citus: Option<Citus>,
}

/// What is known of Citus.
#[derive(Clone, Debug, QueryableByName, Serialize)]
struct Citus {
    /// Its version.
    #[diesel(sql_type = Text)]
    version: String,
    /// Number of servers that hold shops.
    #[diesel(sql_type = BigInt)]
    nodes: i64,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

impl ServerFacts {
    /// Asks a server.
    pub(in crate::tenancy) fn read(server: Server, pg: &mut PgConnection) -> QueryResult<Self> {
        let version = "SELECT current_setting('server_version') AS version";
        let postgresql = diesel::sql_query(version).get_result::<Version>(pg)?.version;
        let citus = match server {
            Server::Alone => None,
            Server::Citus => Some(
                diesel::sql_query(
                    "SELECT extversion AS version, (SELECT count(*) FROM pg_dist_node WHERE shouldhaveshards) AS nodes \
                     FROM pg_extension WHERE extname = 'citus'",
                )
                .get_result(pg)?,
            ),
        };
        Ok(Self { postgresql, citus })
    }

    /// Number of servers that hold shops.
    pub(in crate::tenancy) fn nodes(&self) -> usize {
        self.citus.as_ref().map_or(1, |citus| usize::try_from(citus.nodes).unwrap_or(1))
    }
}

impl fmt::Display for ServerFacts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PostgreSQL {}", self.postgresql)?;
        match &self.citus {
            None => Ok(()),
            Some(Citus { version, nodes: 1 }) => {
                write!(formatter, " with Citus {version}; 1 node holds the shops")
            }
            Some(Citus { version, nodes }) => {
                write!(formatter, " with Citus {version}; {nodes} nodes hold the shops")
            }
        }
    }
}
