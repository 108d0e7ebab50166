//! Whatever would bypass the isolation of tenants is refused when a tenant migration makes it.

use shophouse::tenancy::{Tenancy, TenancyError};

use crate::support::database::limits;
use crate::support::{World, citus, tree};

/// What a migration makes, and what the error names.
const BYPASSES: &[(&str, &str)] = &[
    ("CREATE VIEW titles AS SELECT title FROM products", "view titles"),
    ("CREATE VIEW titles WITH (security_invoker = false) AS SELECT title FROM products", "view titles"),
    ("CREATE MATERIALIZED VIEW titles AS SELECT title FROM products", "materialised view titles"),
    (
        "CREATE FUNCTION titles() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER \
         AS 'SELECT title FROM products'",
        "function titles",
    ),
    ("CREATE PROCEDURE forget() LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM products'", "function forget"),
    ("CREATE SEQUENCE numbers", "sequence numbers"),
    ("CREATE TABLE parcels (id SERIAL PRIMARY KEY)", "sequence parcels_id_seq"),
    ("CREATE TABLE parcels (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY)", "sequence parcels_id_seq"),
    ("SELECT lo_create(0)", "large object"),
    (
        "CREATE TABLE parcels (id UUID PRIMARY KEY, user_id UUID REFERENCES public.users (id))",
        "table parcels: a foreign key leaves the schema",
    ),
    (
        "ALTER TABLE orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (customer_id) \
         REFERENCES public.users (id)",
        "table orders: a foreign key leaves the schema",
    ),
    ("CREATE POLICY open ON products USING (true)", "table products: has a second policy"),
];

/// What bypasses nothing, and must be accepted.
const ACCEPTED: &[&str] = &[
    "CREATE TABLE parcels (id UUID PRIMARY KEY, order_id UUID REFERENCES orders (id))",
    "CREATE VIEW titles WITH (security_invoker = true) AS SELECT title FROM products",
    "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE products ADD COLUMN weight BIGINT",
    "CREATE INDEX products_vendor_idx ON products (vendor)",
    "CREATE TABLE parcels (id UUID, year INT, PRIMARY KEY (id, year)) PARTITION BY RANGE (year)",
];

fn engine(world: &World, up: &str) -> Tenancy {
    let trees = tree::next_release(up);
    Tenancy::open(world.database.logins(), limits(), trees).unwrap()
}

#[test]
fn a_migration_that_would_bypass_isolation_is_refused_and_undone() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    shop.sells("Kept");
    let objects = format!(
        "SELECT relname || relkind::text || relacl::text FROM pg_class
         WHERE relnamespace = '{0}'::regnamespace ORDER BY 1",
        shop.schema()
    );
    let before = world.sql().column(&objects);
    for (up, what) in BYPASSES {
        let report = tree::migrate(&engine(&world, up));
        assert_eq!(report.migrated, 0, "{up}");
        let [failure] = &report.failed[..] else { panic!("{up}: {report:?}") };
        // Citus refuses these itself.
        if citus::nodes() > 0 && failure.error.to_string().contains("must be a distributed table") {
            continue;
        }
        assert!(matches!(failure.error, TenancyError::Bypass { .. }), "{up}: {failure:?}");
        assert!(failure.error.to_string().contains(what), "{up}: {}", failure.error);
        assert_eq!(world.sql().column(&objects), before, "{up}");
    }
}

#[test]
fn a_new_shop_does_not_get_a_bypass_either() {
    let world = World::new().restarted_with(tree::next_release(BYPASSES[0].0));
    let ada = world.user("ada");
    ada.post("/shops", serde_json::json!({ "name": "Books", "slug": "books" }))
        .expect_problem(500, "internal");
    assert_eq!(world.sql().count("shops"), 0);
}

#[test]
fn a_migration_that_keeps_isolation_is_accepted() {
    for up in ACCEPTED {
        let world = World::new();
        world.user("ada").opens_shop("books");
        let report = tree::migrate(&engine(&world, up));
        assert_eq!((report.migrated, report.failed.len()), (1, 0), "{up}: {report:?}");
    }
}

/// Whether every table of the one shop has the right policy, and row-level security is enabled.
fn is_isolated(world: &World) -> String {
    let expression = if citus::nodes() > 0 {
        "E'\\nCASE\\n    WHEN (\"current_schema\"() = %L::name) THEN true\\n    ELSE false\\nEND'"
    } else {
        "'( SELECT (\"current_schema\"() = %L::name))'"
    };
    world.sql().one(format!(
        "SELECT bool_and(relrowsecurity AND pg_get_expr(polqual, c.oid) = format({expression}, nspname)) FROM pg_class c
         JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_policy ON polrelid = c.oid
         WHERE nspname LIKE 'shop%' AND relkind = 'r' AND relname <> '__diesel_schema_migrations'"
    ))
}

#[test]
fn a_migration_leaves_the_policy_on_every_table_whatever_it_did() {
    for up in [
        "CREATE TABLE parcels (id UUID PRIMARY KEY)",
        "ALTER TABLE products DISABLE ROW LEVEL SECURITY",
        "DROP POLICY wall ON products",
        "ALTER POLICY wall ON products USING (true)",
        "CREATE TABLE parcels (id UUID PRIMARY KEY); CREATE POLICY wall ON parcels USING (true);
         ALTER TABLE parcels ENABLE ROW LEVEL SECURITY",
        "DROP POLICY wall ON products; CREATE POLICY wall ON products FOR SELECT
         USING ((SELECT current_schema()) LIKE 'shop%')",
    ] {
        let world = World::new();
        world.user("ada").opens_shop("books");
        assert_eq!(is_isolated(&world), "true");
        tree::migrate(&engine(&world, up));
        assert_eq!(is_isolated(&world), "true", "{up}");
    }
}
