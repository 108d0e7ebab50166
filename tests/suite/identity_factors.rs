//! The second factor: setting it up, signing in with it, and what shops and the operator do with it.

use rocket::http::Method;
use serde_json::{Value, json};

use crate::support::concurrent::at_once;
use crate::support::factor::code;
use crate::support::process::{done, refused};
use crate::support::world::{PASSWORD, Person, text};
use crate::support::{Answer, Caller, World, token};

const ADA: &str = "ada@example.com";
/// No code of an app: those have six digits.
const NONE: &str = "12345";

fn begin(person: &Person<'_>) -> String {
    text(&person.post("/me/factors/totp", json!({ "password": PASSWORD })).expect(201)["secret"])
}

/// Sets a second factor up, and returns the secret and the recovery codes.
fn set_up(person: &Person<'_>) -> (String, Vec<String>) {
    let secret = begin(person);
    let codes = person.post("/me/factors/totp/confirm", json!({ "code": code(&secret, 0) })).expect(200);
    let codes = codes["recovery_codes"].as_array().unwrap().iter().map(text).collect();
    (secret, codes)
}

/// As if the last code had been used long ago.
fn time_passes(world: &World) {
    world.sql().run("UPDATE totp_factors SET last_step = 0");
}

fn login(caller: &Caller<'_>, password: &str, more: Value) -> Answer {
    let mut body = json!({ "email": ADA, "password": password });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    caller.post("/auth/login", body)
}

#[test]
fn signing_in_asks_for_a_code_after_the_right_password_alone() {
    let world = World::new();
    let ada = world.user("ada");
    let elsewhere = ada.again();
    let (secret, codes) = set_up(&ada);
    assert_eq!((codes.len(), secret.len()), (10, 32));
    elsewhere.get("/me").expect_problem(401, "session_revoked");
    ada.get("/me").expect(200);
    assert_eq!(ada.get("/me/factors").expect(200)["totp"]["recovery_codes"], 10);
    time_passes(&world);
    let sessions = || world.sql().count("sessions");
    let (nobody, before) = (world.nobody(), sessions());
    login(&nobody, "wrong horse", json!({})).expect_problem(401, "invalid_credentials");
    login(&nobody, "wrong horse", json!({ "code": code(&secret, 0) }))
        .expect_problem(401, "invalid_credentials");
    login(&nobody, PASSWORD, json!({})).expect_problem(401, "second_factor_required");
    for wrong in [NONE, &code(&secret, -3), &code(&secret, 4)] {
        login(&nobody, PASSWORD, json!({ "code": wrong })).expect_problem(401, "invalid_code");
    }
    assert_eq!(sessions(), before, "a session was opened");
    let good = code(&secret, 0);
    login(&nobody, PASSWORD, json!({ "code": good })).expect(200);
    // Each code is good once, and those before it are not good any more.
    login(&nobody, PASSWORD, json!({ "code": good })).expect_problem(401, "invalid_code");
    login(&nobody, PASSWORD, json!({ "code": code(&secret, 1) })).expect(200);
    login(&nobody, PASSWORD, json!({ "code": code(&secret, 0) })).expect_problem(401, "invalid_code");
    // Who has none is not asked, and a code does no harm.
    world.user("bob");
    let bob = json!({ "email": "bob@example.com", "password": PASSWORD, "code": NONE });
    nobody.post("/auth/login", bob).expect(200);
}

#[test]
fn a_factor_counts_from_its_first_code_on() {
    let world = World::new();
    let ada = world.user("ada");
    ada.post("/me/factors/totp", json!({ "password": "wrong horse" })).expect_problem(422, "wrong_password");
    ada.post("/me/factors/totp/confirm", json!({ "code": NONE })).expect_problem(404, "not_found");
    let first = begin(&ada);
    login(&world.nobody(), PASSWORD, json!({})).expect(200);
    let secret = begin(&ada);
    assert_ne!(first, secret);
    for wrong in [NONE, &code(&first, 0)] {
        ada.post("/me/factors/totp/confirm", json!({ "code": wrong })).expect_problem(422, "wrong_code");
    }
    assert_eq!(ada.get("/me/factors").expect(200), json!({ "totp": null }));
    let good = code(&secret, 0);
    ada.post("/me/factors/totp/confirm", json!({ "code": good })).expect(200);
    // The code that set it up is used.
    login(&world.nobody(), PASSWORD, json!({ "code": good })).expect_problem(401, "invalid_code");
    ada.post("/me/factors/totp", json!({ "password": PASSWORD })).expect_problem(409, "factor_exists");
    ada.post("/me/factors/totp/confirm", json!({ "code": good })).expect_problem(409, "factor_exists");
    let kept = world.sql().content("public").concat();
    assert!(!kept.contains(&secret), "the secret is kept in plain text");
}

