//! Erasing a user in `public` and in every shop that knows the user, also after an interruption.

use std::sync::Mutex;

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};
use shophouse::commerce::orders::ErasureKeeps;
use shophouse::identity::{self, Email, IdentityError};

use crate::support::concurrent::at_once;
use crate::support::waiting::blocked;
use crate::support::world::{PASSWORD, Person, run, text};
use crate::support::{Answer, Login, Member, Tenants, World};

fn erase(person: &Person<'_>, password: &str) -> Answer {
    person.send(Method::Delete, "/me", Some(&json!({ "password": password })))
}

#[test]
fn an_erased_user_is_nowhere_any_more_and_orders_stay() {
    let world = World::new();
    let (one, two) = (world.user("ada").opens_shop("one"), world.user("eve").opens_shop("two"));
    let bob = world.user("bob");
    for shop in [&one, &two] {
        shop.takes_in(&bob, "staff");
    }
    let inside = bob.in_shop(&one.shop);
    let key = inside.post("/me/keys", json!({ "name": "k", "shop": "one", "role": "staff" })).expect(201);
    let product = one.sells("Hat");
    let order = json!({ "lines": [{ "variant_id": product["variants"][0]["id"], "quantity": 1 }], "email": "shop@example.com" });
    let order = inside.post("/orders", order).expect(201);
    // A shop that the user has left still has the name until the erasure.
    bob.delete(&format!("/shops/{}/members/{}", two.shop, bob.id)).expect(204);

    erase(&bob, "wrong horse").expect_problem(422, "wrong_password");
    bob.get("/me").expect(200);
    erase(&bob, PASSWORD).expect(204);

    bob.get("/me").expect_problem(401, "session_revoked");
    inside.with_token(key["key"].as_str().unwrap()).get("/products").expect_problem(401, "invalid_token");
    let login = json!({ "email": "bob@example.com", "password": PASSWORD });
    world.nobody().post("/auth/login", login).expect_problem(401, "invalid_credentials");
    for schema in ["public", &one.schema(), &two.schema()] {
        let content = world.sql().content(schema).concat();
        assert!(
            !content.contains("bob@") && !content.contains("\"bob\"") && !content.contains(",bob,"),
            "{content}"
        );
    }
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(one.get(&path).expect(200)["customer"]["name"], "");
    // The address is free for another user, who gets nothing of the erased one.
    let again = world.user("bob");
    assert_ne!(again.id, bob.id);
    assert_eq!(again.get("/shops").expect(200)["data"], json!([]));
}

/// An order of a member, with the note and the address of the customer; with an email of its own, if one is given.
fn orders(member: &Member<'_>, variant: &Value, email: Option<&str>) -> String {
    let mut body = json!({
        "lines": [{ "variant_id": variant, "quantity": 1 }],
        "note": "Ring at Bob's", "shipping_address": { "name": "Bob", "city": "Galway" },
    });
    if let Some(email) = email {
        body["email"] = json!(email);
    }
    text(&member.post("/orders", body).expect(201)["id"])
}

fn shown(shop: &Member<'_>, order: &str) -> [Value; 4] {
    let order = shop.get(&format!("/orders/{order}")).expect(200);
    [&order["email"], &order["note"], &order["shipping_address"]["city"], &order["customer"]["email"]]
        .map(Clone::clone)
}

