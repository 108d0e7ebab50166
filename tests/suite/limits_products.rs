//! Limits on the products and variants of a shop, and the counters that they are checked by.

use rocket::http::Method;
use serde_json::{Value, json};
use shophouse::limits::Limit;

use crate::limits_numbers::is_reached;
use crate::support::concurrent::at_once;
use crate::support::tree::trees;
use crate::support::world::{Member, text};
use crate::support::{Answer, Database, World};

/// A product with so many variants.
fn product(title: &str, variants: usize) -> Value {
    let variant = |number| json!({ "options": { "Size": format!("{number}") }, "price": { "amount": 1 } });
    let variants: Vec<Value> = (0..variants).map(variant).collect();
    json!({ "title": title, "options": ["Size"], "variants": variants })
}

/// Checks that the counters have what the tables have.
#[track_caller]
fn are_counted(world: &World, shop: &Member<'_>, products: i64, variants: i64) {
    let (mut sql, schema) = (world.sql(), shop.schema());
    for (name, expected) in [("products", products), ("variants", variants)] {
        let there: i64 = sql.one(format!("SELECT count(*) FROM {schema}.{name}")).parse().unwrap();
        let counted: i64 =
            sql.one(format!("SELECT value FROM {schema}.counters WHERE name = '{name}'")).parse().unwrap();
        assert_eq!((there, counted), (expected, expected), "{name}");
    }
}

fn imports(shop: &Member<'_>, query: &str, products: &[(&str, usize)]) -> Answer {
    let row = |handle: &str, number: usize| {
        let title = if number == 0 { handle } else { "" };
        format!("{handle},{title},Size,{number},1.00\n")
    };
    let rows =
        products.iter().flat_map(|(handle, variants)| (0..*variants).map(move |number| row(handle, number)));
    let header = "Handle,Title,Option1 Name,Option1 Value,Variant Price\n".to_owned();
    shop.imports(query, std::iter::once(header).chain(rows).collect::<String>())
}

#[test]
fn products_and_variants_are_counted_as_they_come_and_go() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    are_counted(&world, &shop, 0, 0);
    let cap = shop.post("/products", product("Cap", 2)).expect(201);
    let path = format!("/products/{}", text(&cap["id"]));
    are_counted(&world, &shop, 1, 2);
    let added = json!({ "options": { "Size": "9" }, "price": { "amount": 1 } });
    let added = shop.post(&format!("{path}/variants"), added).expect(201);
    are_counted(&world, &shop, 1, 3);
    shop.delete(&format!("{path}/variants/{}", text(&added["id"]))).expect(204);
    shop.put(&path, product("Cap", 5)).expect(200);
    are_counted(&world, &shop, 1, 5);
    shop.patch(&path, json!({ "title": "Hat" })).expect(200);
    let query = "?on_conflict=update&variants=replace";
    imports(&shop, query, &[("cap", 3), ("mug", 2), ("bag", 1)]).expect(200);
    are_counted(&world, &shop, 3, 6);
    imports(&shop, "?dry_run=true", &[("pen", 3)]).expect(200);
    shop.post("/products", json!({ "title": "Cap", "handle": "mug", "price": { "amount": 1 } })).expect(409);
    are_counted(&world, &shop, 3, 6);
    shop.delete(&path).expect(204);
    are_counted(&world, &shop, 2, 3);
}

#[test]
fn a_shop_has_so_many_products() {
    let world = World::allowing(&[(Limit::Products, 2)]);
    let ada = world.user("ada");
    let (books, hats) = (ada.opens_shop("books"), ada.opens_shop("hats"));
    let cap = books.sells("Cap");
    books.sells("Mug");
    is_reached(&books.post("/products", product("Bag", 1)), Limit::Products, 2);
    are_counted(&world, &books, 2, 2);
    // What is there may change.
    books.put(&format!("/products/{}", text(&cap["id"])), product("Cap", 3)).expect(200);
    hats.sells("Bag");
    books.delete(&format!("/products/{}", text(&cap["id"]))).expect(204);
    books.sells("Bag");
}

#[test]
fn a_shop_has_so_many_variants() {
    let world = World::allowing(&[(Limit::Variants, 3)]);
    let shop = world.user("ada").opens_shop("books");
    let cap = shop.post("/products", product("Cap", 2)).expect(201);
    let path = format!("/products/{}", text(&cap["id"]));
    is_reached(&shop.post("/products", product("Mug", 2)), Limit::Variants, 3);
    is_reached(&shop.put(&path, product("Cap", 4)), Limit::Variants, 3);
    let variant = |size: &str| json!({ "options": { "Size": size }, "price": { "amount": 1 } });
    shop.post(&format!("{path}/variants"), variant("8")).expect(201);
    is_reached(&shop.post(&format!("{path}/variants"), variant("9")), Limit::Variants, 3);
    are_counted(&world, &shop, 1, 3);
}

#[test]
fn products_created_at_once_do_not_exceed_the_limit() {
    let world = World::allowing(&[(Limit::Products, 3)]);
    let shop = world.user("ada").opens_shop("books");
    let made = at_once(8, &shop, &world, |number, caller| {
        caller.post("/products", product(&format!("Cap {number}"), 1))
    });
    assert_eq!(made.iter().filter(|answer| answer.status == 201).count(), 3);
    are_counted(&world, &shop, 3, 3);
}

#[test]
fn an_import_that_exceeds_a_limit_imports_nothing_and_says_why() {
    let world = World::allowing(&[(Limit::Products, 2), (Limit::Variants, 5)]);
    let shop = world.user("ada").opens_shop("books");
    let three = [("cap", 1), ("mug", 1), ("bag", 1)];
    for query in ["", "?partial=true", "?dry_run=true"] {
        is_reached(&imports(&shop, query, &three), Limit::Products, 2);
        is_reached(&imports(&shop, query, &[("cap", 6)]), Limit::Variants, 5);
    }
    are_counted(&world, &shop, 0, 0);
    imports(&shop, "", &three[..2]).expect(200);
    // What is skipped or updated is not added.
    imports(&shop, "", &three[..2]).expect(200);
    imports(&shop, "?on_conflict=update", &[("cap", 4), ("mug", 1)]).expect(200);
    are_counted(&world, &shop, 2, 5);
}

/// An older release, which still serves the shop during an upgrade, deletes without counting.
#[test]
fn a_counter_that_is_too_high_is_put_right_when_it_matters() {
    let world = World::allowing(&[(Limit::Products, 2), (Limit::Variants, 2)]);
    let shop = world.user("ada").opens_shop("books");
    shop.sells("Cap");
    world
        .sql()
        .run(format!("UPDATE {}.counters SET value = 100 WHERE name <> 'order_number'", shop.schema()));
    shop.sells("Mug");
    are_counted(&world, &shop, 2, 2);
    is_reached(&shop.post("/products", product("Bag", 1)), Limit::Products, 2);
}

#[test]
fn what_a_shop_had_before_the_counters_is_counted_by_the_migration() {
    let world = World::on(Database::alone(), trees());
    let shop = world.user("ada").opens_shop("books");
    shop.post("/products", product("Cap", 3)).expect(201);
    let mut up = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations_tenant"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let up = up.find(|path| path.to_string_lossy().ends_with("_product_counts")).unwrap();
    let [up, down] = ["up.sql", "down.sql"].map(|name| std::fs::read_to_string(up.join(name)).unwrap());
    world.sql().run(format!("SET search_path TO {}; {down} {up}", shop.schema()));
    are_counted(&world, &shop, 1, 3);
    assert_eq!(shop.raw(Method::Get, "/api/v1/products", &[], None).status, 200);
}
