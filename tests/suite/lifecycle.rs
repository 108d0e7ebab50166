//! The lifecycle of an open shop: its owner deletes and restores it, the operator suspends and resumes it, and it gets
//! its former state back.

use rocket::http::Method;
use serde_json::{Value, json};
use shophouse::tenancy::Tenancy;

use crate::support::database::limits;
use crate::support::log;
use crate::support::process::{self, done, refused};
use crate::support::{Answer, Member, World, tree};

fn delete(member: &Member<'_>, shop: &str, slug: &str) -> Answer {
    member.send(Method::Delete, &format!("/shops/{shop}"), Some(&json!({ "slug": slug })))
}

fn restore(member: &Member<'_>, shop: &str) -> Answer {
    member.raw(Method::Post, &format!("/api/v1/shops/{shop}/restore"), &[], None)
}

/// The state of the only shop in the ledger.
fn ledger(world: &World) -> String {
    world.sql().one("SELECT concat_ws(' ', state, failed_from, failure, deleted_from) FROM shops")
}

#[test]
fn a_deleted_shop_is_closed_at_once_and_restored_completely() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let customer = shop.joined_by("cleo", "customer");
    shop.sells("Kept");
    let before = world.sql().content(&shop.schema());

    let deleted = delete(&shop, &shop.shop, "books").expect(200);
    assert_eq!((&deleted["state"], &deleted["role"]), (&json!("deleting"), &json!("owner")));
    let days = "SELECT extract(day FROM erase_after - deleted_at) FROM shops";
    assert_eq!(world.sql().one(days), "1", "the grace period of this installation");
    for member in [&shop, &customer] {
        member.get("/products").expect_problem(403, "shop_deleting");
        assert_eq!(member.get("/shops").expect(200)["data"][0]["state"], "deleting");
    }
    let again = world.user("bob").post("/shops", json!({ "name": "Books", "slug": "books" }));
    again.expect_problem(409, "slug_taken");
    // Deleting it again changes nothing, not even when it is due.
    assert_eq!(delete(&shop, &shop.shop, "books").expect(200), deleted);

    let restored = restore(&shop, &shop.shop).expect(200);
    assert_eq!((&restored["state"], &restored["erase_after"]), (&json!("active"), &Value::Null));
    assert_eq!(world.sql().content(&shop.schema()), before);
    customer.get("/products").expect(200);
    let problem = restore(&shop, &shop.shop).expect_problem(409, "not_restorable");
    assert!(problem["detail"].as_str().unwrap().contains("not being deleted"), "{problem}");
}

#[test]
fn only_an_owner_who_confirms_it_deletes_a_shop() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let others = world.user("eve").opens_shop("others");
    let answer = delete(&shop, &shop.shop, "others");
    assert_eq!(answer.expect_problem(422, "invalid_field")["errors"][0]["pointer"], "/slug");
    for role in ["staff", "customer"] {
        let member = shop.joined_by(role, role);
        delete(&member, &shop.shop, "books").expect_problem(403, "forbidden");
        restore(&member, &shop.shop).expect_problem(403, "forbidden");
    }
    delete(&others, &shop.shop, "books").expect_problem(404, "not_found");
    restore(&others, &shop.shop).expect_problem(404, "not_found");
    assert_eq!(world.sql().count("shops WHERE state = 'active'"), 2);
}

#[test]
fn a_shop_returns_to_what_it_was() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    for set in [
        "state = 'suspended'",
        "state = 'failed', failed_from = 'active', failure = 'it broke'",
        "state = 'failed', failed_from = 'suspended', failure = 'it broke'",
        "state = 'active', failed_from = NULL, failure = NULL",
    ] {
        world.sql().run(format!("UPDATE shops SET {set}"));
        let before = ledger(&world);
        delete(&shop, &shop.shop, "books").expect(200);
        assert_eq!(world.sql().one("SELECT state FROM shops"), "deleting", "{set}");
        let restored = restore(&shop, &shop.shop).expect(200);
        assert_eq!(ledger(&world), before, "{set}");
        assert!(before.starts_with(restored["state"].as_str().unwrap()), "{before}: {restored}");
    }
}

