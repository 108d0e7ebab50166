//! Invitations: whoever is invited accepts or declines, and only then is a member.

use std::thread;

use rocket::http::Method;
use rocket::local::blocking::Client;
use serde_json::{Value, json};
use shophouse::limits::Limit;

use crate::support::waiting::all_blocked;
use crate::support::world::{PASSWORD, rocket, text};
use crate::support::{Answer, Caller, Member, World};

fn invitations(shop: &Member<'_>) -> String {
    format!("/shops/{}/invitations", shop.shop)
}

fn register(world: &World, email: &str, token: &Value) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD, "name": "New", "invitation": token });
    world.nobody().post("/auth/register", body)
}

fn roles(world: &World) -> Vec<String> {
    world.sql().column(
        "SELECT concat_ws(' ', name, role) FROM memberships JOIN users ON users.id = user_id ORDER BY 1",
    )
}

#[test]
fn inviting_is_answered_alike_whoever_has_the_address() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = world.user("bob");
    let answers = ["bob", "nobody"].map(|name| {
        let answer = shop.asks_to_invite(&format!("{name}@example.com"), "owner");
        let invited = answer.expect(201).clone();
        assert_eq!(invited["email"], format!("{name}@example.com"));
        let place = format!("/api/v1{}/{}", invitations(&shop), text(&invited["id"]));
        assert_eq!(answer.header("Location"), Some(place.as_str()));
        shop.raw(Method::Get, &place, &[], None).expect(200);
        (
            answer.status,
            invited.as_object().unwrap().keys().cloned().collect::<Vec<_>>(),
            invited["user_id"].clone(),
        )
    });
    assert_eq!(answers[0], answers[1]);
    // Nobody is a member, and the shop knows no name.
    assert_eq!(roles(&world), ["ada owner"]);
    assert_eq!(bob.get("/shops").expect(200)["data"], json!([]));
    assert_eq!(world.sql().column(format!("SELECT name FROM {}.people", shop.schema())), ["ada"]);
    // Nobody has proved the address, so without the token it gives nothing.
    assert_eq!(bob.get("/me/invitations").expect(200)["data"], json!([]));
    let erased = bob.send(Method::Delete, "/me", Some(&json!({ "password": PASSWORD })));
    erased.expect(204);
}

#[test]
fn whoever_has_the_token_accepts_it_once_with_any_account() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let (bob, eve) = (world.user("bob"), world.user("eve"));
    let invited = shop.invites("somebody@example.com", "staff");
    let token = text(&invited["token"]);
    // The message has the token until it is sent.
    world.sql().run("DELETE FROM outbox");
    assert!(!world.sql().content("public").concat().contains(&token), "a token is kept in plain text");
    for guess in ["", "guess"] {
        let refused = bob.accepts(&json!({ "token": guess })).expect_problem(422, "invalid_invitation");
        assert_eq!(refused["errors"][0]["pointer"], "/token");
    }
    // The id is no token.
    bob.post(&format!("/me/invitations/{}/accept", text(&invited["id"])), json!({}))
        .expect_problem(404, "not_found");
    assert_eq!(bob.accepts(&invited).expect(200)["role"], "staff");
    bob.in_shop(&shop.shop).sells("Hat");
    for person in [&bob, &eve] {
        person.accepts(&invited).expect_problem(422, "invalid_invitation");
        person.declines(&invited).expect_problem(422, "invalid_invitation");
    }
    assert_eq!(roles(&world), ["ada owner", "bob staff"]);
    assert_eq!(
        world.sql().column(format!("SELECT email FROM {}.people ORDER BY 1", shop.schema())),
        ["ada@example.com", "bob@example.com"]
    );
}

#[test]
fn whoever_declines_is_no_member() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = world.user("bob");
    let invited = shop.invites("bob@example.com", "staff");
    assert_eq!(bob.declines(&invited).expect(200)["shop"]["slug"], "books");
    bob.accepts(&invited).expect_problem(422, "invalid_invitation");
    assert_eq!(shop.get(&invitations(&shop)).expect(200)["data"], json!([]));
    assert_eq!(roles(&world), ["ada owner"]);
}

