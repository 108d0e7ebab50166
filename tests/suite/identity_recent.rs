//! What could outlive a session asks for a recent proof of who the user is; and whoever changes the password ends the keys.

use rocket::http::Method;
use serde_json::{Value, json};

use crate::support::world::{PASSWORD, text};
use crate::support::{Caller, Login, Member, Tenants, World, token, waiting};

const BETTER: &str = "a better horse";

/// The time in a token's claim `auth_time`.
fn auth_time(token: &str) -> i64 {
    token::claims(token)["auth_time"].as_i64().unwrap()
}

/// The same caller in a session of which the token says that the password was given so many seconds ago; with none, nothing.
fn aged<'w>(caller: &Caller<'w>, seconds: Option<i64>) -> Caller<'w> {
    let mut claims = token::claims(caller.token.as_deref().unwrap());
    let object = claims.as_object_mut().unwrap();
    match seconds {
        Some(seconds) => {
            object.insert("auth_time".to_owned(), json!(chrono::Utc::now().timestamp() - seconds))
        }
        None => object.remove("auth_time"),
    };
    caller.with_token(token::signed(&claims))
}

fn key_with(member: &Member<'_>, password: Option<&str>) -> Value {
    let mut body = json!({ "name": "Script", "shop": member.shop, "role": "customer" });
    if let Some(password) = password {
        body["password"] = json!(password);
    }
    body
}

/// A new key of a member.
fn new_key<'w>(member: &Member<'w>) -> Caller<'w> {
    let made = member.post("/me/keys", key_with(member, None)).expect(201);
    member.with_token(text(&made["key"]))
}

#[test]
fn a_token_says_when_the_password_was_given_and_so_do_those_that_follow_it() {
    let world = World::new();
    let before = chrono::Utc::now().timestamp();
    let ada = world.user("ada");
    let signed_in = auth_time(ada.token.as_deref().unwrap());
    assert!((before..=chrono::Utc::now().timestamp()).contains(&signed_in));

    let hour_ago = signed_in - 3600;
    let session = ada.as_caller().session;
    world
        .sql()
        .run(format!("UPDATE sessions SET created_at = to_timestamp({hour_ago}) WHERE id = '{session}'"));
    let pair =
        world.nobody().post("/auth/refresh", json!({ "refresh_token": ada.refresh_token })).expect(200);
    assert_eq!(auth_time(&text(&pair["access_token"])), hour_ago, "a refreshed token is not a new proof");

    let switched = |caller: &Caller<'_>| caller.post("/auth/switch", json!({ "shop": null })).expect(200);
    let next = switched(&aged(&ada, Some(500)));
    assert!(auth_time(&text(&next["access_token"])) <= signed_in - 490);
    let next = switched(&aged(&ada, None));
    assert_eq!(token::claims(&text(&next["access_token"]))["auth_time"], Value::Null);
}

#[test]
fn a_key_asks_for_the_password_unless_it_was_given_in_the_last_ten_minutes() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    aged(&shop, Some(590)).post("/me/keys", key_with(&shop, None)).expect(201);
    for age in [Some(601), Some(86_400), None] {
        let caller = aged(&shop, age);
        let refused = caller.post("/me/keys", key_with(&shop, None));
        let header = refused.header("WWW-Authenticate").unwrap().to_owned();
        assert!(header.contains("error=\"insufficient_user_authentication\""), "{header}");
        assert!(header.contains("max_age=\"600\""), "{header}");
        refused.expect_problem(401, "insufficient_user_authentication");
        let wrong = caller.post("/me/keys", key_with(&shop, Some("wrong horse")));
        wrong.expect_problem(422, "wrong_password");
        caller.post("/me/keys", key_with(&shop, Some(PASSWORD))).expect(201);
    }
    // Guessing is throttled as elsewhere.
    let caller = aged(&shop, None);
    let guesses = (0..10).map(|_| caller.post("/me/keys", key_with(&shop, Some("wrong horse"))).status);
    assert!(guesses.collect::<Vec<_>>().contains(&429));
}

/// Ends keys, or keeps them.
type End<'a> = &'a dyn Fn(&Caller<'_>, bool);

#[test]
fn a_new_password_and_a_global_sign_out_end_all_keys_unless_they_are_to_stay() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = shop.joined_by("bob", "staff");
    let bobs = new_key(&bob);
    let put =
        |caller: &Caller<'_>, body: Value| caller.send(Method::Put, "/me/password", Some(&body)).expect(204);
    let out = |caller: &Caller<'_>, body: Value| caller.post("/auth/logout", body).expect(204);
    let reset = |keep: bool| {
        let body =
            json!({ "token": world.reset_token("ada@example.com"), "password": PASSWORD, "keep_keys": keep });
        world.nobody().post("/auth/reset", body).expect(204)
    };
    let ends: [(&str, End<'_>); 3] = [
        ("a changed password", &|caller, keep| {
            put(caller, json!({ "current_password": PASSWORD, "password": BETTER, "keep_keys": keep }));
            put(caller, json!({ "current_password": BETTER, "password": PASSWORD, "keep_keys": true }));
        }),
        ("a reset password", &|_, keep| drop(reset(keep))),
        ("a global sign-out", &|caller, keep| {
            out(caller, json!({ "scope": "global", "keep_keys": keep }));
        }),
    ];
    for (what, end) in ends {
        let again = || world.signs_in("ada@example.com").in_shop(&shop.shop);
        let key = new_key(&again());
        // Other ways out of a session leave the keys.
        let other = again();
        out(&other, json!({ "scope": "others" }));
        out(&other, json!({}));
        end(&again(), true);
        assert_eq!(key.get("/products").status, 200, "{what} ends keys that are to stay");
        end(&again(), false);
        key.get("/products").expect_problem(401, "invalid_token");
        assert_eq!(bobs.get("/products").status, 200, "{what} ends another's keys");
    }
    // By default they end.
    let again = world.signs_in("ada@example.com").in_shop(&shop.shop);
    let key = new_key(&again);
    put(&again, json!({ "current_password": PASSWORD, "password": BETTER }));
    key.get("/products").expect_problem(401, "invalid_token");
}

#[test]
fn a_key_that_is_made_while_the_sessions_end_does_not_stay() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let mut other = world.sql();
    // A change of the password that has locked the user and has not ended yet.
    other.run(format!("BEGIN; SELECT FROM users WHERE id = '{}' FOR NO KEY UPDATE", shop.user));
    let (mut watcher, user) = (world.database.connect(Login::Admin), shop.user.clone());
    let change = std::thread::spawn(move || {
        waiting::blocked(&mut watcher);
        other.run(format!(
            "UPDATE sessions SET revoked_at = now() WHERE user_id = '{user}'; \
             DELETE FROM api_keys WHERE user_id = '{user}'; COMMIT"
        ));
    });
    shop.post("/me/keys", key_with(&shop, None)).expect_problem(401, "session_revoked");
    change.join().unwrap();
    assert_eq!(world.sql().column("SELECT count(*)::text FROM api_keys"), ["0"]);
}