#[test]
fn no_order_keeps_an_address_of_an_erased_account() {
    let world = World::new();
    let (one, two) = (world.user("ada").opens_shop("one"), world.user("eve").opens_shop("two"));
    let (hat, cap) = (one.sells("Hat"), two.sells("Cap"));
    let (hat, cap) = (&hat["variants"][0]["id"], &cap["variants"][0]["id"]);
    let bob = world.user("bob");
    for shop in [&one, &two] {
        shop.takes_in(&bob, "customer");
    }
    let cleo = one.joined_by("cleo", "customer");
    let theirs = orders(&cleo, hat, Some("bob@example.com"));
    let inside = bob.in_shop(&one.shop);
    let by_default = orders(&inside, hat, None);
    let written_out = orders(&inside, hat, Some("BOB@example.com"));
    let given = orders(&inside, hat, Some("office@example.com"));
    let elsewhere = orders(&bob.in_shop(&two.shop), cap, None);
    // One shop is left before the address changes, and joined again after it.
    bob.delete(&format!("/shops/{}/members/{}", two.shop, bob.id)).expect(204);
    bob.patch("/me", json!({ "email": "rob@example.com" })).expect(200);
    let rob = json!("rob@example.com");
    assert_eq!(shown(&one, &by_default)[0], rob);
    assert_eq!(shown(&two, &elsewhere)[0], "bob@example.com");
    bob.send(Method::Post, "/storefront/two/join", None).expect(201);
    assert_eq!(shown(&two, &elsewhere)[0], rob);
    bob.patch("/me", json!({ "email": "bobby@example.com" })).expect(200);
    let paid = [("Idempotency-Key", "k")];
    one.raw(Method::Post, &format!("/api/v1/orders/{by_default}/pay"), &paid, None).expect(200);

    erase(&bob, PASSWORD).expect(204);
    for (shop, order) in [(&one, &by_default), (&one, &written_out), (&two, &elsewhere)] {
        let [email, note, city, customer] = shown(shop, order);
        assert!(email.as_str().unwrap().ends_with("@erased.invalid"), "{email}");
        assert_eq!((email, note, city), (customer, json!("Ring at Bob's"), json!("Galway")));
    }
    assert_eq!(shown(&one, &given)[0], "office@example.com");
    assert_eq!(shown(&one, &theirs)[0], "bob@example.com", "an order of somebody else");
    assert!(!world.sql().content(&two.schema()).concat().contains("bob"), "a copy is left");
}

#[test]
fn an_invitation_of_the_erased_address_is_gone() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    for name in ["bob", "zoe"] {
        shop.invites(&format!("{name}@example.com"), "staff");
    }
    erase(&world.user("bob"), PASSWORD).expect(204);
    assert_eq!(world.sql().column("SELECT email FROM invitations"), ["zoe@example.com"]);
}

#[test]
fn an_operator_may_have_everything_erased_that_a_customer_wrote() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let hat = shop.sells("Hat");
    let hat = &hat["variants"][0]["id"];
    let bob = shop.joined_by("bob", "customer");
    let erased = [None, Some("office@example.com")].map(|email| orders(&bob, hat, email));
    let kept = orders(&shop, hat, None);
    let engine = world.tenancy.clone().with_records(ErasureKeeps::Nothing.change_records());
    run(identity::erase_user(&engine, Email::try_from("bob@example.com".to_owned()).unwrap())).unwrap();
    for order in erased {
        let [email, note, city, customer] = shown(&shop, &order);
        assert_eq!((email, note, city), (customer, json!(""), Value::Null));
    }
    assert_eq!(shown(&shop, &kept)[1], "Ring at Bob's");
}

#[test]
fn who_is_not_as_was_read_is_not_erased() {
    let tenants = Tenants::new();
    let bob = tenants.user("bob");
    let tag = |answer: Answer| answer.header("ETag").unwrap().to_owned();
    let erase_if = |tag: &str| {
        let body = (ContentType::JSON, json!({ "password": PASSWORD }).to_string().into_bytes());
        bob.raw(Method::Delete, "/api/v1/me", &[("If-Match", tag)], Some(body))
    };
    let stale = tag(bob.get("/me"));
    bob.patch("/me", json!({ "name": "Robert" })).expect(200);
    erase_if(&stale).expect_problem(412, "precondition_failed");
    erase_if("junk").expect_problem(400, "invalid_header");
    assert_eq!(bob.get("/me").expect(200)["name"], "Robert");
    erase_if(&tag(bob.get("/me"))).expect(204);
    bob.get("/me").expect_problem(401, "session_revoked");
}