#[test]
fn registering_with_a_token_accepts_the_invitation() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let invited = shop.invites("new@example.com", "staff");
    for guess in ["guess", ""] {
        let refused =
            register(&world, "new@example.com", &json!(guess)).expect_problem(422, "invalid_invitation");
        assert_eq!(refused["errors"][0]["pointer"], "/invitation");
    }
    assert_eq!(world.sql().count("users"), 1, "a refused invitation left a user behind");
    register(&world, "newer@example.com", &invited["token"]).expect(201);
    assert_eq!(roles(&world), ["New staff", "ada owner"]);
    register(&world, "again@example.com", &invited["token"]).expect_problem(422, "invalid_invitation");
    // The address without the token is nobody's.
    shop.invites("thief@example.com", "owner");
    let thief = world.user("thief");
    assert_eq!(thief.get("/shops").expect(200)["data"], json!([]));
    thief.post("/auth/switch", json!({ "shop": "books" })).expect_problem(403, "not_a_member");
}

#[test]
fn owners_list_resend_and_revoke_and_nobody_else_does() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let (staff, stranger) = (shop.joined_by("sam", "staff"), world.user("eve").opens_shop("other"));
    let [first, second] = ["bob", "cleo"].map(|name| shop.invites(&format!("{name}@example.com"), "staff"));
    let list = invitations(&shop);
    let shown = shop.get(&format!("{list}?limit=1")).expect(200);
    assert_eq!((&shown["data"][0]["id"], &shown["data"][0]["token"]), (&second["id"], &Value::Null));
    let next = shop.get(&format!("{list}?limit=1&cursor={}", text(&shown["next_cursor"]))).expect(200);
    assert_eq!((&next["data"][0]["id"], &next["next_cursor"]), (&first["id"], &Value::Null));

    let one = format!("{list}/{}", text(&first["id"]));
    for (caller, status, code) in [(&staff, 403, "forbidden"), (&stranger, 404, "not_found")] {
        caller.get(&list).expect_problem(status, code);
        caller.get(&one).expect_problem(status, code);
        caller.post(&format!("{one}/resend"), json!({})).expect_problem(status, code);
        caller.delete(&one).expect_problem(status, code);
    }
    // Another shop's owner does not reach it by the own shop either.
    let elsewhere = format!("{}/{}", invitations(&stranger), text(&first["id"]));
    stranger.get(&elsewhere).expect_problem(404, "not_found");
    stranger.post(&format!("{elsewhere}/resend"), json!({})).expect_problem(404, "not_found");
    stranger.delete(&elsewhere).expect_problem(404, "not_found");

    world.sql().run("DELETE FROM invitation_counts");
    let again = shop.send(Method::Post, &format!("{one}/resend"), None).expect(200);
    assert_eq!(again["id"], first["id"]);
    let bob = world.user("bob");
    bob.accepts(&first).expect_problem(422, "invalid_invitation");
    bob.accepts(&again).expect(200);
    shop.delete(&format!("{list}/{}", text(&second["id"]))).expect(204);
    shop.delete(&format!("{list}/{}", text(&second["id"]))).expect_problem(404, "not_found");
    world.user("cleo").accepts(&second).expect_problem(422, "invalid_invitation");
    shop.get(&one).expect_problem(404, "not_found");
}

#[test]
fn a_members_address_is_not_invited_again() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = world.user("bob");
    shop.takes_in(&bob, "staff");
    shop.asks_to_invite("BOB@example.com", "owner").expect_problem(409, "already_member");
    // A member who was handed another's token keeps the role, and the token is still good.
    let other = shop.invites("cleo@example.com", "customer");
    bob.accepts(&other).expect_problem(409, "already_member");
    world.user("cleo").accepts(&other).expect(200);
    assert_eq!(roles(&world), ["ada owner", "bob staff", "cleo customer"]);
    // A higher role is one.
    bob.accepts(&shop.invites("dan@example.com", "owner")).expect(200);
    assert_eq!(roles(&world), ["ada owner", "bob owner", "cleo customer"]);
}

