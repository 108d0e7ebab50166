//! The two database roles that the web login may take, and what each of them may do.
//!
//! Roles belong to the whole PostgreSQL cluster, so their names contain the name of this installation.
//! One shop role serves all shops. With a role per shop, every transaction would slow down as the number of shops
//! grows, because PostgreSQL walks the web login's list of memberships again and again.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::database::Pool;
use crate::schema::public::installation;
use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, begin, begin_owner};
use crate::tenancy::citus::Server;

use super::logins::{self, Login};

/// The names of the roles of this installation.
#[derive(Clone, Debug)]
pub(in crate::tenancy) struct Roles {
    /// May use the shops' tables, under their policies, call the `enter` functions, and set deadlines.
    pub shop: String,
    /// May use the tables of `public`.
    pub public: String,
}

/// The rights of the public role; `{role}` is its name.
const PUBLIC_RIGHTS: &str = "
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT SELECT, INSERT, UPDATE ON public.users, public.sessions, public.refresh_tokens TO {role};
    GRANT SELECT ON public.shops, public.memberships TO {role};
    GRANT UPDATE (name, slug, description, order_hold_minutes, require_second_factor, updated_at) ON public.shops TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON public.idempotency_keys TO {role};
    GRANT EXECUTE ON FUNCTION public.enter_session(uuid, uuid) TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON public.api_keys TO {role};
    GRANT SELECT, DELETE ON public.reset_tokens, public.mailed_resets TO {role};
    GRANT INSERT ON public.outbox TO {role};
    GRANT SELECT, INSERT, DELETE ON public.address_proofs TO {role};
    GRANT SELECT (id, shop_id, email, role, user_id, created_at, expires_at) ON public.invitations TO {role};
    GRANT SELECT, INSERT, DELETE ON public.known_devices TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON public.sign_in_attempts TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON public.totp_factors TO {role};
    GRANT SELECT, INSERT, DELETE ON public.recovery_codes TO {role};
    GRANT SELECT, INSERT ON public.audit_events TO {role};";

/// The rights of the shop role in `public`: to call the `enter` functions, and to set deadlines in the shop it stands in.
const SHOP_RIGHTS: &str = "
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT EXECUTE ON FUNCTION public.enter(uuid, uuid, text, text, text) TO {role};
    GRANT EXECUTE ON FUNCTION public.enter_storefront(text, text) TO {role};
    GRANT EXECUTE ON FUNCTION public.enter_storefront(text, text, text) TO {role};
    GRANT EXECUTE ON FUNCTION public.enter_with_key(bytea, uuid, text, text, text) TO {role};
    GRANT EXECUTE ON FUNCTION public.enter_with_key(bytea, uuid, text, text, text, text) TO {role};
    GRANT EXECUTE ON FUNCTION public.begin_hold(uuid, timestamptz) TO {role};
    GRANT EXECUTE ON FUNCTION public.change_hold(uuid, timestamptz) TO {role};";

