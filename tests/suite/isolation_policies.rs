//! Policies and roles: what any statement inside one shop gets of the others. Only changing `search_path` is not tried:
//! that is not prevented.

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use shophouse::tenancy::TenancyError;

use crate::support::{Login, Member, World, citus, inside};

/// How a statement must end.
enum Outcome {
    /// The query gives no row.
    NoRow,
    /// The statement touches no row.
    NoChange,
    /// PostgreSQL says this.
    Refused(&'static str),
}
use Outcome::{NoChange, NoRow, Refused};

/// `{other}` is the schema of another shop, `{product}` a product in it.
const ATTEMPTS: &[(&str, Outcome)] = &[
    ("SELECT id FROM {other}.products", NoRow),
    ("SELECT id FROM {other}.products WHERE id = '{product}' FOR SHARE", NoRow),
    ("SELECT p.id FROM products o RIGHT JOIN {other}.products p ON true", NoRow),
    ("SELECT email FROM {other}.people", NoRow),
    ("SELECT value FROM {other}.counters", NoRow),
    ("UPDATE {other}.products SET title = 'mine'", NoChange),
    ("DELETE FROM {other}.products", NoChange),
    ("INSERT INTO products SELECT * FROM {other}.products", NoChange),
    (
        "MERGE INTO {other}.counters c USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
        Refused("violates row-level security"),
    ),
    (INSERT_COUNTER, Refused("violates row-level security")),
    ("TRUNCATE {other}.products CASCADE", Refused("permission denied for table")),
    ("TABLE {other}.__diesel_schema_migrations", Refused("permission denied for table")),
    ("COPY {other}.products TO '/dev/null'", Refused("COPY to a file")),
    ("COPY {other}.products TO PROGRAM 'cat'", Refused("an external program")),
    ("COPY counters FROM '/dev/null'", Refused("COPY from a file")),
    // Statistics contain the most common values. As the administrator they are readable, see below.
    ("SELECT tablename FROM pg_stats WHERE schemaname = '{other}'", NoRow),
    ("SELECT statistics_schemaname FROM pg_stats_ext WHERE schemaname = '{other}'", NoRow),
    ("SELECT pg_read_file('PG_VERSION')", Refused("permission denied for function")),
    ("SELECT pg_ls_dir('.')", Refused("permission denied for function")),
    ("SELECT lo_import('/etc/hostname')", Refused("permission denied for function")),
    ("SELECT query_to_xml('TABLE public.users', true, true, '')", Refused("permission denied for table")),
    ("CREATE TABLE mine ()", Refused("permission denied for schema")),
    ("CREATE TABLE public.mine ()", Refused("permission denied for schema")),
    ("CREATE TABLE {other}.mine ()", Refused("permission denied for schema")),
    ("CREATE SCHEMA mine", Refused("permission denied for database")),
    ("CREATE TEMP TABLE products ()", Refused("permission denied to create temporary tables")),
    ("CREATE VIEW v AS TABLE {other}.products", Refused("permission denied for schema")),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", Refused("permission denied for schema")),
    ("DO $$ BEGIN EXECUTE 'DROP POLICY wall ON products';END $$", Refused("must be owner")),
    ("DROP POLICY wall ON {other}.products", Refused("must be owner")),
    ("CREATE POLICY open ON {other}.products USING (true)", Refused("must be owner")),
    ("ALTER TABLE {other}.products DISABLE ROW LEVEL SECURITY", Refused("must be owner")),
    ("DROP TABLE {other}.products", Refused("must be owner")),
    ("DROP SCHEMA {other} CASCADE", Refused("must be owner")),
    ("CREATE INDEX ON {other}.products (title)", Refused("must be owner")),
    // Only warns; the test compares the rights in the end.
    ("GRANT ALL ON {other}.products TO PUBLIC", NoChange),
    ("CREATE ROLE mine", Refused("permission denied to create role")),
    ("SET LOCAL row_security TO off; SELECT id FROM {other}.products", Refused("row-level security policy")),
    ("SET SESSION AUTHORIZATION shophouse_owner", Refused("permission denied")),
    ("SET LOCAL ROLE shophouse_owner", Refused("permission denied to set role")),
    ("TABLE public.users", Refused("permission denied for table")),
    ("TABLE public.sessions", Refused("permission denied for table")),
    ("TABLE public.refresh_tokens", Refused("permission denied for table")),
    ("TABLE public.shops", Refused("permission denied for table")),
    ("TABLE public.memberships", Refused("permission denied for table")),
    ("TABLE public.deadlines", Refused("permission denied for table")),
    ("TABLE public.installation", Refused("permission denied for table")),
    ("TABLE users", Refused("does not exist")),
    ("RESET ROLE; TABLE products", Refused("does not exist")),
    ("RESET ROLE; TABLE {other}.products", Refused("permission denied for schema")),
    ("RESET ROLE; TABLE public.users", Refused("permission denied for schema")),
    ("SET LOCAL ROLE NONE; TABLE {other}.products", Refused("permission denied for schema")),
];

const INSERT_COUNTER: &str = "INSERT INTO {other}.counters (name, value) VALUES ('mine', 1)";

/// How Citus refuses what PostgreSQL alone answers, or refuses with other words.
const ON_CITUS: [&str; 3] = [
    "cannot push down this subquery",
    "non-IMMUTABLE functions are not yet supported in MERGE",
    "must be superuser to COPY to or from a file",
];

/// A world with two shops that each sell something.
pub fn two_shops(world: &World) -> (Member<'_>, Member<'_>, String) {
    let (ours, theirs) = (world.user("ada").opens_shop("ours"), world.user("bob").opens_shop("theirs"));
    ours.sells("Ours");
    let product = theirs.sells("Theirs")["id"].as_str().unwrap().to_owned();
    world.sql().run(format!("ANALYZE {}.products", theirs.schema()));
    (ours, theirs, product)
}

/// Runs statements inside a shop, and returns the number of rows of the last one.
pub fn attempt(world: &World, member: &Member<'_>, statements: String) -> Result<usize, TenancyError> {
    inside(&world.tenancy, member, move |conn| {
        let (before, last) = statements.rsplit_once("; ").unwrap_or(("SELECT 1", &statements));
        conn.pg().batch_execute(before)?;
        Ok(diesel::sql_query(last).execute(conn.pg())?)
    })
}

#[test]
fn no_statement_inside_one_shop_reaches_another() {
    let world = World::new();
    let (ours, theirs, product) = two_shops(&world);
    let mut sql = world.sql();
    let mut content = move |schema: &str| {
        let rights =
            format!("SELECT relacl FROM pg_class WHERE relnamespace = '{schema}'::regnamespace ORDER BY oid");
        (sql.content(schema), sql.column(rights))
    };
    let before = content(&theirs.schema());
    let mut surprises = Vec::new();
    for (template, comes) in ATTEMPTS {
        let statement = template.replace("{other}", &theirs.schema()).replace("{product}", &product);
        let outcome = attempt(&world, &ours, statement);
        match (comes, outcome) {
            (NoRow | NoChange, Ok(0)) => {}
            (Refused(part), Err(error)) if error.to_string().contains(part) => {}
            (_, Err(error))
                if citus::nodes() > 0 && ON_CITUS.iter().any(|said| error.to_string().contains(said)) => {}
            (_, outcome) => surprises.push(format!("{template}: {outcome:?}")),
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    assert_eq!(content(&theirs.schema()), before);
}

#[test]
fn the_attempts_would_find_something_without_policies() {
    let world = World::new();
    let (_, theirs, product) = two_shops(&world);
    let mut owner = world.sql();
    for (template, comes) in ATTEMPTS {
        let statement = template.replace("{other}", &theirs.schema()).replace("{product}", &product);
        // These need the shop as the current schema, which the owner does not have.
        let needs_shop = statement.contains(" products o") || statement.contains("pg_stats_ext");
        // On Citus, the coordinator has no statistics of what is on the workers.
        let needs_shop = needs_shop || (citus::nodes() > 0 && statement.contains("pg_stats"));
        if matches!(comes, NoRow) && !needs_shop {
            assert!(!owner.column(statement).is_empty(), "{template}");
        }
    }
}

#[test]
fn a_conflict_does_not_tell_what_another_shop_has() {
    let world = World::new();
    let (ours, theirs, _) = two_shops(&world);
    let refusal = |name: &str, end: &str| {
        let schema = theirs.schema();
        let insert = format!("INSERT INTO {schema}.counters (name, value) VALUES ('{name}', 1) {end}");
        attempt(&world, &ours, insert).unwrap_err().to_string()
    };
    for end in ["", "ON CONFLICT DO NOTHING", "ON CONFLICT (name) DO UPDATE SET value = excluded.value"] {
        assert_eq!(refusal("order_number", end), refusal("no_such_counter", end), "{end}");
    }
}

#[test]
fn the_web_login_by_itself_may_do_nothing() {
    let world = World::new();
    let (ours, ..) = two_shops(&world);
    let name = world.sql().one("SELECT name FROM installation");
    let mut web = world.database.connect(Login::Web);
    for query in [
        format!("SELECT 1 FROM {}.products", ours.schema()),
        "SELECT 1 FROM public.users".to_owned(),
        "SELECT public.enter(NULL, NULL, NULL, NULL, NULL)".to_owned(),
        "SELECT public.enter_storefront(NULL, NULL)".to_owned(),
        "SELECT public.enter_storefront(NULL, NULL, NULL)".to_owned(),
    ] {
        let error = web.try_column(&query).unwrap_err().to_string();
        assert!(error.contains("permission denied for schema"), "{query}: {error}");
    }
    // NOINHERIT: the login has the rights of a role only after taking it.
    for role in ["shop", "public"] {
        let role = format!("shophouse_{name}_{role}");
        assert_eq!(web.one(format!("SELECT pg_has_role('{role}', 'MEMBER')")), "true");
        assert_eq!(web.one(format!("SELECT pg_has_role('{role}', 'USAGE')")), "false");
    }
    // The installations of other tests have their own roles, with rights in their own databases.
    let others = "SELECT roleid::regrole FROM pg_auth_members WHERE member = current_user::regrole
                  AND roleid::regrole::text !~ '^shophouse_[a-z0-9]+_(shop|public)$'";
    assert_eq!(web.column(others), [""; 0]);
}

#[test]
fn the_shop_role_may_only_call_the_enter_functions_in_public() {
    let world = World::new();
    let (ours, ..) = two_shops(&world);
    let role = format!("shophouse_{}_shop", world.sql().one("SELECT name FROM installation"));
    let mut admin = world.database.connect(Login::Admin);
    let may = |privileges: &str| format!("has_table_privilege('{role}', c.oid, '{privileges}')");
    let in_public = format!(
        "SELECT c.relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND {}",
        may("SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER")
    );
    assert_eq!(admin.column(in_public), [""; 0]);
    let functions = format!(
        "SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
         AND has_function_privilege('{role}', p.oid, 'EXECUTE') ORDER BY proname"
    );
    assert_eq!(
        admin.column(functions),
        [
            "begin_hold",
            "change_hold",
            "enter",
            "enter_storefront",
            "enter_storefront",
            "enter_with_key",
            "enter_with_key"
        ]
    );
    let too_much = format!(
        "SELECT c.relname FROM pg_class c WHERE relnamespace = '{}'::regnamespace AND relkind = 'r' AND {}",
        ours.schema(),
        may("TRUNCATE, REFERENCES, TRIGGER")
    );
    assert_eq!(admin.column(too_much), [""; 0]);
    let owns = format!("SELECT 1 FROM pg_shdepend WHERE refobjid = '{role}'::regrole AND deptype = 'o'");
    assert_eq!(admin.column(owns), [""; 0]);
    for privilege in ["CREATE", "TEMP"] {
        let may = format!("SELECT has_database_privilege('{role}', current_database(), '{privilege}')");
        assert_eq!(admin.one(may), "false", "{privilege}");
    }
}

#[test]
fn every_table_of_a_shop_has_its_policy() {
    let world = World::new();
    let (ours, ..) = two_shops(&world);
    let open = format!(
        "SELECT c.relname FROM pg_class c WHERE relnamespace = '{}'::regnamespace AND relkind IN ('r', 'p')
         AND relname <> '__diesel_schema_migrations'
         AND NOT (relrowsecurity AND ARRAY['wall'] =
                  (SELECT array_agg(polname::text) FROM pg_policy WHERE polrelid = c.oid))",
        ours.schema()
    );
    assert_eq!(world.sql().column(open), [""; 0]);
}
