//! Drift: every difference between a shop and what the migrations make is found, and nothing else.

use serde_json::{Value, json};
use shophouse::tenancy::{DriftReport, Tenancy};

use crate::support::World;
use crate::support::database::limits;
use crate::support::process::{done, refused, run};
use crate::support::tree::{NEXT, migrate, next_release, trees};

/// What is done to a shop, and the differences that must be found.
const TAMPERING: &[(&str, &[&str])] = &[
    (
        "CREATE TABLE hack (id INT PRIMARY KEY)",
        &["unexpected relation hack", "unexpected column hack.id", "unexpected index hack_pkey"],
    ),
    ("DROP TABLE order_events", &["missing relation order_events", "missing policy wall on order_events"]),
    ("ALTER TABLE products ADD COLUMN hack INT", &["unexpected column products.hack"]),
    ("ALTER TABLE products DROP COLUMN vendor", &["missing column products.vendor"]),
    ("ALTER TABLE products ALTER title TYPE VARCHAR(9)", &["changed column products.title"]),
    ("ALTER TABLE products ALTER title DROP NOT NULL", &["changed column products.title"]),
    ("ALTER TABLE products ALTER title SET DEFAULT 'x'", &["changed column products.title"]),
    (
        "ALTER TABLE products DROP CONSTRAINT products_status_check",
        &["missing constraint products_status_check on products"],
    ),
    (
        "ALTER TABLE variants DROP CONSTRAINT variants_grams_check,
         ADD CONSTRAINT variants_grams_check CHECK (grams >= -1)",
        &["changed constraint variants_grams_check on variants"],
    ),
    ("DROP INDEX products_title_idx", &["missing index products_title_idx"]),
    (
        "DROP INDEX products_title_idx; CREATE INDEX products_title_idx ON products (title)",
        &["changed index products_title_idx"],
    ),
    ("DROP POLICY wall ON products", &["missing policy wall on products"]),
    ("ALTER POLICY wall ON products USING (true)", &["changed policy wall on products"]),
    ("CREATE POLICY extra ON products USING (true)", &["unexpected policy extra on products"]),
    ("ALTER TABLE products DISABLE ROW LEVEL SECURITY", &["changed relation products"]),
    ("GRANT SELECT ON products TO PUBLIC", &["changed relation products"]),
    ("GRANT SELECT (title) ON products TO PUBLIC", &["changed column products.title"]),
    ("GRANT CREATE ON SCHEMA {schema} TO PUBLIC", &["changed schema"]),
    ("CREATE VIEW seen AS SELECT 1 AS one", &["unexpected relation seen", "unexpected column seen.one"]),
    ("CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 1'", &["unexpected function f()"]),
    ("CREATE TYPE mood AS ENUM ('good')", &["unexpected type mood"]),
    (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER watch BEFORE INSERT ON products EXECUTE FUNCTION f()",
        &["unexpected trigger watch on products"],
    ),
];

fn compare(engine: &Tenancy) -> DriftReport {
    engine.drift(None, || false, |_, _| {}).unwrap()
}

/// The differences of the only shop of a report, as text.
fn found(report: &DriftReport) -> Vec<String> {
    let report = serde_json::to_value(report).unwrap();
    let differences = report["drifted"][0]["differences"].as_array().cloned().unwrap_or_default();
    let words = |found: &Value| format!("{} {}", found["kind"], found["object"]).replace('"', "");
    differences.iter().map(words).collect()
}

#[test]
fn whatever_was_done_to_a_shop_by_hand_is_found_in_that_shop_alone() {
    let world = World::new();
    let ada = world.user("ada");
    ada.opens_shop("as-it-should-be");
    assert!(compare(&world.tenancy).is_clean());
    for (number, (tampering, expected)) in TAMPERING.iter().enumerate() {
        let shop = ada.opens_shop(&format!("shop-{number}"));
        let tampering = tampering.replace("{schema}", &shop.schema());
        world.sql().run(format!("SET search_path TO {}; {tampering}", shop.schema()));
        let report = world.tenancy.drift(Some(shop.shop_id()), || false, |_, _| {}).unwrap();
        let found = found(&report);
        for words in *expected {
            assert!(found.iter().any(|found| found == words), "{tampering}: {words} is not among {found:?}");
        }
    }
    let report = compare(&world.tenancy);
    assert_eq!((report.compared, report.drifted.len()), (TAMPERING.len() + 1, TAMPERING.len()));
}

