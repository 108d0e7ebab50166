//! Archives: a shop exported and imported in the same installation, and by another release.

use std::cell::Cell;

use serde_json::Value;
use shophouse::tenancy::Tenancy;

use crate::support::archive::{Archive, export, exported, import, imported, lively_shop, schema_of};
use crate::support::catalogue::describe;
use crate::support::database::limits;
use crate::support::goods::variant;
use crate::support::process::{self, Piped};
use crate::support::world::text;
use crate::support::{Sql, World, tree};

/// Every row of a shop, without Diesel's bookkeeping, which has the time at which the schema was created.
fn content(sql: &mut Sql, schema: &str) -> Vec<String> {
    let mut content = sql.content(schema);
    content.retain(|table| !table.starts_with("__diesel"));
    content
}

#[test]
fn a_copy_beside_the_shop_is_the_same_in_all_but_its_slug() {
    let world = World::new();
    let shop = lively_shop(&world, "books");
    let archive = exported(&world, "books");
    let copy = imported(&world, &archive, &["--as", "books-copy", "--grant-members"]);

    let mut sql = world.sql();
    let (old, new) = (shop.schema(), schema_of(&copy));
    assert_eq!(content(&mut sql, &new), content(&mut sql, &old));
    let described = |sql: &mut Sql, schema: &str| {
        let described = describe(sql, schema);
        described.into_iter().map(|line| line.replace(schema, "its schema")).collect::<Vec<_>>()
    };
    assert_eq!(described(&mut sql, &new), described(&mut sql, &old));
    let entry = |slug| {
        format!(
            "SELECT concat_ws(' ', name, description, currency, state, schema_version) FROM shops WHERE slug = '{slug}'"
        )
    };
    assert_eq!(sql.one(entry("books-copy")), sql.one(entry("books")));

    // Exported again, it has the same rows, in another order.
    let rows = |archive: &[u8]| {
        let archive = Archive::parse(archive);
        let tables = archive.manifest()["tables"].as_array().unwrap().clone();
        let sorted = |table: &Value| {
            let name = text(&table["name"]);
            let mut rows: Vec<_> = archive.rows(&name).lines().map(str::to_owned).collect();
            rows.sort_unstable();
            (name, table["columns"].clone(), rows)
        };
        tables.iter().map(sorted).collect::<Vec<_>>()
    };
    assert_eq!(rows(&exported(&world, "books-copy")), rows(&archive));

    // Its members can use it, and its order numbers continue those of the shop.
    let ada = world.nobody().with_token(shop.token.clone().unwrap());
    let token = ada.post("/auth/switch", serde_json::json!({ "shop": "books-copy" })).expect(200);
    let ada = world.nobody().with_token(text(&token["access_token"]));
    assert_eq!(ada.all("/orders?limit=100").len(), 3);
    let product = &ada.all("/products?limit=100")[0];
    assert_eq!(ada.buys(&[(&variant(product, 0), 1)]).expect(201)["number"], 1004);
    assert_eq!(shop.all("/orders?limit=100").len(), 3, "the shop itself is as it was");
}

#[test]
fn an_imported_shop_has_the_same_isolation_as_any_other() {
    let world = World::new();
    let shop = lively_shop(&world, "books");
    let copy = imported(&world, &exported(&world, "books"), &["--as", "copy"]);
    let copy = text(&copy["id"]);
    let switch = shop.post("/auth/switch", serde_json::json!({ "shop": copy }));
    assert_eq!(switch.status, 403, "nobody is a member without being granted it: {switch}");
    let mut sql = world.sql();
    let schema = format!("shop_{}", copy.replace('-', ""));
    let policies = |sql: &mut Sql, schema: &str| {
        sql.column(format!(
            "SELECT concat_ws(' ', tablename, policyname, replace(qual, '{schema}', '')) FROM pg_policies
             WHERE schemaname = '{schema}' ORDER BY 1"
        ))
    };
    assert_eq!(policies(&mut sql, &schema), policies(&mut sql, &shop.schema()));
}

#[test]
fn an_export_is_of_one_moment() {
    let world = World::new();
    let shop = lively_shop(&world, "books");
    let before = content(&mut world.sql(), &shop.schema());
    let (mut bytes, changed) = (Vec::new(), Cell::new(false));
    // The shop changes when the first rows have been read.
    let change = |_: &str, _: u64| {
        if !changed.replace(true) {
            shop.sells("Too late");
            world.sql().run(format!("DELETE FROM {}.stock_movements", shop.schema()));
        }
        true
    };
    world.tenancy.export_shop(shop.shop_id(), &mut bytes, &change).unwrap();
    assert!(changed.get());
    let copy = import(&world.tenancy, &bytes, "copy").unwrap();
    assert_eq!(content(&mut world.sql(), &copy.id.schema()), before);
    assert_ne!(content(&mut world.sql(), &shop.schema()), before);
}