#[test]
fn a_recovery_code_signs_in_once() {
    let world = World::new();
    let ada = world.user("ada");
    let (_, codes) = set_up(&ada);
    let with = |code: &str| login(&world.nobody(), PASSWORD, json!({ "recovery_code": code }));
    with("abcd-abcd-abcd-abcd").expect_problem(401, "invalid_code");
    with(&codes[0].to_uppercase().replace('-', " ")).expect(200);
    with(&codes[0]).expect_problem(401, "invalid_code");
    with(&codes[1]).expect(200);
    assert_eq!(ada.get("/me/factors").expect(200)["totp"]["recovery_codes"], 8);
    // Another's are of no use.
    let bob = world.user("bob");
    let (_, others) = set_up(&bob);
    with(&others[0]).expect_problem(401, "invalid_code");
    // New ones take the place of all.
    let body = json!({ "password": PASSWORD, "recovery_code": codes[2] });
    let new = ada.send(Method::Put, "/me/factors/totp/recovery-codes", Some(&body)).expect(200);
    with(&codes[3]).expect_problem(401, "invalid_code");
    with(&text(&new["recovery_codes"][9])).expect(200);
}

#[test]
fn of_two_who_sign_in_with_one_code_at_once_one_gets_in() {
    let world = World::new();
    let ada = world.user("ada");
    let (secret, codes) = set_up(&ada);
    for given in [json!({ "code": code(&secret, 1) }), json!({ "recovery_code": codes[0] })] {
        let statuses =
            at_once(4, &world.nobody(), &world, |_, caller| login(caller, PASSWORD, given.clone()).status);
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }
}

#[test]
fn codes_cannot_be_guessed_and_guessers_keep_nobody_out() {
    let world = World::new();
    let ada = world.user("ada");
    let (secret, codes) = set_up(&ada);
    time_passes(&world);
    let known = text(
        &login(&world.nobody(), PASSWORD, json!({ "code": code(&secret, 0) })).expect(200)["device_token"],
    );
    time_passes(&world);
    // Whoever knows the password guesses from everywhere.
    for number in 1..=5_u8 {
        let here = world.nobody().from(([198, 18, 0, number], 4000).into());
        login(&here, PASSWORD, json!({ "code": NONE })).expect_problem(401, "invalid_code");
    }
    assert_eq!(world.sql().count("sign_in_attempts WHERE attempts = 5"), 1);
    world.sql().run(
        "UPDATE sign_in_attempts SET attempts = 9, last_at = now(), free_at = now() + interval '20 s' WHERE attempts = 5",
    );
    let elsewhere = world.nobody().from(([198, 18, 9, 9], 4000).into());
    let right = json!({ "code": code(&secret, 0) });
    let waits = login(&elsewhere, PASSWORD, right.clone());
    waits.expect_problem(429, "too_many_attempts");
    // Not the owner at a known device, nor with a recovery code.
    login(&elsewhere, PASSWORD, json!({ "recovery_code": codes[0] })).expect(200);
    login(&elsewhere, PASSWORD, json!({ "code": code(&secret, 0), "device_token": known })).expect(200);
    let failed = world.sql().count("audit_events WHERE event = 'factor_failed'");
    assert!((1..=5).contains(&failed), "{failed}");
}

#[test]
fn a_new_password_does_not_remove_the_factor_and_the_operator_does() {
    let world = World::new();
    let ada = world.user("ada");
    set_up(&ada);
    let token = world.reset_token(ADA);
    let reset = json!({ "token": token, "password": "a better horse" });
    world.nobody().post("/auth/reset", reset).expect(204);
    let with_new = || login(&world.nobody(), "a better horse", json!({}));
    with_new().expect_problem(401, "second_factor_required");
    done(&world.database, &["user", "reset-factor", ADA]);
    with_new().expect(200);
    assert_eq!(world.sql().count("recovery_codes"), 0);
    let seen = world.sql().column("SELECT actor FROM audit_events WHERE event = 'factor_reset'");
    assert_eq!(seen, ["operator"]);
    refused(&world.database, &["user", "reset-factor", ADA], 1);
    refused(&world.database, &["user", "reset-factor", "nobody@example.com"], 1);
}

