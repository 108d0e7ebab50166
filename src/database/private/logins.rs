//! The logins of the private server and its database.

use diesel::connection::SimpleConnection;
use diesel::{PgConnection, QueryResult, RunQueryDsl, sql_query};

/// The database of an installation.
pub const DATABASE: &str = "shophouse";

/// The cluster's superuser.
pub(super) const ADMIN: &str = "postgres";
const OWNER: &str = "shophouse_owner";
const WEB: &str = "shophouse_web";

/// Who connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// Owns the database; may make roles and databases.
    Owner,
    /// What requests are served with: has no right but to connect.
    Web,
    /// The cluster's superuser.
    Admin,
}

impl Login {
    /// What PostgreSQL calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Owner => OWNER,
            Self::Web => WEB,
            Self::Admin => ADMIN,
        }
    }
}

/// Makes the owner and the database, as the superuser in any database.
pub(super) fn make_database(admin: &mut PgConnection) -> QueryResult<()> {
    make_login(admin, OWNER, "NOSUPERUSER CREATEROLE CREATEDB")?;
    let found = format!("SELECT FROM pg_catalog.pg_database WHERE datname = '{DATABASE}'");
    if sql_query(found).execute(admin)? == 0 {
        admin.batch_execute(&format!("CREATE DATABASE {DATABASE} OWNER {OWNER}"))?;
    }
    Ok(())
}

/// Sets who may do what, as the superuser in our database. One transaction, and the web login is
/// part of it: a process that joins takes a web login that works as the sign that all is there.
pub(super) fn set_rights(admin: &mut PgConnection) -> QueryResult<()> {
    admin.batch_execute("BEGIN")?;
    make_login(admin, WEB, "NOSUPERUSER NOCREATEROLE NOCREATEDB NOINHERIT")?;
    admin.batch_execute(&format!(
        "REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;
         GRANT CONNECT ON DATABASE {DATABASE} TO {OWNER}, {WEB};
         ALTER SCHEMA public OWNER TO {OWNER};
         REVOKE ALL ON SCHEMA public FROM PUBLIC;
         COMMIT"
    ))
}

fn make_login(admin: &mut PgConnection, name: &str, rights: &str) -> QueryResult<()> {
    let found = format!("SELECT FROM pg_catalog.pg_roles WHERE rolname = '{name}'");
    let verb = if sql_query(found).execute(admin)? == 0 { "CREATE" } else { "ALTER" };
    admin.batch_execute(&format!("{verb} ROLE {name} LOGIN {rights}"))
}