#[test]
fn a_password_that_is_changed_meanwhile_erases_nobody() {
    let world = World::new();
    let bob = world.user("bob");
    let holder = Mutex::new(world.sql());
    // Only the superuser sees who waits for which lock.
    let watch = Mutex::new(world.database.connect(Login::Admin));
    // The change is not committed yet: the old password is still verified, and then outdated.
    holder.lock().unwrap().run("BEGIN; UPDATE users SET password_hash = 'of another password'");
    let answers = at_once(2, &bob, &world, |thread, caller| {
        if thread == 0 {
            let body = json!({ "password": PASSWORD });
            return Some(caller.send(Method::Delete, "/me", Some(&body)));
        }
        blocked(&mut watch.lock().unwrap());
        holder.lock().unwrap().run("COMMIT");
        None
    });
    answers[0].as_ref().unwrap().expect_problem(422, "wrong_password");
    assert_eq!(bob.get("/me").expect(200)["name"], "bob");
    assert_eq!(world.sql().count("users WHERE erasing OR erased_at IS NOT NULL"), 0);
}

#[test]
fn an_owner_whom_a_shop_needs_is_not_erased() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    erase(&ada, PASSWORD).expect_problem(409, "last_owner");
    shop.get("/products").expect(200);
    // A shop that is being deleted needs no owner.
    shop.shop_becomes("deleting");
    erase(&ada, PASSWORD).expect(204);

    let eve = world.user("eve");
    let other = eve.opens_shop("other");
    other.joined_by("dan", "owner");
    erase(&eve, PASSWORD).expect(204);
    assert_eq!(world.sql().count(format!("memberships WHERE shop_id = '{}'", other.shop)), 1);
}

#[test]
fn an_erasure_that_broke_off_is_finished_later() {
    let world = World::new();
    let (one, two) = (world.user("ada").opens_shop("one"), world.user("eve").opens_shop("two"));
    let bob = world.user("bob");
    for shop in [&one, &two] {
        shop.takes_in(&bob, "customer");
    }
    // In one shop nobody can be erased now.
    world.sql().run(format!("ALTER TABLE {}.people RENAME COLUMN email TO address", one.schema()));
    erase(&bob, PASSWORD).expect(204);
    let names = |schema: &str| {
        world.sql().column(format!("SELECT name FROM {schema}.people WHERE id = '{}'", bob.id))
    };
    assert_eq!((names(&one.schema()), names(&two.schema())), (vec!["bob".to_owned()], vec![String::new()]));
    assert_eq!(world.sql().count("users WHERE erasing"), 1);
    world.sql().run(format!("ALTER TABLE {}.people RENAME COLUMN address TO email", one.schema()));
    run(identity::clean_up(&world.tenancy, || false)).unwrap();
    assert_eq!(names(&one.schema()), [""]);
    assert_eq!((world.sql().count("users WHERE erasing"), world.sql().count("memberships")), (0, 2));
}

#[test]
fn the_operator_makes_and_erases_users() {
    let world = World::new();
    let email = |text: &str| Email::try_from(text.to_owned()).unwrap();
    let hasher = identity::Hasher::new(1_000).unwrap();
    let create = || {
        let password = PASSWORD.to_owned().try_into().unwrap();
        run(identity::create_user(
            &world.tenancy,
            &hasher,
            email("zoe@example.com"),
            password,
            "Zoe".to_owned(),
        ))
    };
    assert_eq!(create().unwrap().name, "Zoe");
    assert!(matches!(create(), Err(IdentityError::EmailTaken)));
    let login = json!({ "email": "zoe@example.com", "password": PASSWORD });
    world.nobody().post("/auth/login", login).expect(200);

    let erase = |text: &str| run(identity::erase_user(&world.tenancy, email(text)));
    assert!(matches!(erase("nobody@example.com"), Err(IdentityError::NoSuchUser)));
    erase("zoe@example.com").unwrap();
    assert!(matches!(erase("zoe@example.com"), Err(IdentityError::NoSuchUser)));
    let token = run(identity::reset_token(&world.tenancy, email("zoe@example.com")));
    assert!(matches!(token, Err(IdentityError::NoSuchUser)));
}
