//! Limits that the operator sets for one shop, and the command that shows and sets them.

use serde_json::{Value, json};
use shophouse::limits::Limit;
use shophouse::tenancy::registry::limits;

use crate::limits_numbers::is_reached;
use crate::support::goods::variant;
use crate::support::process::{self, Process};
use crate::support::world::{Member, run, text};
use crate::support::{Database, World};

/// Sets limits of a shop, and lets the server learn of it.
fn set(world: &World, shop: &Member<'_>, set: &[(Limit, u32)], unset: &[Limit]) {
    let id = shop.shop_id();
    world.tenancy.as_operator(|owner| limits::change(owner, id, set, unset)).unwrap();
    run(world.tenancy.refresh_limits()).unwrap();
}

#[test]
fn a_shop_may_have_limits_of_its_own() {
    let world = World::allowing(&[(Limit::Orders, 2), (Limit::Products, 1)]);
    let ada = world.user("ada");
    let (books, hats) = (ada.opens_shop("books"), ada.opens_shop("hats"));
    set(&world, &books, &[(Limit::Products, 2), (Limit::Orders, 1)], &[]);
    let mug = variant(&books.sells("Mug"), 0);
    books.sells("Pen");
    is_reached(
        &books.post("/products", json!({ "title": "Cap", "price": { "amount": 1 } })),
        Limit::Products,
        2,
    );
    hats.sells("Cap");
    is_reached(
        &hats.post("/products", json!({ "title": "Hat", "price": { "amount": 1 } })),
        Limit::Products,
        1,
    );

    books.buys(&[(&mug, 1)]).expect(201);
    let refused = books.buys(&[(&mug, 1)]).expect_problem(429, "rate_limited");
    assert_eq!(refused["limit"], json!({ "name": "orders_per_minute", "value": 1 }));
    // Zero is no limit.
    set(&world, &books, &[(Limit::Orders, 0), (Limit::Products, 0)], &[]);
    for _ in 0..4 {
        books.buys(&[(&mug, 1)]).expect(201);
    }
    books.sells("Cap");
    // What is taken back is as it is for all shops.
    set(&world, &books, &[], &[Limit::Products]);
    is_reached(
        &books.post("/products", json!({ "title": "Bag", "price": { "amount": 1 } })),
        Limit::Products,
        1,
    );
    books.buys(&[(&mug, 1)]).expect(201);
}

#[test]
fn the_rate_of_a_shop_and_of_its_keys_may_be_set() {
    let world = World::allowing(&[]);
    let ada = world.user("ada");
    let books = ada.opens_shop("books");
    let key = json!({ "name": "k", "shop": "books", "role": "customer" });
    let key = ada.with_token(text(&ada.post("/me/keys", key).expect(201)["key"]));
    set(&world, &books, &[(Limit::ShopRequests, 3), (Limit::KeyRequests, 1), (Limit::MemberKeys, 1)], &[]);
    key.get("/products").expect(200);
    key.get("/products").expect(200);
    let limit = |problem: &Value| text(&problem["limit"]["name"]);
    assert_eq!(limit(&key.get("/products").expect_problem(429, "rate_limited")), "key_requests_per_minute");
    books.get("/products").expect(200);
    books.get("/products").expect(200);
    assert_eq!(
        limit(&books.get("/products").expect_problem(429, "rate_limited")),
        "shop_requests_per_minute"
    );
    let second = json!({ "name": "k", "shop": "books", "role": "customer" });
    is_reached(&ada.post("/me/keys", second), Limit::MemberKeys, 1);
}

/// Nothing grows with the number of shops.
#[test]
fn only_shops_with_limits_of_their_own_are_read() {
    let world = World::new();
    let mut sql = world.sql();
    sql.run(
        "INSERT INTO shops (id, slug, name, description, currency, state, schema_version, schema_floor, migrated_at,
                            created_at, updated_at, limits)
         SELECT gen_random_uuid(), 'shop-' || n, '', '', 'EUR', 'suspended', '', '', now(), now(), now(),
                CASE WHEN n = 7 THEN '{\"orders_per_minute\": 1}' ELSE '{}' END::jsonb
         FROM generate_series(1, 20000) AS n; ANALYZE shops",
    );
    sql.run(
        "CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql
         AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || query; END $$",
    );
    let query = "SELECT id, limits FROM shops WHERE limits <> '{}'";
    let plan = sql.column(format!("SELECT * FROM pg_temp.plan($${query}$$)")).concat();
    assert!(plan.contains("shops_limits_idx") && !plan.contains("Seq Scan"), "{plan}");
    run(world.tenancy.refresh_limits()).unwrap();
}

