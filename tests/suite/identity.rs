//! Users: registration, sign-in, refresh of a session, and its end.

use rocket::http::Method;
use serde_json::{Value, json};

use crate::support::world::{PASSWORD, text};
use crate::support::{Answer, Tenants, World, log, token};

fn registration(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

#[test]
fn whoever_registers_is_shown_everything_but_the_password() {
    let world = World::new();
    let body = json!({ "email": " Ada@Example.COM ", "password": PASSWORD, "name": " Ada " });
    let answer = world.nobody().post("/auth/register", body);
    let user = answer.expect(201);
    assert_eq!((&user["email"], &user["name"]), (&json!("ada@example.com"), &json!("Ada")));
    let fields: Vec<_> = user.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["created_at", "email", "email_verified", "id", "name", "updated_at"]);
    assert!(text(&user["created_at"]).ends_with('Z'), "{user}");
    assert_eq!(answer.header("Location"), Some("/api/v1/me"));
}

#[test]
fn a_password_is_stored_as_a_salted_hash_only() {
    let world = World::new();
    world.user("ada");
    world.user("bob");
    let hashes = world.sql().column("SELECT password_hash FROM users");
    assert!(hashes.iter().all(|hash| hash.starts_with("$pbkdf2-sha256$i=")), "{hashes:?}");
    assert_ne!(hashes[0], hashes[1], "the same password twice shows");
    assert!(!world.sql().content("public").concat().contains(PASSWORD));
}

#[test]
fn an_email_address_belongs_to_one_user_whatever_its_case() {
    let world = World::new();
    world.user("ada");
    for email in ["ada@example.com", "ADA@example.com", " Ada@Example.Com"] {
        let answer = world.nobody().post("/auth/register", registration(email, PASSWORD));
        assert_eq!(answer.expect_problem(409, "email_taken")["errors"][0]["pointer"], "/email");
    }
    world.nobody().post("/auth/login", registration("ADA@EXAMPLE.COM", PASSWORD)).expect(200);
    assert_eq!(world.sql().count("users"), 1);
}

#[test]
fn a_password_has_8_to_128_characters() {
    let world = World::new();
    for (number, (password, status)) in [
        ("x".repeat(7), 422),
        ("x".repeat(129), 422),
        ("ä".repeat(7), 422),
        ("8 letter".to_owned(), 201),
        ("ä".repeat(128), 201),
        (" ".repeat(8), 201),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("user{number}@example.com");
        let answer = world.nobody().post("/auth/register", registration(&email, &password));
        answer.expect(status);
        if status == 422 {
            assert_eq!(answer.expect_problem(422, "invalid_field")["errors"][0]["pointer"], "/password");
        } else {
            world.nobody().post("/auth/login", registration(&email, &password)).expect(200);
        }
    }
}

/// A login form has one path for a wrong password, whatever its length.
#[test]
fn a_password_that_nobody_can_have_is_as_wrong_as_any_other() {
    let world = World::new();
    world.user("ada");
    for (number, password) in
        ["", " ", "wrong", "7 chars", "a wrong horse", &"x".repeat(129), &"ß".repeat(300_000)]
            .into_iter()
            .enumerate()
    {
        // From another address each time: wrong attempts from one have to wait.
        let address = std::net::SocketAddr::from(([192, 0, 2, u8::try_from(number).unwrap()], 1));
        for email in ["ada@example.com", "nobody@example.com"] {
            let email = if number < 4 { email.to_owned() } else { format!("{number}{email}") };
            let answer = world.nobody().from(address).post("/auth/login", registration(&email, password));
            answer.expect_problem(401, "invalid_credentials");
        }
    }
    for (name, password) in [("bob", "wrong"), ("cy", &"x".repeat(129))] {
        let user = world.user(name);
        let change = json!({ "current_password": password, "password": "a better horse" });
        user.send(Method::Put, "/me/password", Some(&change)).expect_problem(422, "wrong_password");
        let user = world.user(&format!("{name}-2"));
        user.send(Method::Delete, "/me", Some(&json!({ "password": password })))
            .expect_problem(422, "wrong_password");
    }
}