#[test]
fn shops_are_compared_at_their_own_version_and_nothing_is_left_of_the_comparison() {
    let world = World::new();
    let ada = world.user("ada");
    let (old, new) = (ada.opens_shop("old"), ada.opens_shop("new"));
    let up = "ALTER TABLE products ADD COLUMN weight BIGINT; CREATE INDEX products_weight_idx ON products (weight)";
    let next = Tenancy::open(world.database.logins(), limits(), next_release(up)).unwrap();
    let is_deleting = "UPDATE shops SET state = 'deleting', deleted_from = 'active', deleted_at = now(), erase_after = now()
                   WHERE slug = 'old'";
    world.sql().run(is_deleting);
    assert_eq!(migrate(&next).migrated, 1);
    old.shop_becomes("active");
    let schemas = "SELECT nspname FROM pg_namespace ORDER BY 1";
    let before = world.sql().column(schemas);
    let report = compare(&next);
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.compared, report.unknown), (2, 0));
    // The older binary does not know what the newer shop should be like.
    let older = Tenancy::open(world.database.logins(), limits(), trees()).unwrap();
    let report = compare(&older);
    assert_eq!((report.compared, report.unknown, report.is_clean()), (1, 1, true));
    // The newer shop loses an index of the newer version.
    world.sql().run(format!("DROP INDEX {}.products_weight_idx", new.schema()));
    assert_eq!(found(&compare(&next)), ["missing index products_weight_idx"]);
    assert_eq!(compare(&next).drifted[0].schema_version, NEXT);
    assert_eq!(world.sql().column(schemas), before);
}

#[test]
fn the_command_prints_what_differs_by_shop_and_exits_with_3() {
    let world = World::new();
    assert_eq!(done(&world.database, &["drift"]), "0 shops compared, 0 differ\n");
    let ada = world.user("ada");
    let (books, _) = (ada.opens_shop("books"), ada.opens_shop("other"));
    assert_eq!(done(&world.database, &["drift"]), "2 shops compared, 0 differ\n");
    world.sql().run(format!("ALTER TABLE {}.products ALTER title DROP NOT NULL", books.schema()));
    let ended = run(&world.database, &["drift"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let version = world.tenancy.tenant_version();
    for line in [
        format!("books, at version {version}:").as_str(),
        "  changed     column products.title",
        "    expected: text NOT NULL COLLATE \"default\"",
        "    found:    text COLLATE \"default\"",
        "2 shops compared, 1 differ",
    ] {
        assert!(ended.stdout.lines().any(|printed| printed == line), "{line}: {}", ended.stdout);
    }
    assert!(ended.stderr.contains("drift found: 1 shops differ"), "{}", ended.stderr);
    let ended = run(&world.database, &["drift", "--json"]);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.code, &report["drifted"][0]["slug"]), (Some(3), &json!("books")));

    assert_eq!(run(&world.database, &["drift", "--shop", "books"]).code, Some(3));
    assert_eq!(done(&world.database, &["drift", "--shop", "other"]), "1 shops compared, 0 differ\n");
    assert!(refused(&world.database, &["drift", "--shop", "none"], 1).contains("there is no shop none"));
}

#[test]
fn schemas_without_a_shop_and_shops_without_a_schema_are_found() {
    let world = World::new();
    let ada = world.user("ada");
    let (gone, _) = (ada.opens_shop("gone"), ada.opens_shop("intact"));
    let orphan = "shop_0198c0de000070008000000000000000";
    world.sql().run(format!("CREATE SCHEMA {orphan}; CREATE SCHEMA shop_floor; CREATE SCHEMA shopping"));
    let report = compare(&world.tenancy);
    assert_eq!(report.orphans, [orphan]);
    let ended = run(&world.database, &["drift"]);
    assert_eq!(ended.code, Some(3));
    assert!(
        ended.stdout.contains(&format!("{orphan}: a schema that belongs to no shop")),
        "{}",
        ended.stdout
    );
    world.sql().run(format!("DROP SCHEMA {orphan}; DROP SCHEMA {} CASCADE", gone.schema()));
    let report = compare(&world.tenancy);
    assert_eq!((report.drifted.len(), report.drifted[0].slug.as_str()), (1, "gone"));
    assert_eq!(found(&report), ["missing schema"]);
}

#[test]
fn a_shop_that_lost_everything_does_not_fill_the_report() {
    let world = World::new();
    let schema = world.user("ada").opens_shop("books").schema();
    world.sql().run(format!("DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}"));
    let report = compare(&world.tenancy);
    assert_eq!(report.drifted[0].differences.len(), 20);
    assert!(report.drifted[0].count > 100, "{}", report.drifted[0].count);
    assert!(run(&world.database, &["drift"]).stdout.contains(" more\n"));
}