#[test]
fn an_invitation_ends_with_its_time_its_replacement_its_owner_and_its_shop() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let new = world.user("new");
    let invite = |by: &Member<'_>| by.invites("new@example.com", "staff");
    let refused = |invited: &Value| new.accepts(invited).expect_problem(422, "invalid_invitation");

    let replaced = invite(&shop);
    let late = invite(&shop);
    refused(&replaced);
    world.sql().run("UPDATE invitations SET expires_at = now()");
    refused(&late);
    assert_eq!(shop.get(&invitations(&shop)).expect(200)["data"], json!([]));

    for end in [json!({ "role": "staff" }), Value::Null] {
        let bob = shop.joined_by(&format!("bob{}", end.is_null()), "owner");
        let invited = invite(&bob);
        let place = format!("/shops/{}/members/{}", shop.shop, bob.user);
        if end.is_null() {
            shop.delete(&place).expect(204)
        } else {
            shop.patch(&place, end).expect(200)
        };
        refused(&invited);
    }
    let invited = invite(&shop);
    for state in ["suspended", "deleting"] {
        shop.shop_becomes(state);
        refused(&invited);
    }
    shop.shop_becomes("active");
    new.accepts(&invited).expect(200);
}

#[test]
fn a_higher_role_is_offered_and_a_lower_one_holds_at_once() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let (bob, eve) = (shop.joined_by("bob", "customer"), world.user("eve"));
    let place = format!("/shops/{}/members/{}", shop.shop, bob.user);
    let offer = |role: &str| {
        let member = shop.patch(&place, json!({ "role": role })).expect(200);
        (text(&member["role"]), member["offered_role"].clone())
    };
    assert_eq!(offer("owner"), ("customer".to_owned(), json!("owner")));
    assert_eq!(
        shop.get(&format!("/shops/{}/members", shop.shop)).expect(200)["data"][1]["offered_role"],
        "owner"
    );
    assert_eq!(roles(&world), ["ada owner", "bob customer"]);
    // It makes nobody an owner: whoever did not accept can leave and be erased, and the last owner is still the last.
    shop.delete(&format!("/shops/{}/members/{}", shop.shop, shop.user)).expect_problem(409, "last_owner");

    let mine = bob.get("/me/invitations").expect(200)["data"].clone();
    assert_eq!((&mine[0]["shop"]["slug"], &mine[0]["role"]), (&json!("books"), &json!("owner")));
    let accept = format!("/me/invitations/{}/accept", text(&mine[0]["id"]));
    eve.post(&accept, json!({})).expect_problem(404, "not_found");
    // Another offer takes its place, and what was seen before is gone.
    assert_eq!(offer("staff"), ("customer".to_owned(), json!("staff")));
    bob.post(&accept, json!({})).expect_problem(404, "not_found");
    shop.promotes(&bob, "staff");
    assert_eq!(roles(&world), ["ada owner", "bob staff"]);

    assert_eq!(offer("owner"), ("staff".to_owned(), json!("owner")));
    assert_eq!(offer("staff"), ("staff".to_owned(), Value::Null));
    offer("owner");
    assert_eq!(offer("customer"), ("customer".to_owned(), Value::Null));
    assert_eq!(bob.get("/me/invitations").expect(200)["data"], json!([]));
    // Whoever leaves takes the offer along.
    offer("owner");
    bob.delete(&place).expect(204);
    assert_eq!(world.sql().count("invitations"), 0);
}

