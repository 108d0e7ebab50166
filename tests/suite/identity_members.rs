//! The members of a shop: adding, inviting, changing roles, leaving; and that a shop always keeps an owner.

use std::thread;

use rocket::http::Method;
use rocket::local::blocking::Client;
use serde_json::{Value, json};

use crate::support::waiting::all_blocked;
use crate::support::world::{PASSWORD, Person, rocket, text};
use crate::support::{Answer, Caller, Member, World};

fn members(shop: &Member<'_>) -> String {
    format!("/shops/{}/members", shop.shop)
}

fn add(shop: &Member<'_>, email: &str, role: &str) -> Answer {
    shop.post(&members(shop), json!({ "email": email, "role": role }))
}

fn register(world: &World, email: &str, invitation: &str) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD, "name": "New", "invitation": invitation });
    world.nobody().post("/auth/register", body)
}

#[test]
fn a_user_who_is_added_is_a_member_at_once() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = world.user("bob");
    let answer = add(&shop, "BOB@example.com", "staff");
    let added = answer.expect(201);
    assert_eq!(
        (text(&added["user_id"]), &added["role"], &added["invitation"]),
        (bob.id.clone(), &json!("staff"), &Value::Null)
    );
    let place = format!("/api/v1{}/{}", members(&shop), bob.id);
    assert_eq!(answer.header("Location"), Some(place.as_str()));
    bob.in_shop(&shop.shop).sells("Hat");
    add(&shop, "bob@example.com", "owner").expect_problem(409, "already_member");
    let list = shop.get(&members(&shop)).expect(200);
    let shown: Vec<_> =
        list["data"].as_array().unwrap().iter().map(|row| (&row["name"], &row["role"])).collect();
    assert_eq!(shown, [(&json!("ada"), &json!("owner")), (&json!("bob"), &json!("staff"))]);
    let person = format!("SELECT name FROM {}.people WHERE id = '{}'", shop.schema(), bob.id);
    assert_eq!(world.sql().column(person), ["bob"]);
}

#[test]
fn only_an_owner_has_a_say_in_who_belongs_to_a_shop() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let (staff, customer) = (shop.joined_by("bob", "staff"), shop.joined_by("cleo", "customer"));
    let eve = world.user("eve").opens_shop("other");
    let one = format!("{}/{}", members(&shop), customer.user);
    for (caller, status, code) in
        [(&staff, 403, "forbidden"), (&customer, 403, "forbidden"), (&eve, 404, "not_found")]
    {
        caller.get(&members(&shop)).expect_problem(status, code);
        caller
            .post(&members(&shop), json!({ "email": "eve@example.com", "role": "customer" }))
            .expect_problem(status, code);
        caller
            .patch(&format!("{}/{}", members(&shop), caller.user), json!({ "role": "owner" }))
            .expect_problem(status, code);
        if caller.user != customer.user {
            caller.delete(&one).expect_problem(status, code);
        }
    }
    assert_eq!(world.sql().count("memberships WHERE role = 'owner'"), 2);
}

#[test]
fn an_invitation_lets_in_whoever_has_both_address_and_token() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let added = add(&shop, "new@example.com", "staff").expect(201);
    assert_eq!(added["user_id"], Value::Null);
    let token = text(&added["invitation"]["token"]);
    assert!(!world.sql().content("public").concat().contains(&token), "a token is kept in plain text");

    for (email, token) in
        [("eve@example.com", token.as_str()), ("new@example.com", "guess"), ("new@example.com", "")]
    {
        let refused = register(&world, email, token).expect_problem(422, "invalid_invitation");
        assert_eq!(refused["errors"][0]["pointer"], "/invitation");
    }
    assert_eq!(world.sql().count("users"), 1, "a refused invitation left a user behind");
    let user = register(&world, "New@Example.com", &token).expect(201);
    let role = format!("SELECT role FROM memberships WHERE user_id = '{}'", text(&user["id"]));
    assert_eq!(world.sql().column(role), ["staff"]);
    assert_eq!(world.sql().count("invitations"), 0);
    register(&world, "again@example.com", &token).expect_problem(422, "invalid_invitation");
}

#[test]
fn who_registers_an_invited_address_without_the_token_is_nobody() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    add(&shop, "new@example.com", "owner").expect(201);
    let thief = world.user("new");
    assert_eq!(thief.get("/shops").expect(200)["data"], json!([]));
    thief.post("/auth/switch", json!({ "shop": "books" })).expect_problem(403, "not_a_member");
}

