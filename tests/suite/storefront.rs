//! The storefront: what the public sees of a shop, and what it does not see.

use rocket::http::Method;
use serde_json::{Value, json};
use shophouse::http::BASE;

use crate::support::goods::{each, variant};
use crate::support::world::text;
use crate::support::{Answer, Member, Tenants, World};

fn look(world: &World, path: &str) -> Answer {
    world.nobody().get(&format!("/storefront/{path}"))
}

/// The paths of a storefront whose shop sells a shirt.
const PATHS: [&str; 2] = ["loft/products", "loft/products/shirt"];

fn loft(tenants: &Tenants) -> Member<'_> {
    let owner = tenants.user("ada").opens_shop_in("loft", "EUR");
    owner.sells("Shirt");
    owner
}

#[test]
fn everybody_sees_active_products_and_no_more_of_them_than_a_buyer_needs() {
    let world = World::new();
    let owner = loft(&world);
    for status in ["draft", "archived"] {
        let hidden = json!({ "title": status, "price": { "amount": 1 }, "status": status });
        owner.post("/products", hidden).expect(201);
        look(&world, &format!("loft/products/{status}")).expect_problem(404, "not_found");
    }
    let list = look(&world, "loft/products").expect(200);
    assert_eq!(each(list["data"].as_array().unwrap(), "title"), ["Shirt"]);
    let shirt = look(&world, "loft/products/shirt").expect(200);
    assert_eq!(shirt, list["data"][0]);
    let shown = &shirt["variants"][0];
    assert_eq!(shown["price"], json!({ "amount": 5000, "currency": "EUR" }));
    assert_eq!(shown["in_stock"], true);
    for hidden in ["stock", "track_stock", "allow_oversell", "sku", "barcode"] {
        assert!(shown.get(hidden).is_none(), "{hidden}");
    }
    assert!(shirt.get("status").is_none());
}

#[test]
fn in_stock_is_what_can_be_ordered() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let cases = [
        (json!({ "stock": 1 }), true),
        (json!({ "stock": 0 }), false),
        (json!({ "stock": 0, "allow_oversell": true }), true),
        (json!({ "stock": 0, "track_stock": false }), true),
    ];
    for (number, (stock, expected)) in cases.into_iter().enumerate() {
        let mut one = json!({ "price": { "amount": 1 } });
        one.as_object_mut().unwrap().extend(stock.as_object().unwrap().clone());
        let body = json!({ "title": format!("P{number}"), "variants": [one] });
        let product = owner.post("/products", body).expect(201);
        let shown = look(&world, &format!("loft/products/p{number}")).expect(200);
        assert_eq!(shown["variants"][0]["in_stock"], expected, "{product}");
        let ordered = owner.buys(&[(&variant(&product, 0), 1)]);
        assert_eq!(ordered.status == 201, expected, "{ordered}");
    }
}

#[test]
fn caches_may_keep_it_and_ask_whether_it_still_holds() {
    let world = World::new();
    let owner = loft(&world);
    for path in PATHS {
        let path = format!("{BASE}/storefront/{path}");
        let ask = |tag: &str| world.nobody().raw(Method::Get, &path, &[("If-None-Match", tag)], None);
        let first = world.nobody().raw(Method::Get, &path, &[], None);
        first.expect(200);
        let tag = first.header("ETag").unwrap();
        for answer in [&first, &ask(tag)] {
            assert_eq!(answer.header("Cache-Control"), Some("public, max-age=60"), "{answer}");
            assert_eq!(answer.header("ETag"), Some(tag), "{answer}");
        }
        assert_eq!(ask(tag).status, 304);
        // What is no tag is the tag of nothing.
        assert_eq!(ask("junk").expect(200), first.json());
        let product = owner.all("/products?limit=9").remove(0);
        let price = json!({ "price": { "amount": path.len() } });
        let variant = format!("/products/{}/variants/{}", text(&product["id"]), variant(&product, 0));
        owner.patch(&variant, price).expect(200);
        assert_eq!(ask(tag).status, 200, "the price is another");
    }
}

#[test]
fn pages_of_every_origin_may_show_it() {
    let world = World::new();
    loft(&world);
    let origin = ("Origin", "https://elsewhere.example");
    for path in ["loft/products", "nowhere/products"] {
        let path = format!("{BASE}/storefront/{path}");
        let answer = world.nobody().raw(Method::Get, &path, &[origin], None);
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"), "{answer}");
        assert!(
            !answer.headers.contains(&("Vary".to_owned(), "Origin".to_owned())),
            "it is the same for all"
        );
    }
    let preflight = [origin, ("Access-Control-Request-Method", "POST")];
    let path = format!("{BASE}/storefront/loft/join");
    let answer = world.nobody().raw(Method::Options, &path, &preflight, None);
    answer.expect(204);
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"), "{answer}");
}

#[test]
fn a_list_has_pages_filters_and_an_order() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    for (title, vendor) in [("Beret", "V"), ("Cap", "W"), ("Apron", "V")] {
        let body = json!({ "title": title, "vendor": vendor, "price": { "amount": 1 } });
        owner.post("/products", body).expect(201);
    }
    let titles =
        |query: &str| each(&world.nobody().all(&format!("/storefront/loft/products?{query}")), "title");
    assert_eq!(titles("limit=2"), ["Apron", "Cap", "Beret"]);
    assert_eq!(titles("limit=1&sort=title"), ["Apron", "Beret", "Cap"]);
    assert_eq!(titles("limit=1&vendor=V"), ["Apron", "Beret"]);
    look(&world, "loft/products?status=draft").expect_problem(422, "invalid_parameter");
}

