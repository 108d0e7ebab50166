//! Erasing: a shop that is due is removed completely, in small steps; if the process dies, the next run continues.

use std::cell::Cell;
use std::time::Duration;

use serde_json::json;
use shophouse::database::DatabaseUrl;
use shophouse::database::private::{DATABASE, PrivateOptions, PrivateServer};
use shophouse::tenancy::{Erasure, Limits, Logins, NewShop, ShopId, Tenancy};

use crate::support::database::limits;
use crate::support::installation::Installation;
use crate::support::process::{self, done, refused};
use crate::support::{Login, Member, Sql, World, citus, tree, waiting};

/// Another instance, with limits of its own.
fn engine(world: &World, limits: Limits) -> Tenancy {
    Tenancy::open(world.database.logins(), limits, tree::trees()).unwrap()
}

/// A callback that stops after so many steps.
fn after(steps: u32) -> impl Fn() -> bool {
    let left = Cell::new(steps);
    move || left.replace(left.get().saturating_sub(1)) == 0
}

/// Deletes a shop without a grace period.
fn is_due(world: &World, member: &Member<'_>) {
    let shop = &member.shop;
    world.sql().run(format!(
        "UPDATE shops SET state = 'deleting', deleted_from = 'active', deleted_at = now(), erase_after = now()
         WHERE id = '{shop}'"
    ));
}

/// Everything that there is of shops.
fn traces(sql: &mut Sql) -> [Vec<String>; 3] {
    [
        sql.column("SELECT slug FROM shops ORDER BY 1"),
        sql.column("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'shop\\_%' ORDER BY 1"),
        sql.column("SELECT DISTINCT shop_id FROM memberships ORDER BY 1"),
    ]
}

fn relations(world: &World, schema: &str) -> i64 {
    world.sql().count(format!("pg_class WHERE relnamespace = to_regnamespace('{schema}')"))
}

#[test]
fn what_is_due_is_erased_and_nothing_else() {
    let world = World::new();
    let ada = world.user("ada");
    let [gone, waits, open] = ["gone", "waits", "open"].map(|slug| ada.opens_shop(slug));
    gone.sells("Book");
    gone.joined_by("cleo", "customer");
    is_due(&world, &gone);
    waits.shop_becomes("deleting");
    let kept = [&waits, &open].map(|shop| world.sql().content(&shop.schema()));

    let report = world.tenancy.erase_due(|| false).unwrap();
    assert_eq!((report.erased, report.failed.len()), (1, 0));
    let [shops, schemas, members] = traces(&mut world.sql());
    assert_eq!(shops, ["open", "waits"]);
    assert_eq!(schemas, [waits.schema(), open.schema()]);
    assert_eq!(members, [waits.shop.clone(), open.shop.clone()]);
    assert_eq!([&waits, &open].map(|shop| world.sql().content(&shop.schema())), kept);
    assert_eq!(world.sql().count("users"), 2, "users remain");
    gone.get("/products").expect_problem(403, "not_a_member");
    ada.get(&format!("/shops/{}", gone.shop)).expect_problem(404, "not_found");
    ada.opens_shop("gone");
    assert_eq!(world.tenancy.erase_due(|| false).unwrap().erased, 0);
}

#[test]
fn everything_that_a_schema_can_hold_goes_with_it() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let schema = shop.schema();
    let mut sql = world.sql();
    sql.run(format!("SET search_path TO {schema}"));
    for statement in [
        "CREATE TYPE pair AS (a INT, b INT)",
        "CREATE TYPE mood AS ENUM ('good')",
        "CREATE DOMAIN short AS TEXT",
        "CREATE TABLE \"Odd \"\"name\" (id BIGSERIAL PRIMARY KEY, m mood, p pair, s short)",
        "CREATE TABLE parts (id INT) PARTITION BY RANGE (id)",
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (2)",
        "CREATE TABLE child () INHERITS (\"Odd \"\"name\")",
        "CREATE VIEW seen AS SELECT * FROM products",
        "CREATE MATERIALIZED VIEW kept AS SELECT 1",
        "CREATE FUNCTION one(mood) RETURNS INT LANGUAGE sql AS 'SELECT 1'",
        "CREATE PROCEDURE two() LANGUAGE sql AS 'SELECT 1'",
        "CREATE COLLATION mine (provider = libc, locale = 'C')",
        "CREATE SEQUENCE numbers",
    ] {
        // Citus refuses some of them.
        let made = sql.try_run(statement);
        assert!(made.is_ok() || citus::nodes() > 0, "{statement}: {made:?}");
    }
    drop(sql);
    is_due(&world, &shop);
    assert_eq!(world.tenancy.erase_due(|| false).unwrap().erased, 1);
    assert_eq!(traces(&mut world.sql()), [const { Vec::<String>::new() }; 3]);
}

