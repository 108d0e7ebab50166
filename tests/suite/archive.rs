//! A shop in a file: exported and imported, here, in another installation, and by another release.

use std::cell::Cell;

use serde_json::Value;
use shophouse::tenancy::Tenancy;

use crate::support::archive::{Archive, export, import};
use crate::support::catalogue::describe;
use crate::support::database::limits;
use crate::support::goods::variant;
use crate::support::process::{self, Piped};
use crate::support::world::text;
use crate::support::{Member, Sql, World, tree};

/// A shop in which much has happened: products, orders of two customers, one of them undone, and awkward text.
fn lively_shop<'w>(world: &'w World, slug: &str) -> Member<'w> {
    let shop = world.user("ada").opens_shop(slug);
    let shirt = shop.sells("Line\nbreak, tab\t, back\\slash, \\N, \\., \"quotes\", ünï\u{1f9f5}");
    let mug = shop.sells("Mug");
    let bob = shop.joined_by("bob", "customer");
    let order = bob.buys(&[(&variant(&shirt, 0), 2), (&variant(&mug, 0), 1)]).expect(201);
    shop.takes(&order, "pay").expect(200);
    let undone = bob.buys(&[(&variant(&mug, 0), 3)]).expect(201);
    shop.takes(&undone, "cancel").expect(200);
    shop.buys(&[(&variant(&mug, 0), 1)]).expect(201);
    shop
}

/// Every row of a shop, Diesel's bookkeeping left out: it has the time at which a schema was made.
fn content(sql: &mut Sql, schema: &str) -> Vec<String> {
    let mut content = sql.content(schema);
    content.retain(|table| !table.starts_with("__diesel"));
    content
}

/// The archive that the command writes.
fn exported(world: &World, slug: &str) -> Vec<u8> {
    let Piped { code, stdout, stderr } = process::pipe(&world.database, &["shop", "export", slug], b"");
    assert_eq!(code, Some(0), "{stderr}");
    stdout
}

/// What `shop import … --json` says.
fn imported(world: &World, archive: &[u8], arguments: &[&str]) -> Value {
    let arguments = [&["shop", "import", "--json"], arguments].concat();
    let Piped { code, stdout, stderr } = process::pipe(&world.database, &arguments, archive);
    assert_eq!(code, Some(0), "{stderr}");
    serde_json::from_slice(&stdout).unwrap()
}

fn schema_of(imported: &Value) -> String {
    format!("shop_{}", text(&imported["id"]).replace('-', ""))
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

    // Exported again it is the same, but for the order of the rows.
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

    // Its members work in it, and its numbers go on where the shop's stood.
    let ada = world.nobody().with_token(shop.token.clone().unwrap());
    let token = ada.post("/auth/switch", serde_json::json!({ "shop": "books-copy" })).expect(200);
    let ada = world.nobody().with_token(text(&token["access_token"]));
    assert_eq!(ada.all("/orders?limit=100").len(), 3);
    let product = &ada.all("/products?limit=100")[0];
    assert_eq!(ada.buys(&[(&variant(product, 0), 1)]).expect(201)["number"], 1004);
    assert_eq!(shop.all("/orders?limit=100").len(), 3, "the shop itself is as it was");
}