#[test]
fn a_factor_is_removed_with_the_password_and_a_code() {
    let world = World::new();
    let ada = world.user("ada");
    let (secret, _) = set_up(&ada);
    let remove = |body: Value| ada.send(Method::Delete, "/me/factors/totp", Some(&body));
    remove(json!({ "password": "wrong horse", "code": code(&secret, 1) }))
        .expect_problem(422, "wrong_password");
    remove(json!({ "password": PASSWORD })).expect_problem(401, "second_factor_required");
    remove(json!({ "password": PASSWORD, "code": NONE })).expect_problem(422, "wrong_code");
    remove(json!({ "password": PASSWORD, "code": code(&secret, 1) })).expect(204);
    login(&world.nobody(), PASSWORD, json!({})).expect(200);
}

#[test]
fn a_shop_may_require_it_of_its_staff() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let (bob, cleo) = (world.user("bob"), shop.joined_by("cleo", "customer"));
    let staff = shop.joined_by("dan", "staff");
    drop(bob);
    let path = format!("/shops/{}", shop.shop);
    let required = json!({ "require_second_factor": true });
    // Whoever asks it of others has it.
    ada.patch(&path, required.clone()).expect_problem(403, "second_factor_missing");
    set_up(&ada);
    assert_eq!(ada.patch(&path, required).expect(200)["require_second_factor"], true);
    staff
        .post("/products", json!({ "title": "Hat", "price": { "amount": 1 } }))
        .expect_problem(403, "second_factor_missing");
    staff.get("/customers").expect_problem(403, "second_factor_missing");
    cleo.get("/products").expect(200);
    ada.get(&format!("{path}/members")).expect(200);
    // As customers, also in what they see.
    let order = shop.sells("Cap");
    let order = json!({ "lines": [{ "variant_id": order["variants"][0]["id"], "quantity": 1 }] });
    cleo.post("/orders", order).expect(201);
    assert_eq!(staff.get("/orders").expect(200)["data"], json!([]));
    assert_eq!(shop.get("/orders").expect(200)["data"].as_array().unwrap().len(), 1);
    let key = json!({ "name": "k", "shop": "books", "role": "staff" });
    staff.post("/me/keys", key).expect_problem(403, "second_factor_missing");
    // An owner too.
    let other = shop.joined_by("eve", "owner");
    other.get(&format!("{path}/members")).expect_problem(403, "second_factor_missing");
    other
        .patch(&path, json!({ "require_second_factor": false }))
        .expect_problem(403, "second_factor_missing");
    other
        .send(Method::Delete, &path, Some(&json!({ "slug": "books" })))
        .expect_problem(403, "second_factor_missing");
    // From the first code on.
    let dan = world.signs_in("dan@example.com");
    set_up(&dan);
    dan.in_shop(&shop.shop).get("/customers").expect(200);
    ada.patch(&path, json!({ "require_second_factor": false })).expect(200);
    other.get(&format!("{path}/members")).expect(200);
}

#[test]
fn with_a_factor_the_password_alone_is_no_recent_proof() {
    let world = World::new();
    let (ada, bob) = (world.user("ada"), world.user("bob"));
    ada.opens_shop("books");
    bob.opens_shop("attic");
    set_up(&ada);
    // As if both had signed in an hour ago.
    let aged = |person: &Person<'_>| {
        let mut claims = token::claims(person.token.as_deref().unwrap());
        claims["auth_time"] = json!(chrono::Utc::now().timestamp() - 3600);
        world.nobody().with_token(token::signed(&claims))
    };
    let key = |shop: &str| json!({ "name": "k", "shop": shop, "role": "customer", "password": PASSWORD });
    let change = json!({ "current_password": PASSWORD, "password": "a better horse" });
    let (old, without) = (aged(&ada), aged(&bob));
    old.post("/me/keys", key("books")).expect_problem(401, "insufficient_user_authentication");
    let refused = |answer: Answer| answer.expect_problem(401, "insufficient_user_authentication");
    refused(old.send(Method::Put, "/me/password", Some(&change)));
    refused(old.send(Method::Delete, "/me", Some(&json!({ "password": PASSWORD }))));
    without.post("/me/keys", key("attic")).expect(201);
    // Who has just signed in has given both.
    ada.post("/me/keys", key("books")).expect(201);
    ada.send(Method::Put, "/me/password", Some(&change)).expect(204);
}