#[test]
fn an_invitation_ends_with_its_time_its_replacement_its_owner_and_its_shop() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let invite =
        |by: &Member<'_>| text(&add(by, "new@example.com", "staff").expect(201)["invitation"]["token"]);
    let refused =
        |token: &str| register(&world, "new@example.com", token).expect_problem(422, "invalid_invitation");

    let replaced = invite(&shop);
    let late = invite(&shop);
    refused(&replaced);
    world.sql().run("UPDATE invitations SET expires_at = now()");
    refused(&late);

    for end in [json!({ "role": "staff" }), Value::Null] {
        let bob = shop.joined_by(&format!("bob{}", end.is_null()), "owner");
        let token = invite(&bob);
        let place = format!("{}/{}", members(&shop), bob.user);
        if end.is_null() {
            shop.delete(&place).expect(204)
        } else {
            shop.patch(&place, end).expect(200)
        };
        refused(&token);
    }
    let token = invite(&shop);
    shop.shop_becomes("suspended");
    refused(&token);
    shop.shop_becomes("active");
    register(&world, "new@example.com", &token).expect(201);
}

#[test]
fn a_role_holds_from_the_next_request_on() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = shop.joined_by("bob", "customer");
    let place = format!("{}/{}", members(&shop), bob.user);
    let hat = json!({ "title": "Hat", "price": { "amount": 1 } });
    bob.post("/products", hat.clone()).expect_problem(403, "forbidden");
    assert_eq!(shop.patch(&place, json!({ "role": "staff" })).expect(200)["role"], "staff");
    bob.post("/products", hat.clone()).expect(201);
    shop.delete(&place).expect(204);
    bob.post("/products", hat).expect_problem(403, "not_a_member");
    shop.delete(&place).expect_problem(404, "not_found");
    shop.patch(&place, json!({ "role": "staff" })).expect_problem(404, "not_found");
}

#[test]
fn a_member_may_leave_and_be_added_again() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = shop.joined_by("bob", "customer");
    bob.delete(&format!("{}/{}", members(&shop), bob.user)).expect(204);
    assert_eq!(world.sql().count("former_members"), 1);
    bob.get("/products").expect_problem(403, "not_a_member");
    add(&shop, "bob@example.com", "staff").expect(201);
    assert_eq!(world.sql().count("former_members"), 0);
    bob.sells("Hat");
}

fn join(person: &Person<'_>) -> Answer {
    person.send(Method::Post, "/storefront/books/join", None)
}

fn remove(shop: &Member<'_>, user: &str) {
    shop.delete(&format!("{}/{user}", members(shop))).expect(204);
}

#[test]
fn whoever_leaves_may_join_again() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = world.user("bob");
    for role in ["customer", "staff"] {
        join(&bob).expect(201);
        shop.patch(&format!("{}/{}", members(&shop), bob.id), json!({ "role": role })).expect(200);
        bob.delete(&format!("{}/{}", members(&shop), bob.id)).expect(204);
    }
    assert_eq!(join(&bob).expect(201)["role"], "customer");
}

#[test]
fn whoever_was_removed_comes_back_only_by_an_owner() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    for (name, role) in [("cleo", "customer"), ("sam", "staff"), ("olga", "owner")] {
        let email = format!("{name}@example.com");
        let person = world.user(name);
        add(&shop, &email, role).expect(201);
        let key = json!({ "name": "k", "shop": "books", "role": role });
        let key = text(&person.post("/me/keys", key).expect(201)["key"]);
        remove(&shop, &person.id);
        for _ in 0..2 {
            join(&person).expect_problem(403, "removed_from_shop");
        }
        // Another address does not help, and neither does the old one with a new account.
        let other = format!("other-{email}");
        person.patch("/me", json!({ "email": other })).expect(200);
        join(&person).expect_problem(403, "removed_from_shop");
        let again = json!({ "email": email, "password": PASSWORD, "name": name, "shop": "books" });
        world.nobody().post("/auth/register", again).expect_problem(403, "removed_from_shop");
        let second = world.user(name);
        join(&second).expect_problem(403, "removed_from_shop");
        person.with_token(&key).get("/products").expect_problem(401, "invalid_token");
        assert_eq!(person.get("/shops").expect(200)["data"], json!([]));
        // Another shop is another matter.
        let others = world.user(&format!("eve-{name}")).opens_shop(&format!("others-{name}"));
        person.send(Method::Post, &format!("/storefront/others-{name}/join"), None).expect(201);
        drop(others);
        add(&shop, &other, "customer").expect(201);
        person.in_shop(&shop.shop).get("/products").expect(200);
        person.with_token(&key).get("/products").expect_problem(401, "invalid_token");
        person.delete(&format!("{}/{}", members(&shop), person.id)).expect(204);
        join(&person).expect(201);
    }
}