#[test]
fn the_wall_stands_around_an_imported_shop() {
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
fn people_become_the_users_that_have_their_emails_here() {
    let (here, there) = (World::new(), World::new());
    lively_shop(&here, "books");
    let ada = there.user("ada");
    let archive = exported(&here, "books");
    let told = imported(&there, &archive, &["--owner", "Ada@example.com"]);
    assert_eq!(told["people"]["matched"], 1);
    assert_eq!(
        told["people"]["unknown"],
        serde_json::json!([{ "email": "bob@example.com", "role": "customer" }])
    );
    assert_eq!((&told["people"]["granted"], &told["people"]["has_owner"]), (&false.into(), &true.into()));

    let mut sql = there.sql();
    let schema = schema_of(&told);
    let people = format!(
        "SELECT concat_ws(' ', email, u.id IS NOT NULL) FROM {schema}.people p
                          LEFT JOIN users u USING (id, email) ORDER BY 1"
    );
    assert_eq!(sql.column(people), ["ada@example.com t", "bob@example.com f"]);
    assert_eq!(
        sql.column(format!(
            "SELECT concat_ws(' ', number, p.email) FROM {schema}.orders o JOIN {schema}.people p ON p.id = o.customer_id
             ORDER BY 1"
        )),
        ["1001 bob@example.com", "1002 bob@example.com", "1003 ada@example.com"]
    );
    let strangers = Archive::parse(&archive).rows("people");
    for line in strangers.lines() {
        let old = line.split('\t').next().unwrap();
        assert_eq!(sql.count(format!("{schema}.people WHERE id = '{old}'")), 0, "an id from elsewhere");
    }
    assert_eq!(
        sql.column("SELECT concat_ws(' ', user_id, role) FROM memberships"),
        [format!("{} owner", ada.id)]
    );
    assert_eq!(ada.in_shop(&text(&told["id"])).all("/orders?limit=100").len(), 3);
}

#[test]
fn members_get_their_roles_back_only_when_that_is_asked_for() {
    let (here, there) = (World::new(), World::new());
    lively_shop(&here, "books").joined_by("eve", "staff");
    for name in ["ada", "eve"] {
        there.user(name);
    }
    let archive = exported(&here, "books");
    let run = |arguments: &[&str]| {
        let Piped { code, stdout, stderr } =
            process::pipe(&there.database, &[&["shop", "import"], arguments].concat(), &archive);
        assert_eq!(code, Some(0), "{stderr}");
        String::from_utf8(stdout).unwrap()
    };
    let roles = |slug: &str| {
        there.sql().column(format!(
            "SELECT concat_ws(' ', email, role) FROM memberships m JOIN users u ON u.id = user_id
             JOIN shops s ON s.id = shop_id WHERE slug = '{slug}' ORDER BY 1"
        ))
    };
    let told = run(&[]);
    assert!(told.contains("  bob@example.com (customer)\n"), "{told}");
    assert!(told.contains("  eve@example.com (staff)\n") && told.contains("--grant-members"), "{told}");
    assert!(told.contains("has no owner") && told.contains("--owner EMAIL"), "{told}");
    let has_orders = |line: &str| line.split_whitespace().collect::<Vec<_>>() == ["orders", "3"];
    assert!(told.lines().any(has_orders), "{told}");
    assert_eq!(roles("books"), [""; 0]);

    let told = run(&["--as", "granted", "--grant-members"]);
    assert!(!told.contains("has no owner"), "{told}");
    assert_eq!(roles("granted"), ["ada@example.com owner", "eve@example.com staff"]);

    run(&["--as", "eves", "--grant-members", "--owner", "eve@example.com"]);
    assert_eq!(roles("eves"), ["ada@example.com owner", "eve@example.com owner"]);
}

#[test]
fn of_two_people_with_one_email_only_the_member_is_the_user() {
    let world = World::new();
    let shop = lively_shop(&world, "books");
    let stranger = "00000000-0000-4000-8000-000000000001";
    world.sql().run(format!(
        "INSERT INTO {}.people (id, email, name, created_at) VALUES ('{stranger}', 'ada@example.com', 'Ada', now())",
        shop.schema()
    ));
    let copy = imported(&world, &exported(&world, "books"), &["--as", "copy"]);
    assert_eq!(copy["people"]["matched"], 2);
    assert_eq!(copy["people"]["unknown"], serde_json::json!([]));
    let mut sql = world.sql();
    let schema = schema_of(&copy);
    assert_eq!(sql.count(format!("{schema}.people WHERE email = 'ada@example.com'")), 2);
    assert_eq!(sql.count(format!("{schema}.people WHERE id = '{}'", shop.user)), 1);
    assert_eq!(sql.count(format!("{schema}.orders WHERE customer_id = '{}'", shop.user)), 1);
}

#[test]
fn an_export_is_of_one_moment() {
    let world = World::new();
    let shop = lively_shop(&world, "books");
    let before = content(&mut world.sql(), &shop.schema());
    let (mut bytes, changed) = (Vec::new(), Cell::new(false));
    // The first rows are through when the shop changes.
    let meddle = |_: &str, _: u64| {
        if !changed.replace(true) {
            shop.sells("Too late");
            world.sql().run(format!("DELETE FROM {}.stock_movements", shop.schema()));
        }
        true
    };
    world.tenancy.export_shop(shop.shop_id(), &mut bytes, &meddle).unwrap();
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
    assert!(said.contains("no whole schema"), "{said}");
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
    assert_eq!(sql.count(format!("{schema}.counters")), 2);
    let ledger = "SELECT concat_ws(' ', state, schema_version) FROM shops WHERE slug = 'copy'";
    assert_eq!(sql.one(ledger), format!("active {}", tree::NEXT));
    assert_eq!(
        sql.count(format!("{schema}.__diesel_schema_migrations")),
        i64::try_from(tree::trees().tenant().steps().len() + 1).unwrap()
    );

    // The other way round it is refused, by the binary too.
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
