//! API keys: in one shop, never above their owner's role, shown once, revoked at once.

use serde_json::{Value, json};

use crate::routes::{Shelf, Who, guarded, of_tenants};
use crate::support::world::text;
use crate::support::{Answer, Caller, Member, Tenants, World, log};

fn make(member: &Member<'_>, role: &str) -> Value {
    member.post("/me/keys", json!({ "name": "Script", "shop": member.shop, "role": role })).expect(201)
}

fn key<'w>(member: &Member<'w>, role: &str) -> Caller<'w> {
    member.with_token(text(&make(member, role)["key"]))
}

#[test]
fn a_key_works_on_every_route_of_its_shop_that_its_role_allows() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let staff = shop.joined_by("bob", "staff");
    let (as_staff, as_customer) = (key(&staff, "staff"), key(&staff, "customer"));
    for entry in of_tenants() {
        let shelf = Shelf::of(&shop);
        let answer = entry.call(&as_staff, &shelf);
        assert!(
            (200..300).contains(&answer.status) || answer.json()["code"] == "invalid_transition",
            "{answer}"
        );
        if entry.who == Who::AtLeast("staff") {
            entry.call(&as_customer, &shelf).expect_problem(403, "forbidden");
        }
    }
    // Its actions are its owner's.
    let order = json!({ "lines": [{ "variant_id": Shelf::of(&shop).fill("{variant}"), "quantity": 1 }] });
    assert_eq!(as_customer.post("/orders", order).expect(201)["customer"]["id"], staff.user);
}

#[test]
fn what_a_key_is_used_for_is_noted() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let staff = shop.joined_by("bob", "staff");
    let key = key(&staff, "customer");
    let is_noted = |answer: &Answer| {
        let request = format!("request_id=\"{}\"", answer.header("X-Request-Id").unwrap());
        let (user, shop) = (format!("user={}", staff.user), format!("shop={}", shop.shop_id()));
        log::any(&["audit=\"key_used\"", &request, &user, &shop])
    };
    assert!(is_noted(&key.get("/products")), "a key's use is not noted");
    assert!(!is_noted(&staff.get("/products")), "a session is no key");
    // A refused request is not recorded as a use.
    assert!(!is_noted(&key.get("/customers")));
    staff.is_removed();
    assert!(!is_noted(&key.get("/products")));
}

#[test]
fn a_key_works_nowhere_else() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let key = key(&shop, "owner");
    let shelf = Shelf::of(&shop);
    for entry in guarded().filter(|entry| entry.who == Who::SignedIn) {
        entry.call(&key, &shelf).expect_problem(401, "invalid_token");
    }
}

#[test]
fn a_key_is_shown_once_and_kept_as_a_hash() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let made = make(&shop, "staff");
    let text = text(&made["key"]);
    assert!(text.starts_with("shk_"), "{text}");
    let list = shop.get("/me/keys").expect(200);
    let mut shown = made.clone();
    shown.as_object_mut().unwrap().remove("key");
    assert_eq!(list["data"], json!([shown]));
    assert!(!world.sql().content("public").concat().contains(&text[4..]), "a key is kept in plain text");
    assert_eq!(world.user("bob").get("/me/keys").expect(200)["data"], json!([]));
}

#[test]
fn a_key_is_never_above_its_owner() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let staff = shop.joined_by("bob", "staff");
    let above = json!({ "name": "Script", "shop": "books", "role": "owner" });
    let refused = staff.post("/me/keys", above).expect_problem(403, "forbidden");
    assert_eq!(refused["errors"][0]["pointer"], "/role");
    let key = key(&staff, "staff");
    let hat = |title: &str| json!({ "title": title, "price": { "amount": 1 } });
    key.post("/products", hat("One")).expect(201);
    let draft = key.post("/products", json!({ "title": "Draft", "status": "draft" })).expect(201);

    // A lower role of the owner limits the key too.
    let place = format!("/shops/{}/members/{}", shop.shop, staff.user);
    shop.patch(&place, json!({ "role": "customer" })).expect(200);
    key.post("/products", hat("Two")).expect_problem(403, "forbidden");
    key.get(&format!("/products/{}", text(&draft["id"]))).expect_problem(404, "not_found");
    key.get("/products").expect(200);

    // Removing the member removes the key for good.
    shop.delete(&place).expect(204);
    key.get("/products").expect_problem(401, "invalid_token");
    staff.accepts(&shop.invites("bob@example.com", "staff")).expect(200);
    key.get("/products").expect_problem(401, "invalid_token");
}

#[test]
fn a_revoked_key_is_out_at_once_and_only_its_owner_revokes_it() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let bob = shop.joined_by("bob", "owner");
    let made = make(&shop, "customer");
    let (key, other) = (shop.with_token(text(&made["key"])), key(&shop, "customer"));
    let place = format!("/me/keys/{}", text(&made["id"]));
    bob.delete(&place).expect_problem(404, "not_found");
    key.get("/products").expect(200);
    shop.delete(&place).expect(204);
    key.get("/products").expect_problem(401, "invalid_token");
    other.get("/products").expect(200);
    shop.delete(&place).expect_problem(404, "not_found");
}

#[test]
fn a_key_outlives_the_session_that_made_it() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let key = key(&shop, "customer");
    shop.is_signed_out();
    key.get("/products").expect(200);
}

#[test]
fn a_key_that_says_it_is_another_shops_or_anothers_opens_nothing() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let tenants = Tenants::new();
    let ours = tenants.user("ada").opens_shop("ours");
    let theirs = tenants.user("bob").opens_shop("theirs");
    let text = text(&make(&ours, "owner")["key"]);
    let bytes = URL_SAFE_NO_PAD.decode(&text[4..90]).unwrap();
    let forge = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        format!("shk_{}", URL_SAFE_NO_PAD.encode(bytes))
    };
    let shop = *theirs.shop_id().0.as_bytes();
    let user = *theirs.as_caller().user.as_bytes();
    for forged in [
        forge(&|bytes| bytes[..16].copy_from_slice(&shop)),
        forge(&|bytes| bytes[16..32].copy_from_slice(&user)),
        forge(&|bytes| bytes[..32].copy_from_slice(&[shop, user].concat())),
        forge(&|bytes| bytes[63] ^= 1),
        forge(&|bytes| bytes.truncate(63)),
        // With a wrong checksum.
        format!("{}000000", &text[..90]),
        "shk_".to_owned(),
        format!("shk_{}", "A".repeat(86)),
        "shk_';--".to_owned(),
    ] {
        ours.with_token(&forged).get("/products").expect_problem(401, "invalid_token");
    }
    ours.with_token(text).get("/products").expect(200);
}

#[test]
fn a_key_meets_a_shop_that_is_not_open_as_everybody_does() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let key = key(&shop, "customer");
    for (state, code) in [("suspended", "shop_suspended"), ("deleting", "shop_deleting")] {
        shop.shop_becomes(state);
        key.get("/products").expect_problem(403, code);
    }
    shop.shop_becomes("active");
    world.sql().run("UPDATE shops SET schema_version = '20200101000000'");
    key.get("/products").expect_problem(503, "shop_upgrading");
}
