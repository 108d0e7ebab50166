//! The servers of Citus: which shops they hold, and moving a shop from one to another by Citus's own functions.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text, Uuid as SqlUuid};
use serde::Serialize;
use uuid::Uuid;

/// A server of Citus.
#[derive(Clone, Debug, QueryableByName, Serialize)]
pub struct Node {
    #[serde(skip)]
    #[diesel(sql_type = Integer)]
    pub(in crate::tenancy) id: i32,
    /// Its address and port, as Citus knows them.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Whether the coordinator can connect to it.
    #[diesel(sql_type = Bool)]
    pub answers: bool,
    /// Whether it may hold shops.
    #[diesel(sql_type = Bool)]
    pub takes_shops: bool,
    /// Number of shops on it.
    #[diesel(sql_type = BigInt)]
    pub shops: i64,
    /// Their size with indexes.
    #[diesel(sql_type = BigInt)]
    pub bytes: i64,
}

/// A shop that is to be moved.
#[derive(Clone, Debug, QueryableByName, Serialize)]
pub struct Move {
    #[serde(skip)]
    #[diesel(sql_type = SqlUuid)]
    pub(in crate::tenancy) id: Uuid,
    #[serde(skip)]
    #[diesel(sql_type = Integer)]
    pub(in crate::tenancy) node: i32,
    /// The shop's slug.
    #[diesel(sql_type = Text)]
    pub slug: String,
    /// Where it is.
    #[diesel(sql_type = Text)]
    pub from: String,
    /// Where it is to be.
    #[diesel(sql_type = Text)]
    pub to: String,
}

/// A shop that is on the coordinator alone, since it was there before Citus.
#[derive(Clone, Debug, QueryableByName)]
pub struct Undistributed {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its slug.
    #[diesel(sql_type = Text)]
    pub slug: String,
}

/// Asks every server for the size of every table.
const NODES: &str = "
    SELECT node.nodeid AS id, node.nodename || ':' || node.nodeport AS name, node.shouldhaveshards AS takes_shops,
           citus_check_connection_to_node(node.nodename, node.nodeport) AS answers,
           count(DISTINCT shard.colocation_id) AS shops, coalesce(sum(shard.shard_size), 0)::bigint AS bytes
    FROM pg_dist_node AS node
    LEFT JOIN citus_shards AS shard
        ON shard.nodename = node.nodename AND shard.nodeport = node.nodeport AND shard.citus_table_type = 'schema'
    WHERE node.noderole = 'primary'
    GROUP BY node.nodeid
    ORDER BY node.groupid";

/// Where the shop `$1` is.
const PLACE: &str = "
    SELECT nodename || ':' || nodeport AS text FROM citus_shards
    WHERE table_name = to_regclass('shop_' || replace($1::text, '-', '') || '.people')";

/// Citus plans in tables. All tables of a shop go together.
const PLAN: &str = "
    SELECT DISTINCT shop.id, shop.slug, node.nodeid AS node, plan.sourcename || ':' || plan.sourceport AS from,
           plan.targetname || ':' || plan.targetport AS to
    FROM get_rebalance_table_shards_plan() AS plan
    JOIN pg_dist_node AS node ON node.nodename = plan.targetname AND node.nodeport = plan.targetport
    JOIN pg_class AS class ON class.oid = plan.table_name
    JOIN public.shops AS shop
        ON 'shop_' || replace(shop.id::text, '-', '') = class.relnamespace::regnamespace::text
    ORDER BY shop.slug";

const UNDISTRIBUTED: &str = "
    SELECT id, slug FROM public.shops
    WHERE state <> 'deleting' AND NOT EXISTS (
        SELECT FROM pg_dist_schema WHERE schemaid = to_regnamespace('shop_' || replace(id::text, '-', '')))
    ORDER BY id";

/// How much of a shop is at its new place. Tables are copied first, and their indexes are made then.
const PROGRESS: &str = "
    SELECT coalesce(sum(least(target_shard_size, source_shard_size)), 0)::bigint AS done,
           coalesce(sum(source_shard_size), 0)::bigint AS of
    FROM get_rebalance_progress()
    JOIN pg_class ON oid = table_name AND relnamespace = to_regnamespace($1)";

#[derive(QueryableByName)]
struct Progress {
    #[diesel(sql_type = BigInt)]
    done: i64,
    #[diesel(sql_type = BigInt)]
    of: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

/// All servers, the coordinator first.
pub(in crate::tenancy) fn nodes(pg: &mut PgConnection) -> QueryResult<Vec<Node>> {
    diesel::sql_query(NODES).load(pg)
}

/// The server that holds a shop; none if the coordinator has it as PostgreSQL alone would.
pub(in crate::tenancy) fn place(pg: &mut PgConnection, shop: Uuid) -> QueryResult<Option<String>> {
    let found: Option<Line> = diesel::sql_query(PLACE).bind::<SqlUuid, _>(shop).get_result(pg).optional()?;
    Ok(found.map(|line| line.text))
}

/// The moves after which the servers hold equally much.
pub(in crate::tenancy) fn plan(pg: &mut PgConnection) -> QueryResult<Vec<Move>> {
    diesel::sql_query(PLAN).load(pg)
}

/// The shops that are on the coordinator alone.
pub(in crate::tenancy) fn undistributed(pg: &mut PgConnection) -> QueryResult<Vec<Undistributed>> {
    diesel::sql_query(UNDISTRIBUTED).load(pg)
}

/// Moves a schema.
pub(in crate::tenancy) fn move_schema(pg: &mut PgConnection, schema: &str, node: i32) -> QueryResult<usize> {
    let sql = "SELECT citus_schema_move($1::regnamespace, $2)";
    diesel::sql_query(sql).bind::<Text, _>(schema).bind::<Integer, _>(node).execute(pg)
}

/// The bytes of a schema that have been moved, and of how many.
pub(in crate::tenancy) fn progress(pg: &mut PgConnection, schema: &str) -> QueryResult<(i64, i64)> {
    let found: Progress = diesel::sql_query(PROGRESS).bind::<Text, _>(schema).get_result(pg)?;
    Ok((found.done, found.of))
}

/// Places a schema that is on the coordinator alone.
pub(in crate::tenancy) fn distribute(pg: &mut PgConnection, schema: &str) -> QueryResult<usize> {
    diesel::sql_query("SELECT citus_schema_distribute($1::regnamespace)").bind::<Text, _>(schema).execute(pg)
}
