//! Limits on numbers: there may be so many and not one more, also when several are added at the same moment.

use std::thread;

use serde_json::{Value, json};
use shophouse::limits::Limit;

use crate::support::concurrent::at_once;
use crate::support::goods::{order_of, variant};
use crate::support::world::{Member, Person, text};
use crate::support::{Answer, Login, World, waiting};

/// Checks a refusal: the limit and its value.
#[track_caller]
pub fn is_reached(answer: &Answer, limit: Limit, value: u32) {
    let problem = answer.expect_problem(409, "limit_reached");
    assert_eq!(problem["limit"], json!({ "name": limit.name(), "value": value }), "{answer}");
    let detail = text(&problem["detail"]);
    assert!(detail.contains(limit.name()) && detail.contains(&value.to_string()), "{answer}");
}

/// How many of these were done; the others reached the limit.
#[track_caller]
fn done(answers: &[Answer], limit: Limit, value: u32) -> usize {
    let (done, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    for answer in refused {
        is_reached(answer, limit, value);
    }
    done.len()
}

/// Runs `work`, in which requests at the same moment write to a table. They are held back until two of them wait: they have
/// checked the limit then, unless one waits for the other before.
fn held_back<T>(world: &World, table: &str, work: impl FnOnce() -> T) -> T {
    let (mut holder, mut watcher) = (world.sql(), world.database.connect(Login::Admin));
    holder.run(format!("BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE"));
    thread::scope(|scope| {
        scope.spawn(move || {
            waiting::some_blocked(&mut watcher, 2);
            holder.run("COMMIT");
        });
        work()
    })
}

fn shop(slug: &str) -> Value {
    json!({ "name": slug, "slug": slug })
}

fn key(shop: &str) -> Value {
    json!({ "name": "Script", "shop": shop, "role": "customer" })
}

/// A customer of the shop.
fn customer<'w>(person: &Person<'w>, slug: &str, shop: &Member<'w>) -> Member<'w> {
    person.post(&format!("/storefront/{slug}/join"), json!({})).expect(201);
    person.in_shop(&shop.shop)
}

#[test]
fn a_user_opens_so_many_shops() {
    let world = World::allowing(&[(Limit::Shops, 2)]);
    let (ada, bob) = (world.user("ada"), world.user("bob"));
    let books = ada.opens_shop("books");
    ada.opens_shop("hats");
    is_reached(&ada.post("/shops", shop("mugs")), Limit::Shops, 2);
    // A shop that somebody else opened does not count, whoever owns it now.
    let theirs = bob.opens_shop("bags");
    theirs.takes_in(&ada, "owner");
    is_reached(&ada.post("/shops", shop("mugs")), Limit::Shops, 2);
    bob.opens_shop("caps");
    is_reached(&bob.post("/shops", shop("mugs")), Limit::Shops, 2);
    // A deleted shop counts until it is erased.
    let path = format!("/shops/{}", books.shop);
    ada.send(rocket::http::Method::Delete, &path, Some(&json!({ "slug": "books" }))).expect(200);
    is_reached(&ada.post("/shops", shop("mugs")), Limit::Shops, 2);
    world.sql().run(format!("UPDATE shops SET erase_after = now() WHERE id = '{}'", books.shop));
    world.tenancy.erase_due(|| false).unwrap();
    ada.opens_shop("mugs");
}

#[test]
fn shops_opened_at_once_do_not_exceed_the_limit() {
    let world = World::allowing(&[(Limit::Shops, 3)]);
    let ada = world.user("ada");
    let opened =
        at_once(8, &ada, &world, |number, caller| caller.post("/shops", shop(&format!("shop-{number}"))));
    assert_eq!(done(&opened, Limit::Shops, 3), 3);
}

#[test]
fn a_sign_in_too_many_ends_the_session_that_was_used_longest_ago() {
    let world = World::allowing(&[(Limit::Sessions, 3)]);
    let ada = world.user("ada");
    let (second, third) = (ada.again(), ada.again());
    // The first one is used again, so the second one is the oldest.
    world.nobody().post("/auth/refresh", json!({ "refresh_token": ada.refresh_token })).expect(200);
    let fourth = ada.again();
    second.get("/me").expect_problem(401, "session_revoked");
    let refresh = json!({ "refresh_token": second.refresh_token });
    world.nobody().post("/auth/refresh", refresh).expect_problem(401, "invalid_token");
    for session in [&ada, &third, &fourth] {
        session.get("/me").expect(200);
    }
    assert_eq!(ada.get("/me/sessions").expect(200)["data"].as_array().unwrap().len(), 3);
    // A session that was ended makes room.
    third.post("/auth/logout", json!({})).expect(204);
    let fifth = ada.again();
    for session in [&ada, &fourth, &fifth] {
        session.get("/me").expect(200);
    }
    // Nobody else's sessions end.
    let bob = world.user("bob");
    (0..4).for_each(|_| drop(ada.again()));
    bob.get("/me").expect(200);
}

#[test]
fn a_user_has_so_many_keys_in_a_shop_and_in_all() {
    let world = World::allowing(&[(Limit::MemberKeys, 2), (Limit::Keys, 3)]);
    let (ada, bob) = (world.user("ada"), world.user("bob"));
    let books = ada.opens_shop("books");
    ada.opens_shop("hats");
    let made = ada.post("/me/keys", key("books")).expect(201);
    ada.post("/me/keys", key("books")).expect(201);
    is_reached(&ada.post("/me/keys", key("books")), Limit::MemberKeys, 2);
    ada.post("/me/keys", key("hats")).expect(201);
    is_reached(&ada.post("/me/keys", key("hats")), Limit::Keys, 3);
    // Another user has keys of their own.
    customer(&bob, "books", &books);
    bob.post("/me/keys", key("books")).expect(201);
    ada.delete(&format!("/me/keys/{}", text(&made["id"]))).expect(204);
    ada.post("/me/keys", key("hats")).expect(201);
}

#[test]
fn keys_made_at_once_do_not_exceed_the_limit() {
    let world = World::allowing(&[(Limit::MemberKeys, 1)]);
    let ada = world.user("ada");
    ada.opens_shop("books");
    let made = held_back(&world, "api_keys", || {
        at_once(8, &ada, &world, |_, caller| caller.post("/me/keys", key("books")))
    });
    assert_eq!(done(&made, Limit::MemberKeys, 1), 1);
}

#[test]
fn a_shop_has_so_many_open_invitations() {
    let world = World::allowing(&[(Limit::Invitations, 2)]);
    let ada = world.user("ada");
    let (books, hats) = (ada.opens_shop("books"), ada.opens_shop("hats"));
    world.user("eve");
    let invite = |shop: &Member<'_>, name: &str| shop.asks_to_invite(&format!("{name}@example.com"), "staff");
    invite(&books, "bob").expect(201);
    invite(&books, "cleo").expect(201);
    is_reached(&invite(&books, "dan"), Limit::Invitations, 2);
    // A new one for the same address takes the place of the old one. A user needs an invitation like anybody.
    invite(&books, "bob").expect(201);
    is_reached(&invite(&books, "eve"), Limit::Invitations, 2);
    invite(&hats, "dan").expect(201);
    world.sql().run("UPDATE invitations SET expires_at = now() WHERE email = 'bob@example.com'");
    invite(&books, "dan").expect(201);
}

#[test]
fn invitations_at_once_do_not_exceed_the_limit() {
    let world = World::allowing(&[(Limit::Invitations, 3)]);
    let ada = world.user("ada");
    let path = format!("/shops/{}/members", ada.opens_shop("books").shop);
    let invited = at_once(8, &ada, &world, |number, caller| {
        caller.post(&path, json!({ "email": format!("{number}@example.com"), "role": "staff" }))
    });
    assert_eq!(done(&invited, Limit::Invitations, 3), 3);
}

#[test]
fn a_customer_has_so_many_pending_orders() {
    let world = World::allowing(&[(Limit::PendingOrders, 2)]);
    let owner = world.user("ada").opens_shop("books");
    let mug = variant(&owner.sells("Mug"), 0);
    let bob = customer(&world.user("bob"), "books", &owner);
    let cleo = customer(&world.user("cleo"), "books", &owner);
    let order = bob.buys(&[(&mug, 1)]).expect(201);
    let second = bob.buys(&[(&mug, 1)]).expect(201);
    is_reached(&bob.buys(&[(&mug, 1)]), Limit::PendingOrders, 2);
    // It takes no stock.
    assert_eq!(
        owner.again("products", &owner.get("/products").expect(200)["data"][0])["variants"][0]["stock"],
        8
    );
    cleo.buys(&[(&mug, 1)]).expect(201);
    // The staff may order for the customer all the same.
    let mut body = order_of(&[(&mug, 1)]);
    body["customer_id"] = bob.user.clone().into();
    owner.post("/orders", body).expect(201);
    owner.takes(&order, "pay").expect(200);
    is_reached(&bob.buys(&[(&mug, 1)]), Limit::PendingOrders, 2);
    bob.takes(&second, "cancel").expect(200);
    bob.buys(&[(&mug, 1)]).expect(201);
}

#[test]
fn orders_placed_at_once_do_not_exceed_the_limit() {
    let world = World::allowing(&[(Limit::PendingOrders, 1)]);
    let owner = world.user("ada").opens_shop("books");
    // Of different products: they do not wait for each other's stock.
    let mugs: Vec<String> = (0..8).map(|number| variant(&owner.sells(&format!("Mug {number}")), 0)).collect();
    let bob = customer(&world.user("bob"), "books", &owner);
    let placed = held_back(&world, &format!("{}.order_events", owner.schema()), || {
        at_once(8, &bob, &world, |number, caller| caller.buys(&[(&mugs[number], 1)]))
    });
    assert_eq!(done(&placed, Limit::PendingOrders, 1), 1);
}
