//! The two roles that the web login may take, and what each of them may do.
//!
//! Roles belong to the whole PostgreSQL cluster, so their names carry the name of this installation.
//! One shop role serves all shops: with a role per shop every pinned transaction slows down as
//! shops grow, because PostgreSQL walks the web login's list of memberships again and again.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::database::Pool;
use crate::schema::public::installation;
use crate::tenancy::TenancyError;

/// The names of the roles of this installation.
#[derive(Clone, Debug)]
pub(in crate::tenancy) struct Roles {
    /// May use a shop's tables, under their policies, and call the doors.
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
    GRANT SELECT, INSERT, UPDATE, DELETE ON public.idempotency_keys TO {role};
    GRANT EXECUTE ON FUNCTION public.enter_session(uuid, uuid) TO {role};
    GRANT SELECT, INSERT, DELETE ON public.api_keys TO {role};
    GRANT SELECT, DELETE ON public.reset_tokens TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON public.sign_in_attempts TO {role};";

/// What the shop role may do in `public`: find the doors and knock.
const SHOP_RIGHTS: &str = "
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT EXECUTE ON FUNCTION public.enter(uuid, uuid, text, text, text) TO {role};
    GRANT EXECUTE ON FUNCTION public.enter_storefront(text, text) TO {role};
    GRANT EXECUTE ON FUNCTION public.enter_with_key(bytea, uuid, text, text, text) TO {role};";

#[derive(QueryableByName)]
struct Login {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    makes_temp: bool,
    /// From PostgreSQL 16 on a grant can say that it is not inherited; before, only the login can.
    #[diesel(sql_type = Bool)]
    grants_say: bool,
}

/// Makes sure that both roles exist, may be taken by the web login, and have the rights that the newest
/// migration of `public` calls for. When all that is so already, it only looks.
///
/// # Errors
/// [`TenancyError::Roles`] says what to ask the administrator for.
pub(in crate::tenancy) fn ensure(
    owner: &Pool,
    web: &Pool,
    public_version: &str,
) -> Result<Roles, TenancyError> {
    let web_login = web.run_blocking("BEGIN", look_at_login)??;
    let begin = "BEGIN; SET LOCAL search_path TO public, pg_temp";
    // Kept whatever comes: an administrator who is asked for roles is to be asked for the same ones again.
    let name = owner.run_blocking(begin, installation_name)??;
    let roles = Roles::of(&name);
    owner.run_blocking(begin, |pg| {
        let owner_login = look_at_login(pg)?;
        warn_of_weak_logins(&web_login, &owner_login);
        // Locked, so that of instances that start at once one makes the roles and the others find them.
        let given: String =
            installation::table.select(installation::rights_version).for_update().first(pg)?;
        let ask = roles.to_ask_for(&web_login, &owner_login);
        let new_shop = make(pg, &roles.shop, &web_login, &ask)?;
        let new_public = make(pg, &roles.public, &web_login, &ask)?;
        // The owner takes it to put the wall to the test; it gains nothing by it.
        make(pg, &roles.shop, &owner_login, &ask)?;
        if new_shop || new_public || given != public_version {
            pg.batch_execute(&SHOP_RIGHTS.replace("{role}", &roles.shop))?;
            pg.batch_execute(&PUBLIC_RIGHTS.replace("{role}", &roles.public))?;
            diesel::update(installation::table)
                .set(installation::rights_version.eq(public_version))
                .execute(pg)?;
        }
        Ok(roles)
    })?
}

impl Roles {
    /// The roles of the installation of this name.
    fn of(name: &str) -> Self {
        Self { shop: format!("shophouse_{name}_shop"), public: format!("shophouse_{name}_public") }
    }

