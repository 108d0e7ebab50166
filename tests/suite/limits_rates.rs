//! Limits on rates: who asks too often has to wait, and nobody else has.

use rocket::http::{ContentType, Method};
use serde_json::json;
use shophouse::limits::Limit;

use crate::support::goods::variant;
use crate::support::world::{Person, text};
use crate::support::{Answer, Caller, World};

/// Checks a refusal: the limit, its value, and how long to wait.
#[track_caller]
fn is_refused(answer: &Answer, limit: Limit, value: u32) -> u32 {
    let problem = answer.expect_problem(429, "rate_limited");
    assert_eq!(problem["limit"], json!({ "name": limit.name(), "value": value }), "{answer}");
    assert!(text(&problem["detail"]).contains(limit.name()), "{answer}");
    let wait: u32 = answer.header("Retry-After").unwrap().parse().unwrap();
    let policy = format!("\"{limit}\";q={value};w=60");
    assert_eq!(answer.header("RateLimit-Policy"), Some(policy.as_str()), "{answer}");
    let state = format!("\"{limit}\";r=0;t={wait}");
    assert_eq!(answer.header("RateLimit"), Some(state.as_str()), "{answer}");
    assert!((1..=60).contains(&wait), "{answer}");
    wait
}

/// Asks until a limit refuses: how often that went well, and the refusal.
fn until_refused(mut ask: impl FnMut() -> Answer) -> (usize, Answer) {
    for allowed in 0..200 {
        let answer = ask();
        if answer.status == 429 {
            return (allowed, answer);
        }
    }
    panic!("it is never refused");
}

/// A request to an open route, refused for its body after it was counted.
fn asks(caller: &Caller<'_>) -> Answer {
    let body = (ContentType::JSON, b"no JSON".to_vec());
    caller.raw(Method::Post, "/api/v1/auth/login", &[], Some(body))
}

/// A key of a user for a shop.
fn key_of(person: &Person<'_>, shop: &str, role: &str) -> String {
    let body = json!({ "name": "Script", "shop": shop, "role": role });
    text(&person.post("/me/keys", body).expect(201)["key"])
}

#[test]
fn a_user_who_asks_too_often_waits_and_others_do_not() {
    let world = World::allowing(&[(Limit::UserRequests, 3)]);
    let (ada, bob) = (world.user("ada"), world.user("bob"));
    for _ in 0..3 {
        ada.get("/me").expect(200);
    }
    // Three a minute: the next one in twenty seconds.
    let wait = is_refused(&ada.get("/me"), Limit::UserRequests, 3);
    assert!((15..=20).contains(&wait), "{wait}");
    // Another session of the user is no other user.
    is_refused(&ada.again().get("/me"), Limit::UserRequests, 3);
    bob.get("/me").expect(200);
}

#[test]
fn a_refused_request_reads_no_body_and_asks_nothing_of_the_database() {
    let world = World::allowing(&[(Limit::UserRequests, 1), (Limit::AddressRequests, 1)]);
    let ada = world.user("ada");
    let stranger = world.nobody().from("192.0.2.7:4000".parse().unwrap());
    ada.get("/me").expect(200);
    asks(&stranger).expect_problem(400, "invalid_json");
    let waits = || {
        let metrics = world.tenancy.metrics_text().unwrap();
        let line =
            metrics.lines().find(|line| line.starts_with("shophouse_pool_wait_seconds_count{pool=\"web\"}"));
        line.unwrap().to_owned()
    };
    let before = waits();
    let body = || Some((ContentType::JSON, b"no JSON".to_vec()));
    is_refused(&ada.raw(Method::Patch, "/api/v1/me", &[], body()), Limit::UserRequests, 1);
    is_refused(&asks(&stranger), Limit::AddressRequests, 1);
    assert_eq!(waits(), before);
}

#[test]
fn a_wait_ends() {
    let world = World::allowing(&[(Limit::AddressRequests, 60)]);
    let stranger = world.nobody().from("192.0.2.7:4000".parse().unwrap());
    let (allowed, refused) = until_refused(|| asks(&stranger));
    assert!((60..=62).contains(&allowed), "{allowed}");
    // A second, at most.
    assert_eq!(is_refused(&refused, Limit::AddressRequests, 60), 1);
    while asks(&stranger).status == 429 {
        std::thread::yield_now();
    }
}

