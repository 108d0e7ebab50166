//! Isolation: every route, called by everybody who must not be served.

use std::collections::BTreeSet;

use rocket::http::Method;
use serde_json::json;

use crate::routes::{Entry, ROUTES, Shelf, Who, guarded, of_tenants};
use crate::support::{Answer, Caller, Tenants, World, factor, token};

/// Calls routes, with a shop's own ids, and checks each answer.
fn each<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    caller: &Caller<'_>,
    shelf: &Shelf,
    check: impl Fn(&Answer),
) {
    let mut called = 0;
    for entry in entries {
        check(&entry.call(caller, shelf));
        called += 1;
    }
    assert!(called > 0, "no route was called");
}

#[test]
fn every_route_is_in_the_table() {
    let world = World::new();
    let mounted: BTreeSet<String> =
        world.routes().map(|route| format!("{} {}", route.method, route.uri)).collect();
    let listed: BTreeSet<String> =
        ROUTES.iter().map(|entry| format!("{} {}", entry.method, entry.route)).collect();
    let missing: Vec<_> = mounted.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&mounted).collect();
    assert!(
        missing.is_empty(),
        "add them to ROUTES in tests/suite/routes.rs, with who may call them: {missing:?}"
    );
    assert!(gone.is_empty(), "these are not mounted: {gone:?}");
    assert_eq!(listed.len(), ROUTES.len(), "a route is listed twice");
}

/// It needs that there is no second factor yet.
const BEGIN_FACTOR: (Method, &str) = (Method::Post, "/api/v1/me/factors/totp");

/// Otherwise the tests below might be refused for the body and not by the guard.
#[test]
fn every_route_serves_whoever_may_call_it() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let customer = shop.joined_by("cleo", "customer");
    let staff = shop.joined_by("bob", "staff");
    for (number, entry) in guarded().enumerate() {
        let (owner, invited);
        // An order that a customer placed is the customer's own.
        let (caller, shelf) = match entry.who {
            Who::AtLeast("staff") => (&staff, Shelf::of(&shop)),
            Who::AtLeast(_) => (&customer, Shelf::of_customer(&shop, &customer)),
            _ if entry.is_for_the_invited() => {
                invited = shop.joined_by(&format!("invited-{number}"), "customer");
                (&invited, Shelf::of_customer(&shop, &invited))
            }
            _ => {
                // Some of these end the session or delete the shop.
                owner = world.user(&format!("owner-{number}")).opens_shop(&format!("shop-{number}"));
                if entry.route.contains("/factors/totp") && (entry.method, entry.route) != BEGIN_FACTOR {
                    factor::given(&world, &owner.user, entry.method != Method::Post);
                }
                (&owner, Shelf::of(&owner))
            }
        };
        let answer = entry.call(caller, &shelf);
        // The order is new, the shop is open, its last owner wants to leave, and the code of a second factor is wrong or
        // missing: some actions are refused because of that, but not by a guard.
        let reasons =
            ["invalid_transition", "not_restorable", "last_owner", "wrong_code", "second_factor_required"];
        let later = |code: &str| reasons.contains(&code);
        let served = (200..300).contains(&answer.status) || answer.json()["code"].as_str().is_some_and(later);
        assert!(served, "{answer}");
    }
}

#[test]
fn a_request_without_a_token_is_refused() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let shelf = Shelf::of(&shop);
    each(guarded(), &tenants.nobody(), &shelf, |answer| {
        answer.expect_problem(401, "unauthenticated");
    });
}

#[test]
fn a_token_that_is_not_ours_is_refused() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let shelf = Shelf::of(&shop);
    let ours = shop.token.clone().unwrap();
    let (head, signature) = ours.rsplit_once('.').unwrap();
    let tampered = format!("{}.{signature}", &head[..head.len() - 2]);
    for junk in ["junk", &format!("{head}."), &tampered, &format!("{ours}x")] {
        each(guarded(), &shop.with_token(junk), &shelf, |answer| {
            answer.expect_problem(401, "invalid_token");
        });
    }
}

#[test]
fn an_expired_token_is_refused() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let shelf = Shelf::of(&shop);
    let token = shop.token.as_deref().unwrap();
    // Signed again but unchanged, it is accepted. So its age is what is refused below.
    let caller = shop.with_token(token::signed(&token::claims(token)));
    caller.get("/products").expect(200);
    each(guarded(), &shop.with_token(token::expired(token)), &shelf, |answer| {
        answer.expect_problem(401, "token_expired");
    });
}

#[test]
fn a_session_that_was_ended_is_refused_at_once() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let shelf = Shelf::of(&shop);
    shop.is_signed_out();
    each(guarded(), &shop, &shelf, |answer| {
        answer.expect_problem(401, "session_revoked");
    });
}

#[test]
fn an_expired_session_is_refused() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let shelf = Shelf::of(&shop);
    world.sql().run("UPDATE sessions SET expires_at = now()");
    each(guarded(), &shop, &shelf, |answer| {
        answer.expect_problem(401, "session_revoked");
    });
}

