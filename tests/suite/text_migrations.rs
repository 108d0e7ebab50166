//! The migrations that bring text which was stored before into its one form.

use serde_json::{Value, json};

use crate::support::goods::each;
use crate::support::process::done;
use crate::support::tree::trees;
use crate::support::world::{PASSWORD, text};
use crate::support::{Database, World};
use crate::text::{encoded, product, register, sign_in};

/// Runs the newest migration with this name again, on a schema.
fn run_migration(world: &World, schema: &str, name: &str) {
    use diesel::migration::{Migration, MigrationSource};
    use diesel::pg::Pg;

    let mut sql = world.sql();
    sql.run(format!("SET search_path TO {schema}, pg_temp"));
    let trees = trees();
    let tree = if schema == "public" { trees.public() } else { trees.tenant() };
    let migrations: Vec<Box<dyn Migration<Pg>>> = tree.migrations().unwrap();
    let found = migrations.iter().find(|migration| migration.name().to_string().ends_with(name)).unwrap();
    found.run(&mut sql.0).unwrap();
    found.revert(&mut sql.0).unwrap();
}

fn stored_before(world: &World, table: &str, column: &str, was: &str, becomes: &str) {
    world.sql().run(format!("UPDATE {table} SET {column} = U&'{becomes}' WHERE {column} = '{was}'"));
}

#[test]
fn addresses_that_were_stored_before_become_normal_where_nobody_else_has_them() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("loft");
    for name in ["alone", "pasted", "first", "second", "taken", "taker"] {
        register(&world, &format!("{name}@example.com")).expect(201);
    }
    for (was, becomes) in [
        ("alone@example.com", "ju\\0308rgen@example.com"),
        ("pasted@example.com", "\\FEFFpasted@exa\\200Bmple.com"),
        ("first@example.com", "twin\\00AD@example.com"),
        ("second@example.com", "\\00ADtwin@example.com"),
        ("taken@example.com", "k\\006F\\0308ln@example.com"),
        ("taker@example.com", "k\\00F6ln@example.com"),
    ] {
        stored_before(&world, "users", "email", was, becomes);
    }
    let invite = |email: &str| shop.asks_to_invite(email, "staff");
    let token = text(&invite("guest@example.com").expect(201)["token"]);
    stored_before(&world, "invitations", "email", "guest@example.com", "gu\\0308st@example.com");
    run_migration(&world, "public", "_normal_emails");

    for email in
        ["j\u{fc}rgen@example.com", "pasted@example.com", "twin@example.com", "k\u{f6}ln@example.com"]
    {
        sign_in(&world, email).expect(200);
    }
    let body =
        json!({ "email": "g\u{fc}st@example.com", "password": PASSWORD, "name": "G", "invitation": token });
    world.nobody().post("/auth/register", body).expect(201);
    let listed: Value = serde_json::from_str(&done(&world.database, &["status", "--json"])).unwrap();
    let left = each(listed["unreachable_users"].as_array().unwrap(), "email");
    assert_eq!(left, ["\u{ad}twin@example.com", "ko\u{308}ln@example.com"]);
}

#[test]
fn what_was_stored_before_in_a_shop_becomes_normal_where_it_does_not_clash() {
    let world = World::on(Database::alone(), trees());
    let ada = world.user("ada").opens_shop("loft");
    let names = ["a", "b", "c", "d", "e"];
    let ids = names.map(|name| text(&ada.post("/products", product(name)).expect(201)["id"]));
    let twin = json!({ "title": "T", "options": ["n", "m"], "variants": [
        { "options": { "n": "x", "m": "1" }, "price": { "amount": 1 } }, { "options": { "n": "y", "m": "1" }, "price": { "amount": 1 } }] });
    let twin = text(&ada.post("/products", twin).expect(201)["id"]);
    let schema = ada.schema();
    let mut sql = world.sql();
    sql.run(format!("SET search_path TO {schema}"));
    let old = "U&'ju\\0308rgen'";
    for (id, sku) in ids.iter().zip([old, "U&'ko\\0308ln'", "U&'k\\00F6ln'", "'d'", "'e'"]) {
        sql.run(format!(
            "UPDATE variants SET sku = {sku}, barcode = {old}, options = ARRAY[{old}] WHERE product_id = '{id}';
             UPDATE products SET vendor = {old}, product_type = {old}, options = ARRAY[{old}], tags = ARRAY['z', {old}, U&'j\\00FCrgen']
             WHERE id = '{id}'"
        ));
    }
    for (id, handle) in ids.iter().zip(["\\FE0F-mug", "m\\FE0Fug", "\\FE0F", "\\3164", "plain"]) {
        sql.run(format!("UPDATE products SET handle = U&'{handle}' WHERE id = '{id}'"));
    }
    sql.run(format!(
        "UPDATE variants SET options = ARRAY[U&'u\\0308', '1'] WHERE product_id = '{twin}' AND position = 1;
         UPDATE variants SET options = ARRAY[U&'\\00FC', '1'] WHERE product_id = '{twin}' AND position = 2;
         UPDATE products SET options = ARRAY[U&'u\\0308', U&'\\00FC'] WHERE id = '{twin}';
         UPDATE people SET email = U&'\\FEFFju\\0308rgen@example.com'"
    ));
    run_migration(&world, &schema, "_normal_text");

    let found = |filter: &str| ada.all(&format!("/products?{filter}={}", encoded("j\u{fc}rgen"))).len();
    assert_eq!(["vendor", "product_type"].map(found), [5, 5]);
    let read = |id: &String| ada.get(&format!("/products/{id}")).expect(200);
    let products: Vec<Value> = ids.iter().map(read).collect();
    for product in &products {
        assert_eq!((&product["tags"], &product["options"]), (&json!(["z", "jürgen"]), &json!(["jürgen"])));
        assert_eq!(product["variants"][0]["options"], json!({ "jürgen": "jürgen" }));
        assert_eq!(product["variants"][0]["barcode"], "jürgen");
    }
    let skus: Vec<&Value> = products.iter().map(|product| &product["variants"][0]["sku"]).collect();
    assert_eq!(skus, ["j\u{fc}rgen", "ko\u{308}ln", "k\u{f6}ln", "d", "e"]);
    let handles = each(&products, "handle");
    let suffixed = |base: &str, index: usize| format!("{base}{}", ids[index].replace('-', ""));
    assert_eq!(handles, ["mug", &suffixed("mug-", 1), &suffixed("", 2), &suffixed("", 3), "plain"]);
    for handle in &handles {
        world.nobody().get(&format!("/storefront/loft/products/{handle}")).expect(200);
    }
    assert_eq!(read(&twin)["options"], json!(["u\u{308}", "\u{fc}"]), "two options stay two");
    assert_eq!(sql.count("variants WHERE options[1] IS NOT NFC NORMALIZED"), 1, "two variants stay two");
    assert_eq!(sql.column("SELECT email FROM people"), ["j\u{fc}rgen@example.com"]);
}
