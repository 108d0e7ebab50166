//! Conditional requests: an unchanged resource is not sent again, and a changed one is not overwritten by mistake.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};
use shophouse::http::BASE;

use crate::routes::{ROUTES, Shelf};
use crate::support::concurrent::at_once;
use crate::support::goods::variant;
use crate::support::world::text;
use crate::support::{Answer, Caller, Member, Tenants, World};

fn with(
    caller: &Caller<'_>,
    method: Method,
    path: &str,
    header: (&str, &str),
    body: Option<&Value>,
) -> Answer {
    let body = body.map(|body| (ContentType::JSON, body.to_string().into_bytes()));
    caller.raw(method, &format!("{BASE}{path}"), &[header], body)
}

fn patch_if(caller: &Caller<'_>, path: &str, tag: &str, body: &Value) -> Answer {
    with(caller, Method::Patch, path, ("If-Match", tag), Some(body))
}

/// The `ETag` of a response.
#[track_caller]
fn tag(answer: &Answer) -> String {
    let tag = answer.header("ETag").unwrap_or_else(|| panic!("no tag: {answer}"));
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{tag}");
    tag.to_owned()
}

fn path_of(kind: &str, resource: &Value) -> String {
    format!("/{kind}/{}", text(&resource["id"]))
}

/// Every single resource, by its address.
fn resources(owner: &Member<'_>) -> Vec<String> {
    let product = owner.sells("Shirt");
    let order = owner.buys(&[(&variant(&product, 0), 1)]).expect(201);
    vec![
        path_of("products", &product),
        path_of("variants", &product["variants"][0]),
        format!("{}{}", path_of("products", &product), path_of("variants", &product["variants"][0])),
        path_of("orders", &order),
        format!("/shops/{}", owner.shop),
        "/me".to_owned(),
    ]
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    for path in resources(&owner) {
        let first = owner.get(&path);
        let tag = tag(&first);
        assert_eq!(first.header("Cache-Control"), Some("private, no-cache"), "{first}");
        let weak = format!("W/{tag}");
        let list = format!("\"other\", {weak},");
        for known in [tag.as_str(), &weak, &list, "*"] {
            let answer = with(&owner, Method::Get, &path, ("If-None-Match", known), None);
            assert_eq!((answer.status, answer.body.as_str()), (304, ""), "{known}: {answer}");
            assert_eq!(answer.header("ETag"), Some(tag.as_str()), "{answer}");
            assert_eq!(answer.header("Cache-Control"), Some("private, no-cache"), "{answer}");
        }
        let answer = with(&owner, Method::Get, &path, ("If-None-Match", "\"other\""), None);
        assert_eq!(answer.expect(200), first.json());
        for bad in ["", "other", "\"other", "\"a\" \"b\"", "*, \"a\""] {
            let answer = with(&owner, Method::Get, &path, ("If-None-Match", bad), None);
            assert_eq!(answer.expect(200), first.json(), "{bad}");
        }
    }
}

#[test]
fn whatever_changes_what_is_shown_changes_the_tag() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = owner.sells("Shirt");
    let path = path_of("products", &product);
    let mut tags = vec![tag(&owner.get(&path))];
    owner.patch(&path, json!({ "title": "Hat" })).expect(200);
    tags.push(tag(&owner.get(&path)));
    let order = owner.buys(&[(&variant(&product, 0), 1)]).expect(201);
    tags.push(tag(&owner.get(&path)));
    let variant = format!("{path}/variants/{}", variant(&product, 0));
    owner.patch(&variant, json!({ "grams": 5 })).expect(200);
    tags.push(tag(&owner.get(&path)));
    owner.takes(&order, "cancel").expect(200);
    tags.push(tag(&owner.get(&path)));
    let all = tags.len();
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), all);
}