#[test]
fn erasing_that_was_interrupted_goes_on_and_there_is_no_way_back() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    is_due(&world, &shop);
    let all = relations(&world, &shop.schema());
    assert_eq!(world.tenancy.erase(shop.shop_id(), after(1)).unwrap(), Erasure::Stopped);
    let left = relations(&world, &shop.schema());
    assert!(0 < left && left < all, "one step of several: {left} of {all}");
    let restore = format!("/api/v1/shops/{}/restore", shop.shop);
    let problem =
        shop.raw(rocket::http::Method::Post, &restore, &[], None).expect_problem(409, "not_restorable");
    assert!(problem["detail"].as_str().unwrap().contains("has begun"), "{problem}");
    assert_eq!(tree::migrate(&world.tenancy).failed.len(), 0);
    assert_eq!(engine(&world, limits()).erase_due(|| false).unwrap().erased, 1);
    assert_eq!(traces(&mut world.sql()), [const { Vec::<String>::new() }; 3]);
}

#[test]
fn the_next_run_continues_what_a_killed_process_began_to_erase() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let schema = shop.schema();
    let mut sql = world.sql();
    sql.run(format!("BEGIN; LOCK TABLE {schema}.counters IN ACCESS SHARE MODE"));
    let eraser = process::start(&world.database, &["shop", "delete", "books", "--now", "--yes"]);
    let backend = waiting::blocked(&mut world.sql());
    eraser.kill();
    world.database.connect(Login::Admin).run(format!("SELECT pg_terminate_backend({backend})"));
    sql.run("COMMIT");
    waiting::gone(&mut sql, &backend);
    assert_eq!(sql.one("SELECT state FROM shops"), "deleting");
    assert_eq!(world.tenancy.erase_due(|| false).unwrap().erased, 1);
    assert_eq!(traces(&mut sql), [const { Vec::<String>::new() }; 3]);
}

#[test]
fn a_shop_that_is_in_use_or_locked_by_another_instance_does_not_hold_up_the_others() {
    let world = World::new();
    let ada = world.user("ada");
    let shops = ["used", "taken", "free"].map(|slug| ada.opens_shop(slug));
    for shop in &shops {
        is_due(&world, shop);
    }
    let (mut user, mut other) = (world.sql(), world.sql());
    user.run(format!("BEGIN; LOCK TABLE {}.counters IN ACCESS SHARE MODE", shops[0].schema()));
    other.run("BEGIN; SELECT * FROM shops WHERE slug = 'taken' FOR UPDATE");
    let impatient = engine(&world, Limits { lock_timeout: Duration::from_millis(10), ..limits() });
    let report = impatient.erase_due(|| false).unwrap();
    assert_eq!((report.erased, report.failed.len()), (1, 1));
    assert_eq!(report.failed[0].shop, shops[0].shop_id());
    user.run("COMMIT");
    other.run("COMMIT");
    assert_eq!(impatient.erase_due(|| false).unwrap().erased, 2);
}

#[test]
fn the_operator_erases_at_once_after_confirming_it() {
    let world = World::new();
    let ada = world.user("ada");
    ada.opens_shop("books");
    let said = refused(&world.database, &["shop", "delete", "books", "--now"], 1);
    assert!(said.contains("--yes"), "{said}");
    refused(&world.database, &["shop", "delete", "books", "--yes"], 2);
    assert_eq!(world.sql().one("SELECT state FROM shops"), "active");
    assert_eq!(done(&world.database, &["shop", "delete", "books", "--now", "--yes"]), "books is erased\n");
    assert_eq!(traces(&mut world.sql()), [const { Vec::<String>::new() }; 3]);
    // The grace period of a shop that is being deleted already is cut short.
    ada.opens_shop("books");
    done(&world.database, &["shop", "delete", "books"]);
    assert_eq!(done(&world.database, &["shop", "delete", "books", "--now", "--yes"]), "books is erased\n");
}

