//! The audit trail: what an owner, a user and the operator read of it; what never stands there; and how it ends.

use rocket::http::Method;
use serde_json::{Value, json};
use shophouse::identity;

use crate::support::process::{done, refused};
use crate::support::world::{PASSWORD, run, text};
use crate::support::{Caller, Login, Member, World};

fn trail(shop: &Member<'_>) -> String {
    format!("/shops/{}/audit", shop.shop)
}

/// What a list shows, newest first.
fn events(caller: &Caller<'_>, path: &str) -> Vec<Value> {
    caller.get(path).expect(200)["data"].as_array().unwrap().clone()
}

fn words(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| text(&event["event"])).collect()
}

fn login(caller: &Caller<'_>, email: &str, password: &str) -> u16 {
    caller.post("/auth/login", json!({ "email": email, "password": password })).status
}

#[test]
fn an_owner_reads_who_did_what_in_the_shop() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let bob = shop.joined_by("bob", "customer");
    let member = format!("/shops/{}/members/{}", shop.shop, bob.user);
    shop.promotes(&bob, "staff");
    let key = json!({ "name": "Script of Bob", "shop": "books", "role": "staff" });
    let key = text(&bob.post("/me/keys", key).expect(201)["id"]);
    bob.post(&format!("/me/keys/{key}/rotate"), json!({})).expect(200);
    bob.delete(&format!("/me/keys/{key}")).expect(204);
    shop.delete(&member).expect(204);
    let deletion = json!({ "slug": "books" });
    shop.send(Method::Delete, &format!("/shops/{}", shop.shop), Some(&deletion)).expect(200);
    shop.post(&format!("/shops/{}/restore", shop.shop), json!({})).expect(200);

    let seen = events(&ada, &trail(&shop));
    let expected = [
        "shop_restored",
        "shop_deleted",
        "member_removed",
        "key_revoked",
        "key_rotated",
        "key_created",
        "role_accepted",
        "role_offered",
        "shop_opened",
    ];
    assert_eq!(words(&seen), expected);
    let changed = &seen[7];
    assert_eq!((&changed["actor"], &changed["actor_id"]), (&json!("user"), &json!(ada.id)));
    assert_eq!(changed["subject_id"], json!(bob.user));
    assert_eq!(changed["details"], json!({ "role_before": "customer", "role": "staff" }));
    for of_key in &seen[3..6] {
        assert_eq!((&of_key["subject_id"], &of_key["details"]["key_id"]), (&json!(bob.user), &json!(key)));
    }

    // Narrowed, by a slug in the path, and in pages.
    let by_bob = events(&ada, &format!("/shops/books/audit?actor={}", bob.user));
    assert_eq!(words(&by_bob), ["key_revoked", "key_rotated", "key_created", "role_accepted"]);
    assert_eq!(words(&events(&ada, "/shops/books/audit?event=role_offered")), ["role_offered"]);
    assert_eq!(words(&events(&ada, "/shops/books/audit?to=2020-01-01T00:00:00Z")), [""; 0]);
    let from = text(&seen[1]["created_at"]);
    assert_eq!(events(&ada, &format!("/shops/books/audit?from={from}")).len(), 2);
    let page = ada.get("/shops/books/audit?limit=3").expect(200);
    let next = format!("/shops/books/audit?limit=9&cursor={}", text(&page["next_cursor"]));
    assert_eq!(words(&events(&ada, &next)), expected[3..]);
    ada.get("/shops/books/audit?event=key_used").expect_problem(422, "invalid_parameter");
}