#[test]
fn an_address_that_asks_too_often_without_a_token_waits() {
    let world = World::allowing(&[(Limit::AddressRequests, 4)]);
    let owner = world.user("ada").opens_shop("books");
    let from = |address: &str| world.nobody().from(address.parse().unwrap());
    let here = from("192.0.2.7:4000");
    here.get("/storefront/books/products").expect(200);
    here.post("/auth/login", json!({ "email": "a@example.com", "password": "b" })).expect(401);
    here.post("/auth/register", json!({ "email": "a@example.com", "password": "correct horse" })).expect(201);
    here.post("/auth/refresh", json!({ "refresh_token": "none" })).expect(401);
    for refused in [
        here.get("/storefront/books/products"),
        here.get("/storefront/books/products/none"),
        here.post("/auth/login", json!({})),
        here.post("/auth/register", json!({})),
        here.post("/auth/refresh", json!({})),
        here.post("/auth/reset", json!({})),
    ] {
        is_refused(&refused, Limit::AddressRequests, 4);
    }
    // Another port is the same address; another address is not.
    is_refused(&from("192.0.2.7:4001").get("/storefront/books/products"), Limit::AddressRequests, 4);
    from("192.0.2.8:4000").get("/storefront/books/products").expect(200);
    // Whoever has a token is counted by it.
    owner.from("192.0.2.7:4000".parse().unwrap()).get("/products").expect(200);
}

#[test]
fn the_addresses_of_an_ipv6_network_are_one() {
    let world = World::allowing(&[(Limit::AddressRequests, 2)]);
    let from = |address: &str| asks(&world.nobody().from(address.parse().unwrap()));
    from("[2001:db8:1:2::1]:4000").expect(400);
    from("[2001:db8:1:2:ffff::9]:4000").expect(400);
    is_refused(&from("[2001:db8:1:2:3::4]:4000"), Limit::AddressRequests, 2);
    from("[2001:db8:1:3::1]:4000").expect(400);
}

#[test]
fn health_and_the_operator_always_get_through() {
    let world = World::allowing(&[(Limit::AddressRequests, 1)]);
    let stranger = world.nobody().from("192.0.2.7:4000".parse().unwrap());
    until_refused(|| asks(&stranger));
    for path in
        ["/health/live", "/health/ready", "/metrics", "/docs", "/openapi.json", "/docs/problems", "/api/v1"]
    {
        for _ in 0..3 {
            let answer = stranger.raw(Method::Get, path, &[], None);
            assert!(answer.status < 300, "{answer}");
        }
    }
}

#[test]
fn a_shop_that_is_asked_too_often_waits_and_other_shops_do_not() {
    let world = World::allowing(&[(Limit::ShopRequests, 3)]);
    let (ada, bob) = (world.user("ada"), world.user("bob"));
    let (books, hats) = (ada.opens_shop("books"), ada.opens_shop("hats"));
    let joined = |slug: &str, shop: &str| {
        bob.post(&format!("/storefront/{slug}/join"), json!({}));
        bob.in_shop(shop)
    };
    let (in_books, in_hats) = (joined("books", &books.shop), joined("hats", &hats.shop));
    for _ in 0..3 {
        in_books.get("/products").expect(200);
    }
    is_refused(&in_books.get("/products"), Limit::ShopRequests, 3);
    is_refused(
        &world.user("eve").with_token(in_books.token.clone().unwrap()).get("/orders"),
        Limit::ShopRequests,
        3,
    );
    in_hats.get("/products").expect(200);
    // What is not in a shop is not counted for one.
    bob.get("/me").expect(200);
}

#[test]
fn customers_do_not_keep_the_staff_of_a_shop_out() {
    let world = World::allowing(&[(Limit::ShopRequests, 5)]);
    let owner = world.user("ada").opens_shop("books");
    let bob = world.user("bob");
    bob.post("/storefront/books/join", json!({})).expect(201);
    let bob = bob.in_shop(&owner.shop);
    // Known as one of the staff from the first request on that only staff may send.
    owner.get("/customers").expect(200);
    let (_, refused) = until_refused(|| bob.get("/products"));
    is_refused(&refused, Limit::ShopRequests, 5);
    // A customer who tries a route of the staff is none of them.
    is_refused(&bob.get("/customers"), Limit::ShopRequests, 5);
    let (allowed, refused) = until_refused(|| owner.get("/customers"));
    assert_eq!(allowed, 5);
    is_refused(&refused, Limit::ShopRequests, 5);
}