/// Makes sure that both roles exist, that the web login may take them, and that they have the rights that the newest
/// migration of `public` needs. When all that is so already, it changes nothing.
///
/// # Errors
/// [`TenancyError::Roles`] says what to ask the administrator for.
pub(in crate::tenancy) fn ensure_roles(
    server: Server,
    owner: &Pool,
    web: &Pool,
    public_version: &str,
    lock_timeout: Duration,
) -> Result<Roles, TenancyError> {
    let web_login = web.run_blocking(&begin(server, Mode::Plain, Duration::ZERO, ""), Login::read)??;
    let begin = begin_owner(server, Mode::ReadWrite, Duration::ZERO, lock_timeout);
    // In a transaction of its own: if roles are missing, the administrator is asked for the same names each time.
    let name = owner.run_blocking(&begin, installation_name)??;
    let roles = Roles::of(&name);
    owner.run_blocking(&begin, |pg| {
        let owner_login = Login::read(pg)?;
        logins::warn_of_weak_ones(&web_login, &owner_login);
        // Locked, so that one of several starting instances creates the roles and the others find them.
        let given: String =
            installation::table.select(installation::rights_version).for_update().first(pg)?;
        let missing = roles.missing(pg)?;
        let remedy = roles.creation_sql(server, &missing, &web_login, &owner_login);
        create(pg, &missing, &remedy)?;
        let new_shop = let_take(pg, &roles.shop, &web_login, &remedy)?;
        let new_public = let_take(pg, &roles.public, &web_login, &remedy)?;
        // The self-test takes the shop role as the owner, who gains no right by that.
        let_take(pg, &roles.shop, &owner_login, &remedy)?;
        if server.signs_in_as_shop_role() && !signs_in(pg, &roles.shop)? {
            server
                .execute(pg, &signing_in(&roles.shop, &owner_login.database))
                .map_err(|error| refused(&roles.shop, &error, &remedy))?;
        }
        if !missing.is_empty() || new_shop || new_public || given != public_version {
            server.execute(pg, &SHOP_RIGHTS.replace("{role}", &roles.shop))?;
            server.execute(pg, &PUBLIC_RIGHTS.replace("{role}", &roles.public))?;
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

    /// Those that do not exist.
    fn missing(&self, pg: &mut PgConnection) -> Result<Vec<&str>, TenancyError> {
        let exists = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS yes";
        let mut missing = Vec::new();
        for role in [&self.shop, &self.public] {
            if !holds(pg, exists, role, "")? {
                missing.push(role.as_str());
            }
        }
        Ok(missing)
    }

    /// What an administrator has to run if the owner may not create roles, or not grant those that somebody else created.
    fn creation_sql(&self, server: Server, missing: &[&str], web: &Login, owner: &Login) -> String {
        let Self { shop, .. } = self;
        let signing_in = if server.signs_in_as_shop_role() {
            format!(" {};", signing_in(shop, &owner.database))
        } else {
            String::new()
        };
        let (to_web, to_owner) = (self.grant_sql(&web.name, web.has_grant_options), owner.grant_sql(shop));
        let created: String = missing.iter().map(|role| format!("CREATE ROLE {role} NOLOGIN; ")).collect();
        format!("{created}{to_web}; {to_owner};{signing_in}")
    }

    /// Lets the web login take both roles.
    pub(in crate::tenancy) fn grant_sql(&self, web: &str, has_grant_options: bool) -> String {
        logins::grant_sql(&format!("{}, {}", self.shop, self.public), web, has_grant_options)
    }
}

/// Lets the coordinator of Citus connect to the workers as a role.
fn signing_in(role: &str, database: &str) -> String {
    let database = database.replace('"', "\"\"");
    format!("ALTER ROLE {role} LOGIN; GRANT CONNECT ON DATABASE \"{database}\" TO {role}")
}

fn signs_in(pg: &mut PgConnection, role: &str) -> Result<bool, TenancyError> {
    let may = "SELECT rolcanlogin AND has_database_privilege(oid, current_database(), 'CONNECT') AS yes \
               FROM pg_roles WHERE rolname = $1";
    holds(pg, may, role, "")
}

fn refused(role: &str, error: &diesel::result::Error, remedy: &str) -> TenancyError {
    TenancyError::Roles(format!(
        "the owner's login may not prepare the role {role} ({error}). Ask the administrator of the \
         server to run: {remedy}"
    ))
}

/// Read without Diesel's harness, which would create the table.
const NEWEST_OF_PUBLIC: &str =
    "SELECT coalesce(max(version::text COLLATE \"C\"), '') AS version FROM __diesel_schema_migrations";

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The roles of an installation whose `public` is up to date. Changes nothing.
///
/// # Errors
/// [`TenancyError::Behind`] when `public` lacks migrations.
pub(in crate::tenancy) fn find_roles(
    server: Server,
    owner: &Pool,
    public_version: &str,
    lock_timeout: Duration,
) -> Result<Roles, TenancyError> {
    let behind =
        |found: &str| TenancyError::Behind { found: found.to_owned(), needed: public_version.to_owned() };
    owner.run_blocking(&begin_owner(server, Mode::Plain, Duration::ZERO, lock_timeout), |pg| {
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

/// The name of this installation, chosen at random when it is first asked for.
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

fn create(pg: &mut PgConnection, roles: &[&str], remedy: &str) -> Result<(), TenancyError> {
    roles.iter().try_for_each(|role| {
        pg.batch_execute(&format!("CREATE ROLE {role} NOLOGIN NOINHERIT"))
            .map_err(|error| refused(role, &error, remedy))
    })
}

/// Lets a login take a role. True if it could not before.
fn let_take(pg: &mut PgConnection, role: &str, login: &Login, remedy: &str) -> Result<bool, TenancyError> {
    // From PostgreSQL 16 on, the creator of a role is a member who may grant it but may not take it.
    let right = if login.has_grant_options { "SET" } else { "MEMBER" };
    let may_take = format!("SELECT pg_has_role($2, $1, '{right}') AS yes");
    if holds(pg, &may_take, role, &login.name)? {
        return Ok(false);
    }
    pg.batch_execute(&login.grant_sql(role)).map_err(|error| refused(role, &error, remedy))?;
    Ok(true)
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