#[test]
fn whoever_becomes_a_member_stands_in_the_trail_of_the_shop() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let bob = world.user("bob");
    bob.post("/storefront/books/join", json!({})).expect(201);
    bob.post("/storefront/books/join", json!({})).expect(200);
    let register = |name: &str, more: (&str, Value)| {
        let mut person = json!({ "email": format!("{name}@example.com"), "password": PASSWORD });
        person[more.0] = more.1;
        text(&world.nobody().post("/auth/register", person).expect(201)["id"])
    };
    let cleo = register("cleo", ("shop", json!("books")));
    let token = shop.invites("dan@example.com", "customer")["token"].clone();
    let dan = register("dan", ("invitation", token));
    let seen = events(&ada, &trail(&shop));
    let expected = ["invitation_accepted", "member_invited", "member_joined", "member_joined", "shop_opened"];
    assert_eq!(words(&seen), expected);
    let people = [0, 2, 3].map(|at| text(&seen[at]["subject_id"]));
    assert_eq!(people, [dan, cleo, bob.id.clone()]);
}

#[test]
fn another_address_and_a_message_with_a_new_password_stand_in_the_own_activity() {
    let world = World::new();
    let bob = world.user("bob");
    bob.patch("/me", json!({ "name": "Bob" })).expect(200);
    bob.patch("/me", json!({ "email": "bob@shop.example" })).expect(200);
    let seen = events(&bob, "/me/activity");
    assert_eq!(words(&seen), ["email_changed", "profile_changed", "signed_in", "registered"]);
    assert!(!seen[0].to_string().contains("shop.example"), "no address stands in the trail");
    let proving = world.now_proving();
    let bob = proving.signs_in("bob@shop.example");
    bob.patch("/me", json!({ "email": "bob@example.com" })).expect(200);
    assert_eq!(words(&events(&bob, "/me/activity"))[0], "email_change_asked");
}

#[test]
fn only_owners_read_the_trail_of_a_shop_and_of_no_other_one() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let (staff, customer) = (shop.joined_by("bob", "staff"), shop.joined_by("cleo", "customer"));
    let eve = world.user("eve").opens_shop("other");
    for (caller, status, code) in
        [(&staff, 403, "forbidden"), (&customer, 403, "forbidden"), (&eve, 404, "not_found")]
    {
        caller.get(&trail(&shop)).expect_problem(status, code);
    }
    assert_eq!(words(&events(&eve, &trail(&eve))), ["shop_opened"]);
    // How members sign in, to this shop too, is theirs alone.
    let body = json!({ "email": "bob@example.com", "password": PASSWORD, "shop": "books" });
    world.nobody().post("/auth/login", body).expect(200);
    assert_eq!(words(&events(&shop, &trail(&shop))), ["shop_opened"]);
}

#[test]
fn a_user_reads_what_happened_to_the_own_account() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = shop.joined_by("bob", "customer");
    let here = world.nobody().from(([198, 51, 100, 7], 4000).into());
    assert_eq!(login(&here, "bob@example.com", "wrong horse"), 401);
    assert_eq!(login(&here, "bob@example.com", PASSWORD), 200);
    let elsewhere = shop.from(([198, 51, 100, 8], 4000).into());
    let member = format!("/shops/{}/members/{}", shop.shop, bob.user);
    elsewhere.patch(&member, json!({ "role": "staff" })).expect(200);
    let change = json!({ "current_password": "wrong horse", "password": "a better horse" });
    bob.send(Method::Put, "/me/password", Some(&change)).expect_problem(422, "wrong_password");
    bob.post("/auth/logout", json!({ "scope": "others" })).expect(204);

    let seen = events(&bob, "/me/activity");
    let expected = [
        "logout",
        "password_change_failed",
        "role_offered",
        "signed_in",
        "sign_in_failed",
        "signed_in",
        "registered",
    ];
    assert_eq!(words(&seen), expected);
    let place = |event: &Value| (event["actor"].clone(), event["address"].clone());
    assert_eq!(place(&seen[4]), (json!("unknown"), json!("198.51.100.7")));
    assert_eq!(place(&seen[3]), (json!("user"), json!("198.51.100.7")));
    assert_eq!(place(&seen[2]), (json!("user"), Value::Null), "it shows where an owner is");
    assert_eq!(seen[2]["actor_id"], json!(shop.user));
    assert_eq!(events(&bob, "/me/activity?event=sign_in_failed").len(), 1);
    assert_eq!(words(&events(&shop, "/me/activity")), ["shop_opened", "signed_in", "registered"]);
}