#[test]
fn an_api_key_has_a_limit_of_its_own() {
    let world = World::allowing(&[(Limit::KeyRequests, 3)]);
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let [first, second] = [(); 2].map(|()| ada.with_token(key_of(&ada, "books", "staff")));
    // The first request with a key is counted by its address.
    first.get("/products").expect(200);
    for _ in 0..3 {
        first.get("/products").expect(200);
    }
    is_refused(&first.get("/products"), Limit::KeyRequests, 3);
    second.get("/products").expect(200);
    shop.get("/products").expect(200);
}

#[test]
fn keys_that_are_none_count_for_their_address_and_not_for_the_shop_that_they_name() {
    let world = World::allowing(&[(Limit::ShopRequests, 3), (Limit::AddressRequests, 5)]);
    let ada = world.user("ada");
    ada.opens_shop("books");
    let key = key_of(&ada, "books", "customer");
    let stranger = world.nobody().from("192.0.2.7:4000".parse().unwrap());
    let mut forged = 0_u8;
    let mut forge = || {
        forged += 1;
        // The secret is at the end.
        let (start, rest) = key.split_at(key.len() - 8);
        stranger.with_token(format!("{start}{forged:04}{}", &rest[4..])).get("/products")
    };
    for _ in 0..5 {
        forge().expect_problem(401, "invalid_token");
    }
    is_refused(&forge(), Limit::AddressRequests, 5);
    let own = ada.with_token(key.clone());
    own.get("/products").expect(200);
    for _ in 0..3 {
        own.get("/products").expect(200);
    }
    is_refused(&own.get("/products"), Limit::ShopRequests, 3);
}

#[test]
fn a_key_that_is_revoked_counts_for_its_address_again() {
    let world = World::allowing(&[(Limit::ShopRequests, 4), (Limit::AddressRequests, 1)]);
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let made = ada.post("/me/keys", json!({ "name": "k", "shop": "books", "role": "customer" })).expect(201);
    let key = ada.with_token(text(&made["key"])).from("192.0.2.7:4000".parse().unwrap());
    key.get("/products").expect(200);
    key.get("/products").expect(200);
    ada.delete(&format!("/me/keys/{}", text(&made["id"]))).expect(204);
    key.get("/products").expect_problem(401, "invalid_token");
    is_refused(&key.get("/products"), Limit::AddressRequests, 1);
    shop.get("/products").expect(200);
    shop.get("/products").expect(200);
}

#[test]
fn who_places_orders_too_often_waits_and_may_do_other_things() {
    let world = World::allowing(&[(Limit::Orders, 2)]);
    let owner = world.user("ada").opens_shop("books");
    let mug = variant(&owner.sells("Mug"), 0);
    let bob = world.user("bob");
    bob.post("/storefront/books/join", json!({})).expect(201);
    let bob = bob.in_shop(&owner.shop);
    bob.buys(&[(&mug, 1)]).expect(201);
    // Each attempt counts.
    bob.buys(&[(&mug, 1_000)]).expect_problem(409, "out_of_stock");
    is_refused(&bob.buys(&[(&mug, 1)]), Limit::Orders, 2);
    bob.get("/orders").expect(200);
    owner.buys(&[(&mug, 1)]).expect(201);
    // Without a token it is no order, and is not counted.
    world.nobody().post("/orders", json!({})).expect_problem(401, "unauthenticated");
}

#[test]
fn answers_that_are_not_refused_say_nothing_of_limits() {
    let world = World::allowing(&[(Limit::UserRequests, 9)]);
    let answer = world.user("ada").get("/me");
    answer.expect(200);
    assert!(answer.header("RateLimit").is_none() && answer.header("RateLimit-Policy").is_none(), "{answer}");
}

#[test]
fn refusals_are_counted_by_limit() {
    let world = World::allowing(&[(Limit::UserRequests, 2), (Limit::Shops, 1)]);
    let ada = world.user("ada");
    let count = |limit: Limit| {
        let text = world.tenancy.metrics_text().unwrap();
        let start = format!("shophouse_limit_refusals_total{{limit=\"{limit}\"}} ");
        let value =
            text.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("{limit}"));
        value.parse::<u64>().unwrap()
    };
    assert!(Limit::ALL.into_iter().all(|limit| count(limit) == 0));
    let shop = |slug: &str| ada.post("/shops", json!({ "name": slug, "slug": slug }));
    shop("books").expect(201);
    shop("hats").expect_problem(409, "limit_reached");
    shop("mugs").expect_problem(429, "rate_limited");
    shop("caps").expect_problem(429, "rate_limited");
    assert_eq!([count(Limit::Shops), count(Limit::UserRequests), count(Limit::ShopRequests)], [1, 2, 0]);
}
