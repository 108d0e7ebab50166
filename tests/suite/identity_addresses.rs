//! Email addresses that have to be proved: what an unproved one cannot do, and what the operator says of it.

use serde_json::json;

use crate::support::World;
use crate::support::process::{self, done};
use crate::support::world::text;

const ON: &[(&str, &str)] = &[("SHOPHOUSE_VERIFY_EMAIL", "on")];

#[test]
fn nobody_gets_a_role_above_customer_before_the_address_is_proved() {
    let world = World::new();
    world.user("bob");
    // What somebody holds from the time before stays.
    let old = world.user("ada").opens_shop("old").shop;
    let world = world.now_proving();
    let ada = world.signs_in("ada@example.com");
    ada.in_shop(&old).sells("Shirt");
    ada.post("/shops", json!({ "name": "New", "slug": "new" })).expect_problem(403, "email_not_verified");

    let shop = world.proved_user("dan").opens_shop("books");
    let bob = world.signs_in("bob@example.com");
    bob.post("/storefront/books/join", json!({})).expect(201);
    bob.in_shop(&shop.shop).get("/products").expect(200);
    let offers = |role: &str| {
        let member = format!("/shops/{}/members/{}", shop.shop, bob.id);
        shop.patch(&member, json!({ "role": role })).expect(200);
        text(&bob.get("/me/invitations").expect(200)["data"][0]["id"])
    };
    let accepts = |offer: &str| bob.post(&format!("/me/invitations/{offer}/accept"), json!({}));
    let offer = offers("staff");
    accepts(&offer).expect_problem(403, "email_not_verified");
    assert_eq!(bob.get("/me").expect(200)["email_verified"], false);
    done(&world.database, &["user", "verify", "Bob@example.com"]);
    assert_eq!(bob.get("/me").expect(200)["email_verified"], true);
    accepts(&offer).expect(200);
    accepts(&offers("owner")).expect(200);
}

#[test]
fn the_operator_makes_nobody_an_owner_whose_address_is_not_proved() {
    let world = World::new();
    world.user("bob");
    world.user("ada").opens_shop("books");
    let refused = |arguments: &[&str]| {
        let ended = process::run_set(&world.database, ON, arguments);
        assert_eq!(ended.code, Some(1), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("shophouse user verify bob@example.com"), "{}", ended.stderr);
    };
    refused(&["shop", "create", "hats", "--owner", "bob@example.com"]);
    refused(&["shop", "owner", "books", "bob@example.com"]);
    // While nobody has to prove one, nothing asks for it.
    done(&world.database, &["shop", "owner", "books", "bob@example.com"]);
    done(&world.database, &["user", "verify", "bob@example.com"]);
    let ended =
        process::run_set(&world.database, ON, &["shop", "create", "hats", "--owner", "bob@example.com"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    // Whom the operator makes has a proved address.
    done(&world.database, &["user", "create", "eve@example.com"]);
    let proved = "SELECT email FROM users WHERE email_verified_at IS NOT NULL ORDER BY email";
    assert_eq!(world.sql().column(proved), ["bob@example.com", "eve@example.com"]);
}

#[test]
fn status_says_when_nobody_has_to_prove_an_address() {
    let world = World::new();
    let status = |settings: &[(&str, &str)]| process::run_set(&world.database, settings, &["status"]).stdout;
    let smtp = [("SHOPHOUSE_SMTP_URL", "smtp://mail.example.com")];
    for (settings, is_off) in [(&[][..], true), (ON, false), (&smtp, false)] {
        assert_eq!(status(settings).contains("Email addresses are not verified"), is_off, "{settings:?}");
    }
}