#[test]
fn an_act_that_fails_leaves_no_row_and_neither_does_a_use_of_a_key() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let member = format!("/shops/{}/members/{}", shop.shop, shop.user);
    shop.delete(&member).expect_problem(409, "last_owner");
    shop.patch(&member, json!({ "role": "staff" })).expect_problem(409, "last_owner");
    let key = shop.post("/me/keys", json!({ "name": "k", "shop": "books", "role": "staff" })).expect(201);
    let before = world.sql().count("audit_events");
    world.nobody().with_token(text(&key["key"])).get("/products").expect(200);
    assert_eq!(world.sql().count("audit_events"), before);
    assert_eq!(world.sql().count("audit_events WHERE event IN ('member_left', 'role_changed')"), 0);
}

#[test]
fn however_many_guess_a_password_the_trail_stays_short() {
    let world = World::new();
    let ada = world.user("ada");
    for number in 0..60_u8 {
        // No throttle, to guess as much as one likes.
        world.sql().run("DELETE FROM sign_in_attempts");
        let here = world.nobody().from(([198, 51, 100, number], 4000).into());
        assert_eq!(login(&here, "ada@example.com", "wrong horse"), 401);
        assert_eq!(login(&here, &format!("nobody{number}@example.com"), "wrong horse"), 401);
    }
    // Two stretches of ten minutes, when one has just begun.
    let failed =
        |of: &str| world.sql().count(format!("audit_events WHERE event = 'sign_in_failed' AND {of}"));
    let of_ada = failed(&format!("subject_id = '{}'", ada.id));
    assert!((4..=32).contains(&of_ada), "{of_ada}");
    let of_nobody = failed("subject_id IS NULL");
    assert!((4..=32).contains(&of_nobody), "{of_nobody}");
    // An attempt that has to wait is not even that.
    let rows = world.sql().count("audit_events");
    world.sql().run(
        "UPDATE sign_in_attempts SET attempts = 900, last_at = now(), free_at = now() + interval '20 s'",
    );
    let here = world.nobody().from(([198, 51, 100, 59], 4000).into());
    assert_eq!(login(&here, "ada@example.com", "wrong horse"), 429);
    assert_eq!(world.sql().count("audit_events"), rows);
}

