//! The two database logins: what is known of them, and what lets them take roles.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Text};

/// A login that this instance connects with.
#[derive(QueryableByName)]
pub(super) struct Login {
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub database: String,
    #[diesel(sql_type = Bool)]
    has_temp: bool,
    /// Whether a grant can have `INHERIT FALSE`, as from PostgreSQL 16 on. Before, only the login can be `NOINHERIT`.
    #[diesel(sql_type = Bool)]
    pub has_grant_options: bool,
}

impl Login {
    /// The one of this connection.
    pub(super) fn read(pg: &mut PgConnection) -> QueryResult<Self> {
        let sql = "SELECT rolname::text AS name, current_database()::text AS database, \
                   has_database_privilege(current_database(), 'TEMP') AS has_temp, \
                   current_setting('server_version_num')::int >= 160000 AS has_grant_options \
                   FROM pg_roles WHERE rolname = session_user";
        diesel::sql_query(sql).get_result(pg)
    }

    /// Lets it take a role.
    pub(super) fn grant_sql(&self, role: &str) -> String {
        grant_sql(role, &self.name, self.has_grant_options)
    }
}

/// Lets a login take roles, whose rights it does not have before.
pub(super) fn grant_sql(roles: &str, login: &str, has_grant_options: bool) -> String {
    let login = login.replace('"', "\"\"");
    let options = if has_grant_options { " WITH INHERIT FALSE" } else { "" };
    format!("GRANT {roles} TO \"{login}\"{options}")
}

/// Isolation holds with one login too, since every request takes a role that owns nothing. But then an injected
/// `RESET ROLE` would make a request the owner. The self-test finds what is wrong with two logins.
pub(super) fn warn_of_weak_ones(web: &Login, owner: &Login) {
    if web.name == owner.name {
        tracing::warn!(
            "one database login does everything: give requests one of their own, so that nothing they \
             run can become the owner (set SHOPHOUSE_MIGRATION_URL to the owner's)"
        );
    } else if web.has_temp {
        tracing::warn!(
            "requests may make temporary tables, and need none: REVOKE TEMPORARY ON DATABASE … FROM PUBLIC"
        );
    }
}