#[test]
fn a_shop_can_be_exported_whatever_its_state() {
    let world = World::new();
    let shop = lively_shop(&world, "books");
    for state in ["suspended", "deleting", "failed"] {
        if state == "failed" {
            shop.shop_becomes("active");
            world.sql().run("UPDATE shops SET state = 'failed', failed_from = 'active'");
        } else {
            shop.shop_becomes(state);
        }
        let archive = exported(&world, "books");
        let manifest = Archive::parse(&archive).manifest();
        assert_eq!(manifest["shop"]["state"], state, "{manifest}");
        let copy = import(&world.tenancy, &archive, "copy").unwrap();
        assert_eq!(world.sql().one("SELECT state FROM shops WHERE slug = 'copy'"), "active");
        assert_eq!(content(&mut world.sql(), &copy.id.schema()), content(&mut world.sql(), &shop.schema()));
        world.sql().run("DELETE FROM shops WHERE slug = 'copy'");
    }
}

#[test]
fn a_shop_of_which_tables_may_be_gone_is_not_exported() {
    let world = World::new();
    let shop = lively_shop(&world, "books");
    shop.shop_becomes("deleting");
    world.sql().run("UPDATE shops SET erasing_since = now()");
    let said = process::refused(&world.database, &["shop", "export", "books"], 1);
    assert!(said.contains("incomplete or gone"), "{said}");
}

/// The engine of the next release, whose last migration needs the rows of the one before.
fn next_release(world: &World) -> Tenancy {
    let up = "ALTER TABLE orders ADD COLUMN customer_email TEXT;
              UPDATE orders SET customer_email = people.email FROM people WHERE people.id = customer_id;
              ALTER TABLE orders ALTER COLUMN customer_email SET NOT NULL;
              INSERT INTO counters (name, value) VALUES ('next', 7);";
    Tenancy::open(world.database.logins(), limits(), tree::next_release(up)).unwrap()
}

#[test]
fn a_later_release_imports_at_the_archives_version_and_then_migrates() {
    let world = World::new();
    let shop = lively_shop(&world, "books");
    let archive = export(&world.tenancy, shop.shop_id());
    let next = next_release(&world);
    let copy = import(&next, &archive, "copy").unwrap();
    assert_eq!(
        (copy.from_version.as_str(), copy.version.as_str()),
        (world.tenancy.tenant_version(), tree::NEXT)
    );
    let mut sql = world.sql();
    let schema = copy.id.schema();
    assert_eq!(
        sql.column(format!("SELECT customer_email FROM {schema}.orders ORDER BY number")),
        ["bob@example.com", "bob@example.com", "ada@example.com"]
    );
    assert_eq!(sql.count(format!("{schema}.counters")), 4);
    let ledger = "SELECT concat_ws(' ', state, schema_version) FROM shops WHERE slug = 'copy'";
    assert_eq!(sql.one(ledger), format!("active {}", tree::NEXT));
    assert_eq!(
        sql.count(format!("{schema}.__diesel_schema_migrations")),
        i64::try_from(tree::trees().tenant().steps().len() + 1).unwrap()
    );

    // An older release refuses a newer archive.
    let newer = export(&next, copy.id);
    let Piped { code, stderr, .. } =
        process::pipe(&world.database, &["shop", "import", "--as", "older"], &newer);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("newer than this binary") && stderr.contains(tree::NEXT), "{stderr}");
    assert_eq!(sql.count("shops"), 2);
}

#[test]
fn a_migration_that_fails_on_the_rows_leaves_nothing_of_the_import() {
    let world = World::new();
    let shop = lively_shop(&world, "books");
    let archive = export(&world.tenancy, shop.shop_id());
    let picky = tree::next_release("ALTER TABLE products ADD CONSTRAINT no_mugs CHECK (title <> 'Mug')");
    let picky = Tenancy::open(world.database.logins(), limits(), picky).unwrap();
    let refused = import(&picky, &archive, "copy").unwrap_err().to_string();
    assert!(refused.contains(tree::NEXT_NAME) && refused.contains("no_mugs"), "{refused}");
    assert_eq!(world.sql().count("pg_namespace WHERE nspname LIKE 'shop\\_%'"), 1);
    assert_eq!(world.sql().count("shops"), 1);
}