#[test]
fn an_answer_to_a_change_has_the_tag_that_a_get_has() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let body = json!({ "title": "Shirt", "price": { "amount": 5000 }, "stock": 3 });
    let created = owner.post("/products", body.clone());
    let path = path_of("products", &created.expect(201));
    assert_eq!(tag(&created), tag(&owner.get(&path)));
    let patched = owner.patch(&path, json!({ "vendor": "V" }));
    assert_eq!(tag(&patched), tag(&owner.get(&path)));
    let replaced = owner.put(&path, body);
    assert_eq!(tag(&replaced), tag(&owner.get(&path)));
    let placed = owner.buys(&[(&variant(&created.json(), 0), 1)]);
    let order = path_of("orders", &placed.expect(201));
    assert_eq!(tag(&placed), tag(&owner.get(&order)));
    let held = owner.post(&format!("{order}/hold"), json!({ "until": null }));
    assert_eq!(tag(&held), tag(&owner.get(&order)));
    let paid = owner.takes(&placed.json(), "pay");
    assert_eq!(tag(&paid), tag(&owner.get(&order)));
    let shop = format!("/shops/{}", owner.shop);
    let renamed = owner.patch(&shop, json!({ "name": "Attic" }));
    assert_eq!(tag(&renamed), tag(&owner.get(&shop)));
}

#[test]
fn what_has_changed_is_not_overwritten_unseen() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = owner.sells("Shirt");
    let path = path_of("products", &product);
    let variant = format!("{path}/variants/{}", variant(&product, 0));
    let stale = tag(&owner.get(&path));
    owner.patch(&path, json!({ "vendor": "V" })).expect(200);
    let before = owner.get(&path).expect(200);
    let whole = json!({ "title": "Hat", "price": { "amount": 1 } });
    let weak = format!("W/{}", tag(&owner.get(&path)));
    for old in [stale.as_str(), &weak, "\"other\""] {
        for (method, path, body) in [
            (Method::Put, &path, Some(&whole)),
            (Method::Patch, &path, Some(&json!({ "title": "Hat" }))),
            (Method::Delete, &path, None),
            (Method::Patch, &variant, Some(&json!({ "grams": 5 }))),
            (Method::Delete, &variant, None),
        ] {
            with(&owner, method, path, ("If-Match", old), body).expect_problem(412, "precondition_failed");
        }
    }
    assert_eq!(owner.get(&path).expect(200), before);
    let now = format!("\"other\", {}", tag(&owner.get(&path)));
    patch_if(&owner, &variant, &now, &json!({ "grams": 5 })).expect(200);
    let own = tag(&owner.get(&variant));
    let changed = patch_if(&owner, &variant, &own, &json!({ "grams": 6 }));
    assert_eq!(tag(&changed), tag(&owner.get(&variant)));
    patch_if(&owner, &variant, &own, &json!({ "grams": 7 })).expect_problem(412, "precondition_failed");
    patch_if(&owner, &path, &now, &json!({ "title": "Hat" })).expect_problem(412, "precondition_failed");
    patch_if(&owner, &path, "*", &json!({ "title": "Hat" })).expect(200);
    let now = tag(&owner.get(&path));
    with(&owner, Method::Put, &path, ("If-Match", &now), Some(&whole)).expect(200);
    let now = tag(&owner.get(&path));
    with(&owner, Method::Delete, &path, ("If-Match", &now), None).expect(204);
    patch_if(&owner, &path, "*", &json!({ "title": "Hat" })).expect_problem(404, "not_found");

    let shop = format!("/shops/{}", owner.shop);
    let stale = tag(&owner.get(&shop));
    patch_if(&owner, &shop, &stale, &json!({ "name": "Attic" })).expect(200);
    patch_if(&owner, &shop, &stale, &json!({ "name": "Cellar" })).expect_problem(412, "precondition_failed");
    patch_if(&owner, &shop, "junk", &json!({ "name": "Cellar" })).expect_problem(400, "invalid_header");
    assert_eq!(owner.get(&shop).expect(200)["name"], "Attic");
}

#[test]
fn of_many_who_change_what_they_read_at_once_one_does() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let product = path_of("products", &owner.sells("Shirt"));
    let shop = format!("/shops/{}", owner.shop);
    for (path, field) in [(product, "title"), (shop, "name")] {
        let tag = tag(&owner.get(&path));
        let changed = at_once(12, &owner, &world, |thread, caller| {
            let answer = patch_if(caller, &path, &tag, &json!({ field: format!("Name {thread}") }));
            if answer.status != 200 {
                answer.expect_problem(412, "precondition_failed");
            }
            answer.status == 200
        });
        assert_eq!(changed.iter().filter(|changed| **changed).count(), 1, "{path}");
        let winner = changed.iter().position(|changed| *changed).unwrap();
        assert_eq!(owner.get(&path).expect(200)[field], format!("Name {winner}"));
    }
}