#[test]
fn the_token_of_an_offer_is_for_its_member_alone() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let (bob, eve) = (shop.joined_by("bob", "customer"), world.user("eve"));
    shop.patch(&format!("/shops/{}/members/{}", shop.shop, bob.user), json!({ "role": "staff" })).expect(200);
    let offer = text(&shop.get(&invitations(&shop)).expect(200)["data"][0]["id"]);
    world.sql().run("DELETE FROM invitation_counts");
    let resent = shop.send(Method::Post, &format!("{}/{offer}/resend", invitations(&shop)), None).expect(200);
    eve.accepts(&resent).expect_problem(422, "invalid_invitation");
    eve.declines(&resent).expect_problem(422, "invalid_invitation");
    bob.accepts(&resent).expect(200);
    assert_eq!(roles(&world), ["ada owner", "bob staff"]);
}

#[test]
fn a_shop_writes_to_an_address_once_in_five_minutes() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let path = format!("/shops/{}/members", shop.shop);
    let body = json!({ "email": "bob@example.com", "role": "staff" });
    let first = shop.post(&path, body.clone()).expect(201);
    let one = format!("{}/{}", invitations(&shop), text(&first["id"]));
    let wait = |answer: &Answer| {
        answer.expect_problem(429, "too_many_attempts");
        let seconds: u32 = answer.header("Retry-After").unwrap().parse().unwrap();
        assert!((295..=300).contains(&seconds), "{seconds}");
    };
    wait(&shop.post(&path, body.clone()));
    wait(&shop.send(Method::Post, &format!("{one}/resend"), None));
    // The first message still holds, and revoking gives no further one.
    shop.get(&one).expect(200);
    shop.delete(&one).expect(204);
    wait(&shop.post(&path, body.clone()));
    shop.post(&path, json!({ "email": "cleo@example.com", "role": "staff" })).expect(201);
    world.sql().run("UPDATE invitation_counts SET ends_at = now()");
    let second = shop.post(&path, body).expect(201);
    world.user("bob").accepts(&second).expect(200);
}

#[test]
fn each_invitation_is_one_message_and_an_address_gets_few_from_all_shops() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let sent = || {
        world.sql().column("SELECT recipient FROM outbox WHERE template = 'invitation' ORDER BY created_at")
    };
    let bob = shop.joined_by("bob", "customer");
    shop.invites("cleo@example.com", "staff");
    let place = format!("/shops/{}/members/{}", shop.shop, bob.user);
    // Of two offers in five minutes the member gets one message, and finds the second all the same.
    for role in ["staff", "owner"] {
        shop.patch(&place, json!({ "role": role })).expect(200);
    }
    assert_eq!(bob.get("/me/invitations").expect(200)["data"][0]["role"], "owner");
    assert_eq!(sent(), ["cleo@example.com", "bob@example.com"]);
    world.sql().run("DELETE FROM invitation_counts; DELETE FROM outbox");
    for number in 0..12 {
        let other = world.user(&format!("owner-{number}")).opens_shop(&format!("shop-{number}"));
        let body = json!({ "email": "victim@example.com", "role": "customer" });
        // The answer does not tell what other shops have done.
        other.post(&format!("/shops/{}/members", other.shop), body).expect(201);
    }
    assert_eq!(sent().len(), 10);
}

#[test]
fn a_shop_and_a_user_make_so_many_invitations_a_day() {
    let world = World::allowing(&[(Limit::ShopInvitations, 2), (Limit::UserInvitations, 3)]);
    let ada = world.user("ada");
    let [one, two] = ["one", "two"].map(|slug| ada.opens_shop(slug));
    let invite = |shop: &Member<'_>, name: &str| {
        let body = json!({ "email": format!("{name}@example.com"), "role": "staff" });
        shop.post(&format!("/shops/{}/members", shop.shop), body)
    };
    let reached = |answer: Answer| text(&answer.expect_problem(409, "limit_reached")["detail"]);
    invite(&one, "a").expect(201);
    let id = text(&invite(&one, "b").expect(201)["id"]);
    // Revoking makes no room, and sending again counts.
    one.delete(&format!("{}/{id}", invitations(&one))).expect(204);
    assert!(reached(invite(&one, "c")).contains("daily_invitations_per_shop"));
    invite(&two, "a").expect(201);
    assert!(reached(invite(&two, "b")).contains("daily_invitations_per_user"));
    world.sql().run("UPDATE invitation_counts SET ends_at = now()");
    invite(&two, "b").expect(201);
}

