//! Creating a schema on a server that has not more than its share of the shops.
//!
//! Citus places new schemas on its servers in turn, and cannot be told where. So a schema that would be on a full server is rolled back
//! and created again. That happens only while the shares differ, as after a server was added.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};

use super::noted::FullNode;
use super::server::Server;

/// The server that holds the first table of the schema `$1`.
const GROUP: &str = "
    SELECT groupid AS group FROM pg_dist_placement JOIN pg_dist_shard USING (shardid)
    WHERE logicalrelid = to_regclass($1 || '.__diesel_schema_migrations')";

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = Integer)]
    group: i32,
}

/// Executes `create`, which creates a schema with the bookkeeping of its migrations, so that it is on none of the servers `full`. If others
/// take all of the turns in between, it is on one of them after all.
pub(in crate::tenancy) fn create_schema(
    server: Server,
    pg: &mut PgConnection,
    schema: &str,
    create: &str,
    full: &[FullNode],
) -> QueryResult<()> {
    pg.batch_execute("SAVEPOINT no_schema")?;
    for _ in 0..2 * full.len() {
        server.execute(pg, create)?;
        let place: Place = diesel::sql_query(GROUP).bind::<Text, _>(schema).get_result(pg)?;
        if full.iter().all(|node| node.group != place.group) {
            return pg.batch_execute("RELEASE SAVEPOINT no_schema");
        }
        pg.batch_execute("ROLLBACK TO SAVEPOINT no_schema")?;
    }
    server.execute(pg, create)
}