#[test]
fn an_invitation_from_before_the_removal_lets_nobody_in() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let invite = || text(&add(&shop, "bob@example.com", "staff").expect(201)["invitation"]["token"]);
    let old = invite();
    let bob = world.user("bob");
    join(&bob).expect(201);
    remove(&shop, &bob.id);
    bob.patch("/me", json!({ "email": "rob@example.com" })).expect(200);
    register(&world, "bob@example.com", &old).expect_problem(403, "removed_from_shop");
    let new = invite();
    register(&world, "bob@example.com", &old).expect_problem(422, "invalid_invitation");
    register(&world, "bob@example.com", &new).expect(201);
}

#[test]
fn an_erasure_does_not_undo_a_removal() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = world.user("bob");
    join(&bob).expect(201);
    remove(&shop, &bob.id);
    bob.send(Method::Delete, "/me", Some(&json!({ "password": PASSWORD }))).expect(204);
    assert!(!world.sql().content("public").concat().contains("bob@"), "the address is kept");
    let again = world.user("bob");
    join(&again).expect_problem(403, "removed_from_shop");
    add(&shop, "bob@example.com", "customer").expect(201);
    again.in_shop(&shop.shop).get("/products").expect(200);
}

#[test]
fn whoever_joins_while_being_removed_is_out() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = world.user("bob");
    join(&bob).expect(201);
    let mut holder = world.sql();
    holder.run("BEGIN; SELECT FROM shops FOR UPDATE");
    let place = format!("{}/{}", members(&shop), bob.id);
    let (owners, bobs) = (shop.token.clone(), bob.token.clone());
    let statuses = thread::scope(|scope| {
        let client = |token: Option<String>, method: Method, path: String| {
            let tenancy = world.tenancy.clone();
            scope.spawn(move || {
                let client = Client::untracked(rocket(tenancy)).unwrap();
                Caller::new(&client, token).send(method, &path, None).status
            })
        };
        let removing = client(owners, Method::Delete, place);
        all_blocked(&mut world.sql(), 1);
        let joining = client(bobs, Method::Post, "/storefront/books/join".to_owned());
        all_blocked(&mut world.sql(), 2);
        holder.run("COMMIT");
        [removing.join().unwrap(), joining.join().unwrap()]
    });
    // Whoever is still a member stays one until the removal is committed; afterwards there is no way back.
    assert!(statuses == [204, 403] || statuses == [204, 200], "{statuses:?}");
    assert_eq!(bob.get("/shops").expect(200)["data"], json!([]));
}

#[test]
fn the_last_owner_stays_one() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let own = format!("{}/{}", members(&shop), shop.user);
    shop.joined_by("bob", "staff");
    shop.delete(&own).expect_problem(409, "last_owner");
    shop.patch(&own, json!({ "role": "staff" })).expect_problem(409, "last_owner");
    shop.patch(&own, json!({ "role": "owner" })).expect(200);
    shop.joined_by("cleo", "owner");
    shop.patch(&own, json!({ "role": "staff" })).expect(200);
}

#[test]
fn two_owners_who_remove_each_other_at_once_leave_one() {
    let world = World::new();
    let ada = world.user("ada").opens_shop("books");
    let bob = ada.joined_by("bob", "owner");
    let mut holder = world.sql();
    holder.run("BEGIN; SELECT FROM shops FOR UPDATE");
    let acts = [(&ada, &bob), (&bob, &ada)]
        .map(|(by, whom)| (by.token.clone(), format!("{}/{}", members(by), whom.user)));
    let statuses = thread::scope(|scope| {
        let removing = acts.map(|(token, place)| {
            let tenancy = world.tenancy.clone();
            scope.spawn(move || {
                let client = Client::untracked(rocket(tenancy)).unwrap();
                Caller::new(&client, token).delete(&place).status
            })
        });
        // Both requests wait for a lock before either has removed the other.
        all_blocked(&mut world.sql(), 2);
        holder.run("COMMIT");
        let mut statuses = removing.map(|thread| thread.join().unwrap());
        statuses.sort_unstable();
        statuses
    });
    assert_eq!(statuses, [204, 404]);
    assert_eq!(world.sql().count("memberships WHERE role = 'owner'"), 1);
}

#[test]
fn a_shop_that_is_being_deleted_takes_nobody_in() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    world.user("bob");
    shop.shop_becomes("deleting");
    add(&shop, "bob@example.com", "staff").expect_problem(403, "shop_deleting");
    add(&shop, "new@example.com", "staff").expect_problem(403, "shop_deleting");
}