/// The number of sequential scans of the catalogues that have rows of every shop.
const SCANS: &str = "SELECT sum(seq_scan) FROM pg_stat_sys_tables WHERE relname IN
    ('pg_class', 'pg_attribute', 'pg_index', 'pg_constraint', 'pg_depend', 'pg_inherits', 'pg_namespace', 'pg_type')";

#[test]
fn erasing_reads_no_catalogue_from_end_to_end() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    is_due(&world, &shop);
    // The planner would scan small catalogues.
    let database = world.sql().one("SELECT current_database()");
    world.database.connect(Login::Admin).run(format!("ALTER DATABASE {database} SET enable_seqscan = off"));
    let mut sql = world.database.connect(Login::Admin);
    let others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    // A backend reports its counts at the latest when it ends.
    let alone = |sql: &mut Sql| {
        waiting::until("the other connections to end", || (sql.count(others) == 0).then_some(()));
    };
    sql.run(format!("SELECT pg_terminate_backend(pid) FROM {others}"));
    alone(&mut sql);
    let before = sql.one(SCANS);
    let engine = engine(&world, limits());
    assert_eq!(engine.erase_due(|| false).unwrap().erased, 1);
    drop(engine);
    alone(&mut sql);
    assert_eq!(sql.one(SCANS), before);
}

/// A server with the smallest lock table that PostgreSQL allows.
fn with_few_locks(installation: &Installation) -> PrivateServer {
    let options = || PrivateOptions {
        data_dir: installation.data(),
        pg_bin: std::env::var_os("SHOPHOUSE_PG_BIN").map(Into::into),
        unsafe_fast: true,
        max_connections: 20,
    };
    let server = PrivateServer::start(&options()).unwrap();
    Sql::to(&server.url(Login::Admin, DATABASE)).run("ALTER SYSTEM SET max_locks_per_transaction = 10");
    server.stop().unwrap();
    PrivateServer::start(&options()).unwrap()
}

#[test]
fn a_shop_with_hundreds_of_tables_is_erased_with_a_small_lock_table() {
    let installation = Installation::new();
    let server = with_few_locks(&installation);
    let url = |login| DatabaseUrl::new(server.url(login, DATABASE));
    let trees = tree::trees();
    let logins = Logins { web: url(Login::Web), owner: url(Login::Owner) };
    let engine = Tenancy::open(logins, Limits { grace: Duration::ZERO, ..limits() }, trees).unwrap();
    let mut sql = Sql::to(&server.url(Login::Owner, DATABASE));
    let user = uuid::Uuid::now_v7();
    sql.run(format!("INSERT INTO users VALUES ('{user}', 'ada@example.com', 'Ada', '', now(), now())"));
    let new: NewShop = NewShop {
        slug: "books".parse().unwrap(),
        name: "Books".to_owned(),
        description: String::new(),
        currency: shophouse::tenancy::Currency::USD,
        order_hold_minutes: None,
    };
    let shop = engine.as_operator(|owner| engine.provision(owner, user, &new)).unwrap();
    let (shop, schema) = (ShopId(shop.id), ShopId(shop.id).schema());
    for number in 0..300 {
        sql.run(format!(
            "CREATE TABLE {schema}.t{number} (id INT PRIMARY KEY, a TEXT CHECK (a <> ''), b TEXT UNIQUE,
             product_id UUID REFERENCES {schema}.products)"
        ));
    }
    let at_once = sql.try_run(format!("DROP SCHEMA {schema} CASCADE")).unwrap_err();
    assert!(at_once.to_string().contains("out of shared memory"), "{at_once}");
    engine.as_operator(|owner| shophouse::tenancy::lifecycle::delete(owner, shop, Duration::ZERO)).unwrap();
    assert_eq!(engine.erase(shop, || false).unwrap(), Erasure::Complete);
    assert_eq!(traces(&mut sql), [const { Vec::<String>::new() }; 3]);
    drop((engine, sql));
    server.stop().unwrap();
}

#[test]
fn a_shop_in_its_grace_period_is_not_due() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let deleted = shop.send(
        rocket::http::Method::Delete,
        &format!("/shops/{}", shop.shop),
        Some(&json!({ "slug": "books" })),
    );
    deleted.expect(200);
    assert_eq!(world.tenancy.erase_due(|| false).unwrap().erased, 0);
    assert_eq!(world.tenancy.erase(shop.shop_id(), || false).unwrap(), Erasure::Skipped);
    assert_eq!(world.sql().count("shops WHERE erasing_since IS NULL"), 1);
}