/// The web login, which serves requests, cannot lift limits.
#[test]
fn requests_cannot_change_the_limits_of_a_shop() {
    let world = World::new();
    world.user("ada").opens_shop("books");
    let refused = run(world.tenancy.in_public(|conn| {
        use diesel::connection::SimpleConnection;
        Ok::<_, shophouse::tenancy::TenancyError>(conn.pg().batch_execute("UPDATE shops SET limits = '{}'")?)
    }));
    assert!(refused.unwrap_err().to_string().contains("permission denied"));
}

#[test]
fn the_command_shows_where_each_limit_comes_from_and_sets_it() {
    let world = World::new();
    world.user("ada").opens_shop("books");
    let database = &world.database;
    let shown = |arguments: &[&str]| -> Vec<(String, u64, String)> {
        let command = [&["shop", "limits", "books", "--json"], arguments].concat();
        let rows: Value = serde_json::from_str(&process::done(database, &command)).unwrap();
        let row = |row: &Value| (text(&row["name"]), row["value"].as_u64().unwrap(), text(&row["from"]));
        rows.as_array().unwrap().iter().map(row).collect()
    };
    let before = shown(&[]);
    let of_shops: Vec<&str> =
        Limit::ALL.into_iter().filter(|limit| limit.is_of_shop()).map(Limit::name).collect();
    assert_eq!(before.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), of_shops);
    assert!(before.iter().all(|(name, value, from)| {
        *value == u64::from(name.parse::<Limit>().unwrap().default()) && from == "default"
    }));
    let after = shown(&["--set", "orders_per_minute=700", "--set", "products_per_shop=0"]);
    for (row, was) in after.iter().zip(&before) {
        match row.0.as_str() {
            "orders_per_minute" => assert_eq!((row.1, row.2.as_str()), (700, "shop")),
            "products_per_shop" => assert_eq!((row.1, row.2.as_str()), (0, "shop")),
            _ => assert_eq!(row, was),
        }
    }
    assert_eq!(shown(&[]), after);
    let table = process::done(database, &["shop", "limits", "books", "--unset", "orders_per_minute"]);
    let row = |name: &str| -> Vec<&str> {
        table.lines().find(|line| line.starts_with(name)).unwrap().split_whitespace().collect()
    };
    assert_eq!(row("orders_per_minute"), ["orders_per_minute", "600", "default"]);
    assert_eq!(row("products_per_shop"), ["products_per_shop", "none", "shop"]);
    for bad in [
        &["--set", "orders=1"][..],
        &["--set", "orders_per_minute"],
        &["--set", "orders_per_minute=-1"],
        &["--set", "orders_per_minute=many"],
        &["--set", "shops_per_user=9"],
        &["--unset", "orders"],
    ] {
        process::refused(database, &[&["shop", "limits", "books"], bad].concat(), 2);
    }
    let said = process::refused(database, &["shop", "limits", "nowhere"], 1);
    assert!(said.contains("nowhere"), "{said}");
}

#[test]
fn a_running_server_learns_of_a_change() {
    let database = Database::new();
    let server = Process::serve_with(&database, &[("SHOPHOUSE_LIMIT_ORDERS_PER_MINUTE", "0")]);
    let user = json!({ "email": "ada@example.com", "password": "correct horse" });
    server.ask("POST", "/auth/register", &[], &user).expect(201);
    let token = |answer: Value| format!("Bearer {}", text(&answer["access_token"]));
    let ada = token(server.ask("POST", "/auth/login", &[], &user).expect(200));
    let shop = json!({ "name": "Books", "slug": "books" });
    server.ask("POST", "/shops", &[("Authorization", &ada)], &shop).expect(201);
    let books = server.ask("POST", "/auth/switch", &[("Authorization", &ada)], &json!({ "shop": "books" }));
    let books = token(books.expect(200));
    let order = || server.ask("POST", "/orders", &[("Authorization", &books)], &json!({}));
    for _ in 0..5 {
        order().expect(422);
    }
    process::done(&database, &["shop", "limits", "books", "--set", "orders_per_minute=1"]);
    while order().status != 429 {
        std::thread::yield_now();
    }
    server.stop();
}