/// Does both at the same moment, when both wait for the lock on the shop, and returns the statuses.
fn at_once<const N: usize>(
    world: &World,
    acts: [(&Caller<'_>, Method, String, Option<Value>); N],
) -> [u16; N] {
    let mut holder = world.sql();
    holder.run("BEGIN; SELECT FROM shops FOR UPDATE");
    thread::scope(|scope| {
        let acting = acts.map(|(caller, method, path, body)| {
            let (tenancy, token) = (world.tenancy.clone(), caller.token.clone());
            scope.spawn(move || {
                let client = Client::untracked(rocket(tenancy)).unwrap();
                Caller::new(&client, token).send(method, &path, body.as_ref()).status
            })
        });
        all_blocked(&mut world.sql(), N);
        holder.run("COMMIT");
        acting.map(|thread| thread.join().unwrap())
    })
}

#[test]
fn of_accepting_and_whatever_ends_the_invitation_one_happens() {
    let world = World::new();
    let ada = world.user("ada").opens_shop("books");
    let (bob, eve) = (world.user("bob"), world.user("eve"));
    let accept = "/me/invitations/accept".to_owned();
    let member = |invited: &Value| {
        let ids = world.sql().column("SELECT user_id FROM memberships WHERE role = 'staff'");
        assert!(world.sql().count("invitations") == 0, "{invited}");
        world.sql().run("DELETE FROM memberships WHERE role = 'staff'");
        ids
    };
    // Twice, by two people.
    let invited = ada.invites("bob@example.com", "staff");
    let token = json!({ "token": invited["token"] });
    let statuses = at_once(
        &world,
        [
            (&bob, Method::Post, accept.clone(), Some(token.clone())),
            (&eve, Method::Post, accept.clone(), Some(token)),
        ],
    );
    assert!(statuses == [200, 422] || statuses == [422, 200], "{statuses:?}");
    assert_eq!(member(&invited).len(), 1);

    // While it is revoked.
    let invited = ada.invites("bob@example.com", "staff");
    let statuses = at_once(
        &world,
        [
            (&bob, Method::Post, accept.clone(), Some(json!({ "token": invited["token"] }))),
            (&ada, Method::Delete, format!("{}/{}", invitations(&ada), text(&invited["id"])), None),
        ],
    );
    assert!(statuses == [200, 404] || statuses == [422, 204], "{statuses:?}");
    assert_eq!(member(&invited).len(), usize::from(statuses[0] == 200));

    // While the inviter is demoted: whichever is first, the demotion happens.
    let olga = ada.joined_by("olga", "owner");
    let invited = olga.invites("bob@example.com", "staff");
    let statuses = at_once(
        &world,
        [
            (&bob, Method::Post, accept.clone(), Some(json!({ "token": invited["token"] }))),
            (
                &ada,
                Method::Patch,
                format!("/shops/{}/members/{}", ada.shop, olga.user),
                Some(json!({ "role": "customer" })),
            ),
        ],
    );
    assert!(statuses == [200, 200] || statuses == [422, 200], "{statuses:?}");
    assert_eq!(member(&invited).len(), usize::from(statuses[0] == 200));

    // While the shop is closed.
    let invited = ada.invites("bob@example.com", "staff");
    let statuses = at_once(
        &world,
        [
            (&bob, Method::Post, accept, Some(json!({ "token": invited["token"] }))),
            (&ada, Method::Delete, format!("/shops/{}", ada.shop), Some(json!({ "slug": "books" }))),
        ],
    );
    assert!(statuses == [200, 200] || statuses == [422, 200], "{statuses:?}");
    let members = world.sql().count("memberships WHERE role = 'staff'");
    assert_eq!(members, i64::from(statuses[0] == 200));
}
