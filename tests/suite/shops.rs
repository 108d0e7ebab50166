//! Shops as their people see them: opening, listing, reading, changing.

use serde_json::{Value, json};

use crate::support::World;
use crate::support::world::text;

#[test]
fn a_new_shop_is_shown_to_its_owner() {
    let world = World::new();
    let ada = world.user("ada");
    let body =
        json!({ "name": " Ada's Books ", "slug": "books", "description": "Old ones", "currency": "EUR" });
    let answer = ada.post("/shops", body);
    let shop = answer.expect(201);
    let id = text(&shop["id"]);
    assert_eq!(answer.header("Location"), Some(format!("/api/v1/shops/{id}").as_str()));
    for (field, value) in [
        ("name", "Ada's Books"),
        ("slug", "books"),
        ("description", "Old ones"),
        ("currency", "EUR"),
        ("state", "active"),
        ("role", "owner"),
    ] {
        assert_eq!(shop[field], value, "{field}");
    }
    assert_eq!(ada.get(&format!("/shops/{id}")).expect(200), shop);
    assert_eq!(ada.get("/shops").expect(200)["data"], json!([shop]));
}

#[test]
fn a_currency_is_a_current_one_or_usd() {
    let world = World::new();
    let ada = world.user("ada");
    let open = |slug: &str, currency: Value| {
        ada.post("/shops", json!({ "name": "Shop", "slug": slug, "currency": currency }))
    };
    assert_eq!(open("none", Value::Null).expect(201)["currency"], "USD");
    for code in ["JPY", "KWD", "CHF"] {
        assert_eq!(open(&format!("shop-{}", code.to_lowercase()), code.into()).expect(201)["currency"], code);
    }
    for code in ["", "usd", "XAU", "XXX", "EURO", "DEM"] {
        let problem = open("bad", code.into()).expect_problem(422, "invalid_field");
        assert_eq!(problem["errors"][0]["pointer"], "/currency", "{code}");
    }
}

#[test]
fn a_slug_is_fit_for_addresses_and_is_never_an_id() {
    let world = World::new();
    let ada = world.user("ada");
    let id = uuid::Uuid::now_v7();
    let (hyphened, simple) = (id.to_string(), id.simple().to_string());
    for slug in ["", "ab", "-abc", "abc-", "a--b", "Abc", "a b", "schön", "a_b", "a/b", &hyphened, &simple] {
        let answer = ada.post("/shops", json!({ "name": "Shop", "slug": slug }));
        assert_eq!(answer.expect_problem(422, "invalid_field")["errors"][0]["pointer"], "/slug", "{slug}");
    }
    assert_eq!(world.sql().count("shops"), 0);
    for slug in ["abc", "0-9", &"x".repeat(63)] {
        ada.post("/shops", json!({ "name": "Shop", "slug": slug })).expect(201);
    }
}

#[test]
fn a_shop_has_a_name() {
    let world = World::new();
    let ada = world.user("ada");
    for name in [json!(""), json!("  "), json!("x".repeat(256)), Value::Null, json!(7)] {
        ada.post("/shops", json!({ "name": name, "slug": "books" })).expect_problem(422, "invalid_field");
    }
    ada.post("/shops", json!({ "slug": "books" })).expect_problem(422, "missing_field");
}

#[test]
fn the_list_has_all_of_ones_shops_newest_first_page_by_page() {
    let world = World::new();
    let ada = world.user("ada");
    let slugs: Vec<String> = (1..=5).map(|number| format!("shop-{number}")).collect();
    for slug in &slugs {
        ada.opens_shop(slug);
    }
    world.user("bob").opens_shop("other");
    let mut seen = Vec::new();
    let mut path = "/shops?limit=2".to_owned();
    loop {
        let answer = ada.get(&path);
        let page = answer.expect(200);
        seen.push(
            page["data"].as_array().unwrap().iter().map(|shop| text(&shop["slug"])).collect::<Vec<_>>(),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            assert_eq!(answer.header("Link"), None);
            break;
        };
        let next = format!("/api/v1/shops?limit=2&cursor={cursor}");
        assert_eq!(answer.header("Link"), Some(format!("<{next}>; rel=\"next\"").as_str()));
        path = next.replace("/api/v1", "");
    }
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(seen.concat(), slugs.iter().rev().cloned().collect::<Vec<_>>());
    // A page that is exactly full is the last one, and knows it.
    assert!(ada.get("/shops?limit=5").expect(200)["next_cursor"].is_null());
}

#[test]
fn an_owner_changes_what_is_given_and_nothing_else() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let path = format!("/shops/{}", shop.shop);
    let before = ada.get(&path).expect(200);
    let after = ada.patch(&path, json!({ "name": "New", "slug": "new-books" })).expect(200);
    assert_eq!((&after["name"], &after["slug"]), (&json!("New"), &json!("new-books")));
    for field in ["id", "description", "currency", "state", "role", "created_at"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(ada.get(&path).expect(200), after);
    ada.patch(&path, json!({})).expect(200);
    // The schema follows from the id: a new slug moves nothing, and frees the old one.
    shop.get("/products").expect(200);
    ada.opens_shop("books");
}

#[test]
fn some_things_about_a_shop_cannot_be_changed() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    ada.opens_shop("taken");
    let change = |body: Value| ada.patch(&format!("/shops/{}", shop.shop), body);
    for field in ["currency", "state", "id", "schema_version"] {
        let problem = change(json!({ field: "EUR" })).expect_problem(422, "unknown_field");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
    }
    for body in [json!({ "name": null }), json!({ "name": "" }), json!({ "slug": "No" })] {
        change(body).expect_problem(422, "invalid_field");
    }
    change(json!({ "slug": "taken" })).expect_problem(409, "slug_taken");
    assert_eq!(world.sql().column("SELECT slug FROM shops ORDER BY id"), ["books", "taken"]);
}

#[test]
fn a_shop_of_others_is_not_found() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let eve = world.user("eve");
    let path = format!("/shops/{}", shop.shop);
    eve.get(&path).expect_problem(404, "not_found");
    eve.patch(&path, json!({ "name": "Eve's" })).expect_problem(404, "not_found");
    assert_eq!(eve.get("/shops").expect(200)["data"], json!([]));
    assert_eq!(world.sql().one("SELECT name FROM shops"), "books");
}

#[test]
fn staff_and_customers_see_their_shop_and_do_not_change_it() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let path = format!("/shops/{}", shop.shop);
    for role in ["staff", "customer"] {
        let member = shop.joined_by(role, role);
        assert_eq!(member.get(&path).expect(200)["role"], role);
        assert_eq!(member.get("/shops").expect(200)["data"][0]["role"], role);
        member.patch(&path, json!({ "name": "Mine" })).expect_problem(403, "forbidden");
    }
    assert_eq!(world.sql().one("SELECT name FROM shops"), "books");
}
