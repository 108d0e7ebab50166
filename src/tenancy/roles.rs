//! The two roles that the web login may take, and what each of them may do.
//!
//! Roles belong to the whole PostgreSQL cluster, so their names carry the name of this installation.
//! One shop role serves all shops: with a role per shop every pinned transaction slows down as
//! shops grow (at 10,000 roles from 4,000 to 800 a second), because PostgreSQL walks the web login's
//! list of memberships again and again.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::database::Pool;
use crate::schema::public::installation;

use super::TenancyError;

/// The names of the roles of this installation.
#[derive(Clone, Debug)]
pub(super) struct Roles {
    /// May use a shop's tables, under their policies, and call `public.enter`.
    pub shop: String,
    /// May use the tables of `public`.
    pub public: String,
}

/// What the public role may do, statement by statement; `{role}` stands for its name.
const PUBLIC_RIGHTS: &str = "
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT SELECT, INSERT, UPDATE ON public.users, public.sessions, public.refresh_tokens TO {role};
    GRANT SELECT ON public.shops, public.memberships TO {role};
    GRANT UPDATE (name, slug, description, updated_at) ON public.shops TO {role};
    GRANT EXECUTE ON FUNCTION public.enter_session(uuid, uuid) TO {role};";

/// What the shop role may do in `public`: find the door and knock.
const SHOP_RIGHTS: &str = "
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT EXECUTE ON FUNCTION public.enter(uuid, uuid, text, text, text) TO {role};";

#[derive(QueryableByName)]
struct Login {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    inherits: bool,
    #[diesel(sql_type = Bool)]
    bypasses: bool,
    /// From PostgreSQL 16 on a grant can say that it is not inherited; before, only the login can.
    #[diesel(sql_type = Bool)]
    grants_say: bool,
}

/// Makes sure that both roles exist, have their rights, and may be taken by the web login. When
/// nothing changed since the last time, it only looks.
///
/// # Errors
/// [`TenancyError::Roles`] says what to ask the administrator for.
pub(super) fn ensure(owner: &Pool, web: &Pool, public_changed: bool) -> Result<Roles, TenancyError> {
    let web_login = web.run_blocking("BEGIN", look_at_login)??;
    let begin = "BEGIN; SET LOCAL search_path TO public, pg_temp";
    owner.run_blocking(begin, |pg| {
        let owner_login = look_at_login(pg)?;
        warn_of_weak_logins(&web_login, &owner_login);
        let roles = names(pg)?;
        for (role, rights) in [(&roles.shop, SHOP_RIGHTS), (&roles.public, PUBLIC_RIGHTS)] {
            let is_new = make(pg, role, &web_login)?;
            if is_new || public_changed {
                pg.batch_execute(&rights.replace("{role}", role))?;
            }
        }
        Ok(roles)
    })?
}

/// The roles' names: this installation's, given to it once.
fn names(pg: &mut PgConnection) -> Result<Roles, TenancyError> {
    let known: Option<String> = installation::table.select(installation::name).first(pg).optional()?;
    let name = if let Some(name) = known {
        name
    } else {
        let random = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
        diesel::insert_into(installation::table).values(installation::name.eq(&random)).execute(pg)?;
        random
    };
    Ok(Roles { shop: format!("shophouse_{name}_shop"), public: format!("shophouse_{name}_public") })
}

/// Makes the role if it is missing and lets the web login take it. True when anything was missing.
fn make(pg: &mut PgConnection, role: &str, web: &Login) -> Result<bool, TenancyError> {
    let web_login = web.name.as_str();
    let remedy = |error: diesel::result::Error| {
        TenancyError::Roles(format!(
            "the owner's login may not prepare the role {role} ({error}). Ask the administrator of the \
             server to run: CREATE ROLE {role} NOLOGIN; GRANT {role} TO \"{web_login}\";"
        ))
    };
    let exists = holds(pg, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS yes", role, "")?;
    if !exists {
        pg.batch_execute(&format!("CREATE ROLE {role} NOLOGIN NOINHERIT")).map_err(remedy)?;
    }
    let granted = holds(
        pg,
        "SELECT EXISTS (SELECT FROM pg_auth_members WHERE roleid = $1::regrole AND member = \
         (SELECT oid FROM pg_roles WHERE rolname = $2)) AS yes",
        role,
        web_login,
    )?;
    if !granted {
        let quoted = web_login.replace('"', "\"\"");
        let how = if web.grants_say { " WITH INHERIT FALSE" } else { "" };
        pg.batch_execute(&format!("GRANT {role} TO \"{quoted}\"{how}")).map_err(remedy)?;
    }
    Ok(!exists || !granted)
}

fn holds(pg: &mut PgConnection, sql: &str, first: &str, second: &str) -> Result<bool, TenancyError> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        yes: bool,
    }
    let query = diesel::sql_query(sql).bind::<Text, _>(first);
    let answer: Answer = if second.is_empty() {
        query.get_result(pg)?
    } else {
        query.bind::<Text, _>(second).get_result(pg)?
    };
    Ok(answer.yes)
}

fn look_at_login(pg: &mut PgConnection) -> Result<Login, TenancyError> {
    let sql = "SELECT rolname::text AS name, rolinherit AS inherits, \
               rolsuper OR rolbypassrls AS bypasses, \
               current_setting('server_version_num')::int >= 160000 AS grants_say FROM pg_roles WHERE rolname = session_user";
    Ok(diesel::sql_query(sql).get_result(pg)?)
}

/// The wall stands with one login too, since every request takes a role that owns nothing; but then
/// an injected `RESET ROLE` would make a request the owner.
fn warn_of_weak_logins(web: &Login, owner: &Login) {
    if web.name == owner.name {
        tracing::warn!(
            "one database login does everything: give requests one of their own, so that nothing they \
             run can become the owner (set SHOPHOUSE_MIGRATION_URL to the owner's)"
        );
    } else if (web.inherits && !web.grants_say) || web.bypasses {
        tracing::warn!(
            login = web.name,
            "the web login is stronger than it should be: ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOINHERIT"
        );
    }
}
