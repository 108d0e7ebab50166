//! Preparing the servers of Citus, once, as a superuser.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Text};

use crate::database::{DatabaseUrl, Pool, PoolOptions, Recycle};
use crate::metrics::Metrics;
use crate::tenancy::TenancyError;

use super::rights::{closing_sql, introducing_sql};
use super::server::{BEGIN_QUESTION, Server};

/// What was done on one server.
#[derive(Clone, Debug, QueryableByName)]
pub struct Prepared {
    /// Its address.
    #[diesel(sql_type = Text)]
    pub node: String,
    /// Its port.
    #[diesel(sql_type = Integer)]
    pub port: i32,
    /// Whether it is prepared.
    #[diesel(sql_type = Bool)]
    pub is_done: bool,
    /// What it said.
    #[diesel(sql_type = Text)]
    pub answer: String,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Makes the product's logins known to Citus, and takes away the rights that let a shop see the others' transactions, on the coordinator
/// and on each worker.
///
/// # Errors
/// When a database cannot be reached, has no Citus, or `superuser` is none.
pub fn prepare(
    superuser: &DatabaseUrl,
    logins: [&DatabaseUrl; 2],
    options: PoolOptions,
) -> Result<Vec<Prepared>, TenancyError> {
    let metrics = Metrics::new()?;
    let pool = |url| Pool::new(url, options, Recycle::Transactions(1), None, &metrics.owner);
    let name = |url| pool(url).run_blocking(BEGIN_QUESTION, session_user)?;
    let names = [name(logins[0])?, name(logins[1])?];
    let superuser = pool(superuser);
    if Server::of(&superuser)? == Server::Alone {
        return Err(TenancyError::Roles(
            "this database has no Citus: a superuser runs CREATE EXTENSION citus in it, on each server"
                .to_owned(),
        ));
    }
    let closing = closing_sql(&[&names[0], &names[1]]);
    superuser.run_blocking("BEGIN", |pg| {
        for statement in names.iter().flat_map(|name| introducing_sql(name)) {
            diesel::sql_query(statement).execute(pg)?;
        }
        diesel::sql_query(&closing).execute(pg)?;
        Ok(diesel::sql_query(
            "SELECT nodename AS node, nodeport AS port, success AS is_done, coalesce(result, '') AS answer \
             FROM run_command_on_workers($1)",
        )
        .bind::<Text, _>(&closing)
        .load(pg)?)
    })?
}

fn session_user(pg: &mut PgConnection) -> Result<String, TenancyError> {
    Ok(diesel::sql_query("SELECT session_user::text AS name").get_result::<Name>(pg)?.name)
}