#[test]
fn the_operator_suspends_and_resumes_and_is_refused_what_makes_no_sense() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let database = &world.database;
    assert_eq!(done(database, &["shop", "suspend", "books"]), "books is suspended\n");
    shop.get("/products").expect_problem(403, "shop_suspended");
    assert!(refused(database, &["shop", "suspend", "books"], 1).contains("suspended already"));
    assert_eq!(done(database, &["shop", "resume", &shop.shop]), "books is active\n");
    shop.get("/products").expect(200);
    assert!(refused(database, &["shop", "resume", "books"], 1).contains("not suspended"));
    assert!(refused(database, &["shop", "restore", "books"], 1).contains("not being deleted"));
    for command in ["suspend", "resume", "restore", "delete"] {
        let error = refused(database, &["shop", command, "none"], 1);
        assert!(error.contains("there is no shop none"), "{command}: {error}");
    }

    let told = done(database, &["shop", "delete", "books"]);
    assert!(told.starts_with("books is closed and will be erased after 20"), "{told}");
    shop.get("/products").expect_problem(403, "shop_deleting");
    let day = world.sql().one("SELECT erase_after FROM shops");
    assert!(refused(database, &["shop", "delete", "books"], 1).contains("being deleted already"));
    for command in ["suspend", "resume"] {
        assert!(refused(database, &["shop", command, "books"], 1).contains("restore it first"), "{command}");
    }
    assert_eq!(world.sql().one("SELECT erase_after FROM shops"), day);
    assert!(done(database, &["status"]).contains("Deleted;"));
    assert_eq!(done(database, &["shop", "restore", "books"]), "books is active\n");
    shop.get("/products").expect(200);
}

#[test]
fn a_failed_shop_that_is_suspended_stays_closed_when_its_migration_succeeds() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    tree::set_back(&world, std::slice::from_ref(&shop));
    world.sql().run("UPDATE shops SET state = 'failed', failed_from = 'active', failure = 'it broke'");
    assert_eq!(done(&world.database, &["shop", "suspend", "books"]), "books is failed\n");
    assert_eq!(ledger(&world), "failed suspended it broke");
    assert!(refused(&world.database, &["shop", "suspend", "books"], 1).contains("suspended already"));
    done(&world.database, &["migrate"]);
    assert_eq!(ledger(&world), "suspended");
    shop.get("/products").expect_problem(403, "shop_suspended");
}

#[test]
fn a_shop_that_is_being_deleted_is_migrated_only_when_it_is_restored() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    delete(&shop, &shop.shop, "books").expect(200);
    let before = world.sql().content(&shop.schema());
    let trees = tree::next_release("ALTER TABLE products ADD COLUMN weight BIGINT");
    let engine = Tenancy::open(world.database.logins(), limits(), trees).unwrap();
    let report = tree::migrate(&engine);
    assert_eq!((report.migrated, report.failed.len()), (0, 0));
    assert_eq!(world.sql().content(&shop.schema()), before);
    assert_eq!(world.sql().one("SELECT schema_version FROM shops"), world.tenancy.tenant_version());
    let ready = world.nobody().raw(Method::Get, "/health/ready", &[], None).expect(200);
    assert_eq!(ready["lagging"], 0);
    restore(&shop, &shop.shop).expect(200);
    assert_eq!(tree::migrate(&engine).migrated, 1);
}

#[test]
fn a_failed_shop_can_be_deleted_and_restored() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    shop.sells("Poison");
    let trees = tree::next_release(
        "ALTER TABLE products ADD CONSTRAINT products_title_check CHECK (title <> 'Poison')",
    );
    let engine = Tenancy::open(world.database.logins(), limits(), trees).unwrap();
    assert_eq!(tree::migrate(&engine).failed.len(), 1);
    shop.get("/products").expect_problem(503, "shop_failed");
    delete(&shop, &shop.shop, "books").expect(200);
    assert_eq!(tree::migrate(&engine).failed.len(), 0);
    assert_eq!(restore(&shop, &shop.shop).expect(200)["state"], "failed");
    // A release whose migration succeeds.
    let trees = tree::next_release("ALTER TABLE products ADD COLUMN weight BIGINT");
    let engine = Tenancy::open(world.database.logins(), limits(), trees).unwrap();
    assert_eq!(tree::migrate(&engine).migrated, 1);
    assert_eq!(ledger(&world), "active");
}