#[test]
fn a_shop_that_is_not_open_is_not_there() {
    let world = World::new();
    let owner = loft(&world);
    let other = world.user("bob").opens_shop("other");
    other.sells("Shirt");
    for state in ["suspended", "deleting"] {
        owner.shop_becomes(state);
        for path in PATHS {
            look(&world, path).expect_problem(404, "not_found");
        }
        world.user(state).post("/storefront/loft/join", json!({})).expect_problem(404, "not_found");
        look(&world, "other/products").expect(200);
    }
    owner.shop_becomes("active");
    world.sql().run("UPDATE shops SET state = 'failed', failed_from = 'active' WHERE slug = 'loft'");
    look(&world, PATHS[0]).expect_problem(404, "not_found");
    world.sql().run(
        "UPDATE shops SET state = 'active', failed_from = NULL, schema_version = '2020' WHERE slug = 'loft'",
    );
    for path in PATHS {
        let answer = look(&world, path);
        answer.expect_problem(503, "shop_upgrading");
        assert!(answer.header("Retry-After").is_some(), "{answer}");
    }
}

#[test]
fn what_is_no_slug_or_handle_is_not_found() {
    let world = World::new();
    loft(&world);
    let id = "01a2059f-cf12-7740-a72d-07fc3ba2057a";
    for path in
        ["nowhere/products", "LOFT/products", "loft%00/products", "l/products", &format!("{id}/products")]
    {
        look(&world, path).expect_problem(404, "not_found");
    }
    for handle in ["other", "SHIRT", "shirt%00", "%ff", "a%20b", id, &"x".repeat(300)] {
        look(&world, &format!("loft/products/{handle}")).expect_problem(404, "not_found");
    }
}

#[test]
fn whoever_joins_is_a_customer_from_then_on() {
    let world = World::new();
    let owner = loft(&world);
    let cleo = world.user("cleo");
    let joined = cleo.post("/storefront/loft/join", json!({}));
    let shop = joined.expect(201);
    assert_eq!(shop["role"], "customer");
    assert_eq!(shop["id"], json!(owner.shop));
    assert_eq!(joined.header("Location"), Some(format!("/api/v1/shops/{}", owner.shop).as_str()));
    let customer = cleo.in_shop(&owner.shop);
    let shirt = variant(&customer.all("/products?limit=9")[0], 0);
    assert_eq!(customer.buys(&[(&shirt, 1)]).expect(201)["customer"]["name"], "cleo");

    assert_eq!(cleo.post("/storefront/loft/join", json!({})).expect(200), shop);
    let own = world.user("dora").opens_shop("attic");
    assert_eq!(own.post("/storefront/attic/join", json!({})).expect(200)["role"], "owner", "and stays it");
    let members = |slug: &str| {
        let count = "SELECT count(*) FROM memberships JOIN shops ON shop_id = shops.id WHERE slug =";
        world.sql().one(format!("{count} '{slug}'"))
    };
    assert_eq!((members("loft"), members("attic")), ("2".to_owned(), "1".to_owned()));
    cleo.post("/storefront/nowhere/join", json!({})).expect_problem(404, "not_found");
}

/// The server remembers whose a slug was.
#[test]
fn a_slug_leads_to_the_shop_that_has_it_now() {
    let world = World::new();
    let (first, second) = (world.user("ada").opens_shop("books"), world.user("bob").opens_shop("other"));
    first.sells("Of the first");
    second.sells("Of the second");
    let titles = |slug: &str| {
        let listed = world.nobody().get(&format!("/storefront/{slug}/products")).expect(200);
        listed["data"].as_array().unwrap().iter().map(|item| item["title"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        (titles("books"), titles("other")),
        (vec!["Of the first".into()], vec!["Of the second".into()])
    );
    for (owner, slug) in [(&first, "old-books"), (&second, "books")] {
        owner.patch(&format!("/shops/{}", owner.shop), json!({ "slug": slug })).expect(200);
    }
    assert_eq!(
        (titles("books"), titles("old-books")),
        (vec!["Of the second".into()], vec!["Of the first".into()])
    );
    world.nobody().get("/storefront/other/products").expect_problem(404, "not_found");
    second.shop_becomes("suspended");
    world.nobody().get("/storefront/books/products").expect_problem(404, "not_found");
    second.shop_becomes("active");
    assert_eq!(titles("books"), ["Of the second"]);
}

#[test]
fn a_visitor_may_change_nothing() {
    let world = World::new();
    loft(&world);
    let write = |conn: &mut shophouse::tenancy::TenantConn<'_>| {
        use diesel::connection::SimpleConnection;
        conn.pg()
            .batch_execute("UPDATE products SET title = 'mine'")
            .map_err(shophouse::tenancy::TenancyError::from)
    };
    let visit = world.tenancy.in_storefront("loft".parse().unwrap(), write);
    let error = rocket::tokio::runtime::Runtime::new().unwrap().block_on(visit).unwrap_err();
    assert!(error.to_string().contains("read-only transaction"), "{error}");
    let shirt: Value = look(&world, PATHS[1]).expect(200);
    assert_eq!(shirt["title"], "Shirt");
}