#[test]
fn registering_with_a_shop_makes_a_customer_of_it() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let mut body = registration("cleo@example.com", PASSWORD);
    body["shop"] = json!("books");
    let cleo = world.nobody().post("/auth/register", body.clone()).expect(201);
    assert_eq!(world.sql().column("SELECT role FROM memberships ORDER BY created_at"), ["owner", "customer"]);
    let person =
        format!("SELECT email FROM {}.people WHERE id = {}", shop.schema(), cleo["id"]).replace('"', "'");
    assert_eq!(world.sql().column(person), ["cleo@example.com"]);

    let pair = world.nobody().post("/auth/login", body).expect(200);
    let cleo = world.nobody().with_token(text(&pair["access_token"]));
    cleo.get("/products").expect(200);
    cleo.post("/products", json!({ "title": "Hat" })).expect_problem(403, "forbidden");
}

#[test]
fn registering_with_a_shop_that_is_not_open_leaves_no_user_behind() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let register = |slug: &str| {
        let mut body = registration("cleo@example.com", PASSWORD);
        body["shop"] = json!(slug);
        world.nobody().post("/auth/register", body)
    };
    assert_eq!(register("nowhere").expect_problem(422, "unknown_shop")["errors"][0]["pointer"], "/shop");
    for state in ["suspended", "deleting"] {
        shop.shop_becomes(state);
        register("books").expect_problem(422, "unknown_shop");
    }
    assert_eq!(world.sql().count("users"), 1);
}

#[test]
fn a_wrong_email_and_a_wrong_password_get_the_same_answer() {
    let world = World::new();
    world.user("ada");
    let shape = |email: &str, password: &str| {
        let answer = world.nobody().post("/auth/login", registration(email, password));
        let mut problem = answer.expect_problem(401, "invalid_credentials");
        problem["request_id"] = Value::Null;
        let mut headers = answer.headers;
        headers.retain(|(name, _)| name != "X-Request-Id");
        (problem, headers)
    };
    assert_eq!(shape("ada@example.com", "wrong horse"), shape("eve@example.com", PASSWORD));
}

#[test]
fn a_token_says_who_where_and_for_how_long() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada");
    let pair = tenants.nobody().post("/auth/login", registration(&ada.email, PASSWORD)).expect(200);
    assert_eq!((&pair["token_type"], &pair["expires_in"]), (&json!("Bearer"), &json!(600)));
    let access = text(&pair["access_token"]);
    assert!(jsonwebtoken::decode_header(&access).unwrap().kid.is_some());
    let claims = token::claims(&access);
    assert_eq!((&claims["iss"], text(&claims["sub"])), (&json!("shophouse"), ada.id.clone()));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    assert!(claims["shop"].is_null() && claims["sid"].is_string() && claims["jti"].is_string(), "{claims}");
    let shop = ada.opens_shop("books");
    assert_eq!(token::claims(shop.token.as_deref().unwrap())["shop"], shop.shop);
}

#[test]
fn one_signs_in_to_a_shop_by_its_id_or_by_its_slug() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let stranger = world.user("eve");
    let login = |email: &str, shop: &str| {
        let mut body = registration(email, PASSWORD);
        body["shop"] = json!(shop);
        world.nobody().post("/auth/login", body)
    };
    for name in [shop.shop.as_str(), "books"] {
        let pair = login(&ada.email, name).expect(200);
        world.nobody().with_token(text(&pair["access_token"])).get("/products").expect(200);
        // Others cannot find out whether a shop exists.
        login(&stranger.email, name).expect_problem(403, "not_a_member");
    }
    login(&stranger.email, "nowhere").expect_problem(403, "not_a_member");
    login(&stranger.email, "No Slug").expect_problem(422, "invalid_field");
}

fn refresh(tenants: &Tenants, token: &str) -> Answer {
    tenants.nobody().post("/auth/refresh", json!({ "refresh_token": token }))
}

/// Moves the use of all used tokens into the past, beyond the grace period.
fn time_passes(world: &World) {
    world.sql().run("UPDATE refresh_tokens SET spent_at = spent_at - interval '11 seconds'");
}