#[test]
fn the_audit_log_has_every_change_of_state() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    delete(&shop, &shop.shop, "books").expect(200);
    restore(&shop, &shop.shop).expect(200);
    for event in ["shop_opened", "shop_deleted", "shop_restored"] {
        let found = log::any(&[&format!("audit=\"{event}\""), "request_id=", &shop.user, &shop.shop]);
        assert!(found, "{event}");
    }
    let create = ["shop", "create", "attic", "--owner", "ada@example.com"];
    for (event, command) in [("shop_suspended", &["shop", "suspend", "books"][..]), ("shop_opened", &create)]
    {
        let said = process::run(&world.database, command).stderr;
        assert!(said.contains(&format!("\"{event}\"")) && said.contains("\"operator\""), "{said}");
    }
}

#[test]
fn a_shop_is_deleted_only_as_it_was_read() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let tag = shop.get(&format!("/shops/{}", shop.shop)).header("ETag").unwrap().to_owned();
    shop.send(Method::Patch, &format!("/shops/{}", shop.shop), Some(&json!({ "name": "Other" }))).expect(200);
    let delete = |tag: &str| {
        let body = (rocket::http::ContentType::JSON, br#"{"slug": "books"}"#.to_vec());
        let path = format!("/api/v1/shops/{}", shop.shop);
        shop.raw(Method::Delete, &path, &[("If-Match", tag)], Some(body))
    };
    delete(&tag).expect_problem(412, "precondition_failed");
    let now = shop.get(&format!("/shops/{}", shop.shop)).header("ETag").unwrap().to_owned();
    assert_eq!(delete(&now).expect(200)["state"], "deleting");
}

#[test]
fn a_restored_shop_has_an_owner() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let staff = shop.joined_by("sam", "staff");
    let bob = world.user("bob");
    let database = &world.database;
    delete(&shop, &shop.shop, "books").expect(200);
    ada.send(Method::Delete, "/me", Some(&json!({ "password": "correct horse" }))).expect(204);

    let said = refused(database, &["shop", "restore", "books"], 1);
    assert!(said.contains("no owner") && said.contains("--owner EMAIL"), "{said}");
    assert!(
        refused(database, &["shop", "owner", "books", "bob@example.com"], 1).contains("restore it first")
    );
    for nobody in ["zoe@example.com", "ada@example.com"] {
        let said = refused(database, &["shop", "restore", "books", "--owner", nobody], 1);
        assert!(said.contains(&format!("there is no user {nobody}")), "{said}");
    }
    assert_eq!(ledger(&world), "deleting active");
    let restored = done(database, &["shop", "restore", "books", "--owner", "bob@example.com"]);
    assert_eq!(restored, "books is active\n");
    bob.in_shop(&shop.shop).sells("Hat");
    bob.get(&format!("/shops/{}/members", shop.shop)).expect(200);
    drop(staff);
}

#[test]
fn the_operator_makes_a_member_or_anybody_an_owner() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let (sam, eve) = (shop.joined_by("sam", "staff"), world.user("eve"));
    shop.delete(&format!("/shops/{}/members/{}", shop.shop, sam.user)).expect(204);
    let database = &world.database;
    let roles = || {
        world.sql().column(
            "SELECT concat_ws(' ', email, role) FROM memberships JOIN users ON users.id = user_id ORDER BY 1",
        )
    };
    for email in ["sam@example.com", "eve@example.com", "ada@example.com"] {
        let told = done(database, &["shop", "owner", "books", email]);
        assert_eq!(told, format!("{email} is an owner of books\n"));
    }
    assert_eq!(roles(), ["ada@example.com owner", "eve@example.com owner", "sam@example.com owner"]);
    eve.in_shop(&shop.shop).sells("Hat");
    assert!(refused(database, &["shop", "owner", "books", "zoe@example.com"], 1).contains("no user zoe"));
    assert!(refused(database, &["shop", "owner", "none", "eve@example.com"], 1).contains("no shop none"));
    // Of a lost owner's place.
    shop.patch(&format!("/shops/{}/members/{}", shop.shop, sam.user), json!({ "role": "customer" }))
        .expect(200);
    done(database, &["shop", "owner", "books", "sam@example.com"]);
    assert!(roles().contains(&"sam@example.com owner".to_owned()));
}
