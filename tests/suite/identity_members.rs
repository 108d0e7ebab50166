//! The members of a shop: changing roles, leaving, removing; and that a shop always keeps an owner.

use std::thread;

use rocket::http::Method;
use rocket::local::blocking::Client;
use serde_json::json;

use crate::support::waiting::all_blocked;
use crate::support::world::{PASSWORD, rocket, text};
use crate::support::{Answer, Caller, Member, Person, Tenants, World};

fn members(shop: &Member<'_>) -> String {
    format!("/shops/{}/members", shop.shop)
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
fn a_role_holds_from_the_next_request_on() {
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
    let bob = shop.joined_by("bob", "customer");
    let place = format!("{}/{}", members(&shop), bob.user);
    let hat = json!({ "title": "Hat", "price": { "amount": 1 } });
    bob.post("/products", hat.clone()).expect_problem(403, "forbidden");
    shop.promotes(&bob, "staff");
    bob.post("/products", hat.clone()).expect(201);
    assert_eq!(shop.patch(&place, json!({ "role": "customer" })).expect(200)["role"], "customer");
    bob.post("/products", hat.clone()).expect_problem(403, "forbidden");
    shop.delete(&place).expect(204);
    bob.post("/products", hat).expect_problem(403, "not_a_member");
    shop.delete(&place).expect_problem(404, "not_found");
    shop.patch(&place, json!({ "role": "staff" })).expect_problem(404, "not_found");
}

#[test]
fn a_member_may_leave_and_be_invited_again() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let bob = shop.joined_by("bob", "customer");
    bob.delete(&format!("{}/{}", members(&shop), bob.user)).expect(204);
    assert_eq!(world.sql().count("former_members"), 1);
    bob.get("/products").expect_problem(403, "not_a_member");
    bob.accepts(&shop.invites("bob@example.com", "staff")).expect(200);
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
        if role == "staff" {
            shop.promotes(&bob, role);
        }
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
        shop.takes_in(&person, role);
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
        let invitation = shop.invites(&other, "customer");
        join(&person).expect_problem(403, "removed_from_shop");
        person.accepts(&invitation).expect(200);
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
    let old = ["bob", "rob"].map(|name| shop.invites(&format!("{name}@example.com"), "staff"));
    let bob = world.user("bob");
    join(&bob).expect(201);
    remove(&shop, &bob.id);
    // That for the address of the member is gone. With any other one the person stays out, also with the old address again.
    bob.accepts(&old[0]).expect_problem(422, "invalid_invitation");
    bob.accepts(&old[1]).expect_problem(403, "removed_from_shop");
    bob.patch("/me", json!({ "email": "robert@example.com" })).expect(200);
    bob.accepts(&old[1]).expect_problem(403, "removed_from_shop");
    let again = world.user("bob");
    again.accepts(&old[1]).expect_problem(403, "removed_from_shop");
    world.user("cleo").accepts(&old[1]).expect(200);
    bob.accepts(&shop.invites("bob@example.com", "staff")).expect(200);
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
    shop.takes_in(&again, "customer");
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
    let tenants = Tenants::new();
    let shop = tenants.user("ada").opens_shop("books");
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
    shop.asks_to_invite("bob@example.com", "staff").expect_problem(403, "shop_deleting");
    shop.asks_to_invite("new@example.com", "staff").expect_problem(403, "shop_deleting");
}