#[test]
fn a_refresh_gives_a_new_pair_of_the_same_session() {
    let world = World::new();
    let ada = world.user("ada");
    let pair = refresh(&world, &ada.refresh_token).expect(200);
    assert_ne!(text(&pair["refresh_token"]), ada.refresh_token);
    let renewed = ada.with_token(text(&pair["access_token"]));
    assert_eq!(renewed.as_caller(), ada.as_caller());
    renewed.get("/me").expect(200);
    let kept = world.sql().column("SELECT encode(token_hash, 'escape') FROM refresh_tokens");
    assert!(!kept.contains(&ada.refresh_token), "a token is kept in plain text");
}

#[test]
fn a_refresh_token_that_comes_back_after_its_use_ends_the_session() {
    let world = World::new();
    let ada = world.user("ada");
    let elsewhere = ada.again();
    let next = text(&refresh(&world, &ada.refresh_token).expect(200)["refresh_token"]);
    time_passes(&world);
    let reused = refresh(&world, &ada.refresh_token);
    reused.expect_problem(401, "invalid_token");
    let request = format!("request_id=\"{}\"", reused.header("X-Request-Id").unwrap());
    let user = format!("user={}", ada.id);
    assert!(log::any(&["audit=\"refresh_token_reused\"", &request, &user]), "nothing is noted");
    refresh(&world, &next).expect_problem(401, "invalid_token");
    ada.get("/me").expect_problem(401, "session_revoked");
    elsewhere.get("/me").expect(200);
    refresh(&world, &elsewhere.refresh_token).expect(200);
}

#[test]
fn two_tabs_that_refresh_at_the_same_moment_are_both_let_pass() {
    let world = World::new();
    let ada = world.user("ada");
    let tabs = [(); 2].map(|()| refresh(&world, &ada.refresh_token).expect(200));
    assert_ne!(tabs[0]["refresh_token"], tabs[1]["refresh_token"]);
    // The grace period starts at the first use; the second use does not extend it.
    time_passes(&world);
    refresh(&world, &ada.refresh_token).expect_problem(401, "invalid_token");
}

#[test]
fn a_refresh_token_that_is_unknown_or_of_an_ended_session_is_refused() {
    let world = World::new();
    let ada = world.user("ada");
    for token in ["", "x", &"A".repeat(43), ada.token.as_deref().unwrap()] {
        refresh(&world, token).expect_problem(401, "invalid_token");
    }
    world.sql().run("UPDATE sessions SET expires_at = now() - interval '1 second'");
    refresh(&world, &ada.refresh_token).expect_problem(401, "invalid_token");
}

#[test]
fn a_refresh_can_lead_into_a_shop_but_not_into_one_of_others() {
    let world = World::new();
    let ada = world.user("ada");
    ada.opens_shop("books");
    world.user("bob").opens_shop("other");
    let into = |shop: &str| {
        world.nobody().post("/auth/refresh", json!({ "refresh_token": ada.refresh_token, "shop": shop }))
    };
    into("other").expect_problem(403, "not_a_member");
    let pair = into("books").expect(200);
    ada.with_token(text(&pair["access_token"])).get("/products").expect(200);
}

#[test]
fn switching_leads_into_a_shop_and_out_again() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    world.user("bob").opens_shop("other");
    let switch = |body: Value| shop.post("/auth/switch", body);
    let inside = switch(json!({ "shop": "books" })).expect(200);
    assert!(inside["refresh_token"].is_null(), "{inside}");
    shop.with_token(text(&inside["access_token"])).get("/products").expect(200);
    let outside = switch(json!({ "shop": null })).expect(200);
    let outside = shop.with_token(text(&outside["access_token"]));
    assert_eq!(outside.as_caller(), shop.as_caller());
    outside.get("/products").expect_problem(403, "shop_required");
    outside.get("/me").expect(200);

    switch(json!({ "shop": "other" })).expect_problem(403, "not_a_member");
    switch(json!({})).expect_problem(422, "missing_field");
}

#[test]
fn me_is_whoever_asks() {
    let world = World::new();
    let (ada, bob) = (world.user("ada"), world.user("bob"));
    assert_eq!(ada.get("/me").expect(200)["email"], "ada@example.com");
    assert_eq!(bob.get("/me").expect(200)["id"], bob.id);
}

#[test]
fn a_session_that_ends_ends_alone() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada");
    let elsewhere = ada.again();
    ada.opens_shop("books").is_signed_out();
    ada.get("/me").expect_problem(401, "session_revoked");
    elsewhere.get("/me").expect(200);
}