#[test]
fn an_order_is_moved_on_only_as_it_was_read() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let product = owner.sells("Shirt");
    for (before, act) in
        [(&[][..], "pay"), (&["pay"], "fulfil"), (&["pay"], "fulfill"), (&[], "cancel"), (&["pay"], "refund")]
    {
        let order = owner.buys(&[(&variant(&product, 0), 1)]).expect(201);
        let path = path_of("orders", &order);
        let act = format!("{path}/{act}");
        let post_if = |tag: &str| with(&owner, Method::Post, &act, ("If-Match", tag), None);
        for step in before {
            let stale = tag(&owner.get(&path));
            owner.takes(&order, step).expect(200);
            post_if(&stale).expect_problem(412, "precondition_failed");
        }
        let now = tag(&owner.get(&path));
        for other in ["\"nope\"", &format!("W/{now}"), "\"a\", \"b\""] {
            post_if(other).expect_problem(412, "precondition_failed");
        }
        post_if("nope").expect_problem(400, "invalid_header");
        assert_eq!(tag(&owner.get(&path)), now, "something was done");
        assert_eq!(tag(&post_if(&now)), tag(&owner.get(&path)));
        post_if(&now).expect_problem(412, "precondition_failed");
        post_if("*").expect_problem(409, "invalid_transition");
    }
    // Sent again with its key, it is answered again, although the order has changed.
    let order = owner.buys(&[(&variant(&product, 0), 1)]).expect(201);
    let now = tag(&owner.get(&path_of("orders", &order)));
    let pay = format!("{BASE}{}/pay", path_of("orders", &order));
    for replayed in [None, Some("true")] {
        let answer = owner.raw(Method::Post, &pay, &[("If-Match", &now), ("Idempotency-Key", "k")], None);
        answer.expect(200);
        assert_eq!(answer.header("Idempotency-Replayed"), replayed);
    }
    // Whose order it is shows before its tag.
    let cleo = owner.joined_by("cleo", "customer");
    with(&cleo, Method::Post, &format!("{}/cancel", path_of("orders", &order)), ("If-Match", "*"), None)
        .expect_problem(404, "not_found");
}

#[test]
fn a_variant_is_added_and_a_shop_restored_only_as_it_was_read() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let shirt = json!({
        "title": "Shirt", "options": ["Size"],
        "variants": [{ "options": { "Size": "S" }, "price": { "amount": 1 } }],
    });
    let path = path_of("products", &owner.post("/products", shirt).expect(201));
    let variants = format!("{path}/variants");
    let medium = json!({ "options": { "Size": "M" }, "price": { "amount": 1 } });
    let stale = tag(&owner.get(&path));
    owner.patch(&path, json!({ "vendor": "V" })).expect(200);
    let add_if = |tag: &str| with(&owner, Method::Post, &variants, ("If-Match", tag), Some(&medium));
    add_if(&stale).expect_problem(412, "precondition_failed");
    assert_eq!(owner.get(&path).expect(200)["variants"].as_array().unwrap().len(), 1);
    add_if(&tag(&owner.get(&path))).expect(201);

    let shop = format!("/shops/{}", owner.shop);
    let stale = tag(&owner.get(&shop));
    owner.send(Method::Delete, &shop, Some(&json!({ "slug": "loft" }))).expect(200);
    let restore_if =
        |tag: &str| with(&owner, Method::Post, &format!("{shop}/restore"), ("If-Match", tag), None);
    restore_if(&stale).expect_problem(412, "precondition_failed");
    assert_eq!(owner.get(&shop).expect(200)["state"], "deleting");
    restore_if(&tag(&owner.get(&shop))).expect(200);
}

/// Every route that changes something either checks `If-Match`, or refuses it.
#[test]
fn a_condition_is_never_passed_over() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("books");
    let shelf = Shelf::of(&owner);
    let before = world.sql().content("public").concat() + &world.sql().content(&owner.schema()).concat();
    for entry in ROUTES.iter().filter(|entry| entry.method != Method::Get) {
        let answer = entry.call_with(&owner, &shelf, &[("If-Match", "\"nope\"")]);
        match answer.status {
            412 => answer.expect_problem(412, "precondition_failed"),
            _ => answer.expect_problem(400, "invalid_header"),
        };
    }
    let after = world.sql().content("public").concat() + &world.sql().content(&owner.schema()).concat();
    assert_eq!(after, before, "something was done");
}