#[test]
fn an_erased_person_is_left_as_a_bare_id() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = shop.joined_by("bob", "owner").from(([198, 51, 100, 7], 4000).into());
    let id = bob.as_caller().user.to_string();
    let member = format!("/shops/{}/members/{}", shop.shop, shop.user);
    let agent = ("User-Agent", "Bobs browser");
    let body = Some((rocket::http::ContentType::JSON, br#"{"role": "staff"}"#.to_vec()));
    bob.raw(Method::Patch, &format!("/api/v1{member}"), &[agent], body).expect(200);
    let other = world.nobody().from(([198, 51, 100, 7], 4000).into());
    login(&other, "bob@example.com", "wrong horse");
    shop.from(([198, 51, 100, 9], 4000).into()).get("/me").expect(200);
    // A shop keeps an owner.
    bob.patch(&member, json!({ "role": "owner" })).expect(200);
    let offer = text(&shop.get("/me/invitations").expect(200)["data"][0]["id"]);
    shop.post(&format!("/me/invitations/{offer}/accept"), json!({})).expect(200);
    bob.send(Method::Delete, "/me", Some(&json!({ "password": PASSWORD }))).expect(204);
    let found = world.sql().content("public").concat();
    for word in ["198.51.100.7", "Bobs browser", "bob@example.com"] {
        assert!(!found.contains(word), "{word} is still there");
    }
    let seen = events(&shop, &trail(&shop));
    assert_eq!(words(&seen), ["role_accepted", "role_offered", "role_changed", "shop_opened"]);
    assert_eq!((&seen[1]["actor_id"], &seen[1]["address"]), (&json!(id), &Value::Null));
    assert_eq!(world.sql().count(format!("audit_events WHERE event = 'erased' AND subject_id = '{id}'")), 1);
}

#[test]
fn old_rows_go_after_the_days_that_are_set_and_new_ones_stay() {
    let world = World::new();
    world.user("ada");
    let rows = world.sql().count("audit_events");
    // Three batches of a year ago. An id begins with the milliseconds.
    world.sql().run(
        "INSERT INTO audit_events (id, created_at, event, actor)
         SELECT (lpad(to_hex((extract(epoch FROM now() - interval '366 days') * 1000)::bigint), 12, '0')
                 || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid,
                now() - interval '366 days', 'signed_in', 'system'
         FROM generate_series(1, 2500) n",
    );
    run(identity::expire_audit(&world.tenancy, 0, || false)).unwrap();
    run(identity::expire_audit(&world.tenancy, 367, || false)).unwrap();
    assert_eq!(world.sql().count("audit_events"), rows + 2500);
    run(identity::expire_audit(&world.tenancy, 365, || false)).unwrap();
    assert_eq!(world.sql().count("audit_events"), rows);
}

#[test]
fn requests_can_add_to_the_trail_and_change_nothing_of_it() {
    let world = World::new();
    world.user("ada");
    let mut sql = world.database.connect(Login::Web);
    let role = world.sql().one("SELECT 'shophouse_' || name || '_public' FROM installation");
    for refused in
        ["UPDATE audit_events SET address = NULL", "DELETE FROM audit_events", "TRUNCATE audit_events"]
    {
        let done = sql.try_run(format!("BEGIN; SET LOCAL ROLE {role}; {refused}; COMMIT"));
        assert!(done.unwrap_err().to_string().contains("permission denied"), "{refused}");
        sql.run("ROLLBACK");
    }
    sql.run(format!("BEGIN; SET LOCAL ROLE {role}; SELECT FROM audit_events; COMMIT"));
}

#[test]
fn the_operator_reads_the_trail_and_is_in_it() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    world.user("bob");
    for command in [
        &["shop", "suspend", "books"][..],
        &["shop", "resume", "books"],
        &["shop", "owner", "books", "bob@example.com"],
        &["shop", "limits", "books", "--set", "orders_per_minute=7"],
        &["user", "reset", "ada@example.com"],
    ] {
        done(&world.database, command);
    }
    let rows = |arguments: &[&str]| -> Vec<Value> {
        let arguments = [&["audit", "--json"], arguments].concat();
        serde_json::from_str(&done(&world.database, &arguments)).unwrap()
    };
    let of_shop = rows(&["--shop", "books"]);
    assert_eq!(
        words(&of_shop),
        ["limits_changed", "owner_made", "shop_resumed", "shop_suspended", "shop_opened"]
    );
    assert!(of_shop[..4].iter().all(|row| row["actor"] == "operator"), "{of_shop:?}");
    assert_eq!(
        words(&rows(&["--user", "ada@example.com"])),
        ["reset_token_made", "shop_opened", "signed_in", "registered"]
    );
    assert_eq!(rows(&["--user", &ada.id, "--since", "1h", "--limit", "2"]).len(), 2);
    assert_eq!(words(&rows(&["--event", "shop_resumed", "--since", "2020-01-31"])), ["shop_resumed"]);
    // Owners see what the operator did with their shop.
    assert_eq!(words(&events(&ada, &trail(&shop))), words(&of_shop));
    let told = done(&world.database, &["audit", "--shop", "books"]);
    assert!(
        told.contains("bob@example.com") && told.contains("operator") && told.contains("books"),
        "{told}"
    );
    refused(&world.database, &["audit", "--event", "key_used"], 2);
    refused(&world.database, &["audit", "--shop", "attic"], 1);

    // The trail outlives the shop.
    done(&world.database, &["shop", "delete", "books", "--now", "--yes"]);
    let left = rows(&["--shop", &shop.shop]);
    assert_eq!(words(&left)[..2], ["shop_erased", "shop_deleted"]);
    assert_eq!(left[0]["actor"], "system");
}