    /// What an administrator is to run when the owner may not make roles.
    fn to_ask_for(&self, web: &Login, owner: &Login) -> String {
        let Self { shop, public } = self;
        let (web, owner) = (&web.name, &owner.name);
        format!(
            "CREATE ROLE {shop} NOLOGIN; CREATE ROLE {public} NOLOGIN; \
             GRANT {shop}, {public} TO \"{web}\"; GRANT {shop} TO \"{owner}\";"
        )
    }
}

/// Read from Diesel's bookkeeping, and not through Diesel, which would make that table.
const NEWEST_OF_PUBLIC: &str =
    "SELECT coalesce(max(version::text COLLATE \"C\"), '') AS version FROM __diesel_schema_migrations";

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The roles of an installation whose `public` is up to date; makes and changes nothing.
///
/// # Errors
/// [`TenancyError::Behind`] when `public` lacks migrations.
pub(in crate::tenancy) fn present(owner: &Pool, public_version: &str) -> Result<Roles, TenancyError> {
    let behind =
        |found: &str| TenancyError::Behind { found: found.to_owned(), needed: public_version.to_owned() };
    owner.run_blocking("BEGIN; SET LOCAL search_path TO public, pg_temp", |pg| {
        if !holds(pg, "SELECT to_regclass($1) IS NOT NULL AS yes", "public.installation", "")? {
            return Err(behind("empty"));
        }
        let newest: Newest = diesel::sql_query(NEWEST_OF_PUBLIC).get_result(pg)?;
        if newest.version.as_str() < public_version {
            return Err(behind(&newest.version));
        }
        let name: Option<String> = installation::table.select(installation::name).first(pg).optional()?;
        name.map(|name| Roles::of(&name)).ok_or_else(|| behind("without its roles"))
    })?
}

/// The name of this installation, given to it once.
fn installation_name(pg: &mut PgConnection) -> Result<String, TenancyError> {
    let random = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
    diesel::insert_into(installation::table)
        .values((
            installation::singleton.eq(true),
            installation::name.eq(random),
            installation::rights_version.eq(""),
            installation::created_at.eq(chrono::Utc::now()),
        ))
        .on_conflict_do_nothing()
        .execute(pg)?;
    Ok(installation::table.select(installation::name).first(pg)?)
}

/// Makes the role if it is missing and lets a login take it. True when anything was missing.
fn make(pg: &mut PgConnection, role: &str, login: &Login, ask: &str) -> Result<bool, TenancyError> {
    let remedy = |error: diesel::result::Error| {
        TenancyError::Roles(format!(
            "the owner's login may not prepare the role {role} ({error}). Ask the administrator of the \
             server to run: {ask}"
        ))
    };
    let exists = holds(pg, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS yes", role, "")?;
    if !exists {
        pg.batch_execute(&format!("CREATE ROLE {role} NOLOGIN NOINHERIT")).map_err(remedy)?;
    }
    // From PostgreSQL 16 on, whoever makes a role may give it to others, and is a member that may not take it.
    let right = if login.grants_say { "SET" } else { "MEMBER" };
    let may_take = format!("SELECT pg_has_role($2, $1, '{right}') AS yes");
    let granted = holds(pg, &may_take, role, &login.name)?;
    if !granted {
        let quoted = login.name.replace('"', "\"\"");
        let how = if login.grants_say { " WITH INHERIT FALSE" } else { "" };
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
    let sql = "SELECT rolname::text AS name, \
               has_database_privilege(current_database(), 'TEMP') AS makes_temp, \
               current_setting('server_version_num')::int >= 160000 AS grants_say FROM pg_roles WHERE rolname = session_user";
    Ok(diesel::sql_query(sql).get_result(pg)?)
}

/// The wall stands with one login too, since every request takes a role that owns nothing; but then
/// an injected `RESET ROLE` would make a request the owner. What two logins must not be is found by `trial`.
fn warn_of_weak_logins(web: &Login, owner: &Login) {
    if web.name == owner.name {
        tracing::warn!(
            "one database login does everything: give requests one of their own, so that nothing they \
             run can become the owner (set SHOPHOUSE_MIGRATION_URL to the owner's)"
        );
    } else if web.makes_temp {
        tracing::warn!(
            "requests may make temporary tables, and need none: REVOKE TEMPORARY ON DATABASE … FROM PUBLIC"
        );
    }
}