#[test]
fn a_removed_member_is_refused_at_once() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let shelf = Shelf::of(&shop);
    let staff = shop.joined_by("bob", "staff");
    staff.get("/products").expect(200);
    staff.is_removed();
    each(of_tenants(), &staff, &shelf, |answer| {
        answer.expect_problem(403, "not_a_member");
    });
}

#[test]
fn a_role_that_was_taken_away_is_gone_at_once() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let shelf = Shelf::of(&shop);
    let staff = shop.joined_by("bob", "staff");
    world.sql().run("UPDATE memberships SET role = 'customer' WHERE role = 'staff'");
    let for_staff = of_tenants().filter(|entry| entry.who == Who::AtLeast("staff"));
    each(for_staff, &staff, &shelf, |answer| {
        answer.expect_problem(403, "forbidden");
    });
}

#[test]
fn a_customer_is_refused_what_is_for_staff() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let shelf = Shelf::of(&shop);
    let customer = shop.joined_by("cleo", "customer");
    let before = world.sql().content(&shop.schema());
    let for_staff = of_tenants().filter(|entry| entry.who == Who::AtLeast("staff"));
    each(for_staff, &customer, &shelf, |answer| {
        answer.expect_problem(403, "forbidden");
    });
    assert_eq!(world.sql().content(&shop.schema()), before);
}

#[test]
fn a_shop_that_is_not_open_serves_nobody_while_others_go_on() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let other = tenants.user("bob").opens_shop("other");
    let shelf = Shelf::of(&shop);
    for (state, status, code) in [("suspended", 403, "shop_suspended"), ("deleting", 403, "shop_deleting")] {
        shop.shop_becomes(state);
        each(of_tenants(), &shop, &shelf, |answer| {
            answer.expect_problem(status, code);
        });
        other.get("/products").expect(200);
    }
}

#[test]
fn a_shop_between_versions_asks_its_callers_to_come_back() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let other = world.user("bob").opens_shop("other");
    let shelf = Shelf::of(&shop);
    let upgrading = |answer: &Answer| {
        answer.expect_problem(503, "shop_upgrading");
        assert!(answer.header("Retry-After").is_some(), "{answer}");
    };
    let id = &shop.shop;
    world.sql().run(format!("UPDATE shops SET schema_version = '20200101000000' WHERE id = '{id}'"));
    each(of_tenants(), &shop, &shelf, upgrading);
    // A newer schema is served if this binary is not older than the schema's floor.
    world.sql().run(format!("UPDATE shops SET schema_version = '99990101000000' WHERE id = '{id}'"));
    shop.get("/products").expect(200);
    world.sql().run(format!("UPDATE shops SET schema_floor = '99990101000000' WHERE id = '{id}'"));
    each(of_tenants(), &shop, &shelf, upgrading);
    other.get("/products").expect(200);
}

#[test]
fn a_token_without_a_shop_is_for_no_shop() {
    let tenants = Tenants::new();
    let ada = tenants.user("ada");
    let shelf = Shelf::of(&ada.opens_shop("books"));
    each(of_tenants(), &ada, &shelf, |answer| {
        answer.expect_problem(403, "shop_required");
    });
}

#[test]
fn a_token_that_names_a_shop_of_others_opens_nothing_there() {
    let world = World::new();
    let ours = world.user("ada").opens_shop("ours");
    let theirs = world.user("bob").opens_shop("theirs");
    let shelf = Shelf::of(&theirs);
    let before = world.sql().content(&theirs.schema());
    // The token has a valid signature: the membership decides, not the token.
    let stranger = ours.with_token(token::for_shop(ours.token.as_deref().unwrap(), &theirs.shop));
    each(of_tenants(), &stranger, &shelf, |answer| {
        answer.expect_problem(403, "not_a_member");
    });
    assert_eq!(world.sql().content(&theirs.schema()), before);
}

#[test]
fn what_belongs_to_another_shop_is_not_found() {
    let world = World::new();
    let ours = world.user("ada").opens_shop("ours");
    let theirs = world.user("bob").opens_shop("theirs");
    let _ours_has_things_too = Shelf::of(&ours);
    let shelf = Shelf::of(&theirs);
    let before = (world.sql().content(&theirs.schema()), world.sql().content("public"));
    let with_ids = guarded().filter(|entry| entry.takes_ids());
    for entry in with_ids {
        let answer = entry.call(&ours, &shelf);
        if entry.route.contains('<') {
            answer.expect_problem(404, "not_found");
        } else {
            assert!((400..500).contains(&answer.status), "{answer}");
        }
    }
    assert_eq!((world.sql().content(&theirs.schema()), world.sql().content("public")), before);
}

#[test]
fn lists_show_one_shop_only() {
    let tenants = Tenants::new();
    let ours = tenants.user("ada").opens_shop("ours");
    let theirs = tenants.user("bob").opens_shop("theirs");
    Shelf::of(&theirs);
    for entry in of_tenants().filter(|entry| entry.method == Method::Get && !entry.takes_ids()) {
        let answer = entry.call(&ours, &Shelf::none());
        if answer.header("Content-Type") == Some("application/json") {
            // The list of people has the shop's owner.
            let rows = answer.expect(200)["data"].as_array().unwrap().clone();
            assert!(rows.iter().all(|row| row["id"] == json!(ours.user)), "{answer}");
        }
    }
}
