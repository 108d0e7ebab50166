//! Migrating the fleet: outdated shops, shops that fail, and instances that share the work.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use shophouse::tenancy::{FleetOptions, Limits, Tenancy, TenancyError};

use crate::support::database::limits;
use crate::support::tree::{self, NEXT, NEXT_NAME, migrate, trees};
use crate::support::{Answer, Database, Member, World, waiting};

/// Fails in a shop that has a product of this title.
const PICKY: &str = "ALTER TABLE products ADD CONSTRAINT products_title_check CHECK (title <> 'Poison')";
/// Fails when it runs twice.
const ONCE: &str = "INSERT INTO counters (name, value) VALUES ('once', 1)";

/// Another instance, of a release with one more tenant migration.
fn next_release(database: &Database, up: &str) -> Tenancy {
    let trees = tree::next_release(up);
    Tenancy::open(database.logins(), limits(), trees).unwrap()
}

/// The same, with a short lock timeout.
fn impatient(database: &Database, up: &str) -> Tenancy {
    let impatient = Limits { lock_timeout: Duration::from_millis(10), ..limits() };
    Tenancy::open(database.logins(), impatient, tree::next_release(up)).unwrap()
}

/// A shop's entry in the ledger.
fn ledger(world: &World, shop: &str) -> String {
    world.sql().one(format!(
        "SELECT concat_ws(' ', slug, state, schema_version, failed_from, failed_migration) FROM shops
         WHERE id = '{shop}'"
    ))
}

fn upgrading(answer: &Answer, code: &str) {
    answer.expect_problem(503, code);
    let seconds: u32 = answer.header("Retry-After").unwrap().parse().unwrap();
    assert!(seconds > 0);
}

#[test]
fn an_outdated_shop_is_closed_until_it_is_migrated() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    shop.sells("Kept");
    let (shop, token) = (shop.shop.clone(), shop.token.clone().unwrap());
    let world = world.restarted_with(tree::next_release("ALTER TABLE products ADD COLUMN weight BIGINT"));
    let ada = world.nobody().with_token(token);
    upgrading(&ada.get("/products"), "shop_upgrading");
    let ready = ada.raw(rocket::http::Method::Get, "/health/ready", &[], None).expect(200);
    assert_eq!(ready["lagging"], 1);

    let report = migrate(&world.tenancy);
    assert_eq!((report.migrated, report.failed.len()), (1, 0));
    assert_eq!(ledger(&world, &shop), format!("books active {NEXT}"));
    assert_eq!(ada.get("/products").expect(200)["data"][0]["title"], "Kept");
    assert_eq!(migrate(&world.tenancy).migrated, 0, "there is nothing left to do");
}

#[test]
fn a_shop_in_use_stays_outdated_until_the_next_run_and_is_not_closed_for_it() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let before = ledger(&world, &shop.shop);
    let engine = impatient(&world.database, "ALTER TABLE products ADD COLUMN weight BIGINT");
    let mut user = world.sql();
    user.run(format!("BEGIN; LOCK TABLE {}.products IN ACCESS SHARE MODE", shop.schema()));
    let report = migrate(&engine);
    assert_eq!((report.migrated, report.failed.len(), report.in_use.len()), (0, 0, 1));
    assert!(!report.is_complete());
    assert_eq!(ledger(&world, &shop.shop), before);
    user.run("COMMIT");
    assert_eq!(migrate(&engine).migrated, 1);
    assert_eq!(ledger(&world, &shop.shop), format!("books active {NEXT}"));
}

/// Two shops. In the first one, [`PICKY`] fails.
fn one_that_fails(world: &World) -> (Member<'_>, Member<'_>) {
    let (ill, well) = (world.user("ada").opens_shop("ill"), world.user("bob").opens_shop("well"));
    ill.sells("Poison");
    well.sells("Bread");
    (ill, well)
}

#[test]
fn a_shop_whose_migration_fails_is_closed_alone_and_keeps_its_data() {
    let world = World::new();
    let (ill, well) = one_that_fails(&world);
    let (ill_id, ill_schema) = (ill.shop.clone(), ill.schema());
    let (ill, well) = (ill.token.clone().unwrap(), well.token.clone().unwrap());
    let before = world.sql().content(&ill_schema);
    let world = world.restarted_with(tree::next_release(PICKY));
    let report = migrate(&world.tenancy);
    assert_eq!(report.migrated, 1);
    let [failure] = &report.failed[..] else { panic!("{report:?}") };
    assert_eq!(failure.shop.to_string(), ill_id);
    assert!(matches!(failure.error, TenancyError::Migration { .. }), "{failure:?}");

    let version = world.sql().one("SELECT schema_version FROM shops WHERE slug = 'ill'");
    assert_eq!(ledger(&world, &ill_id), format!("ill failed {version} active {NEXT_NAME}"));
    assert_ne!(version, NEXT);
    let reason = world.sql().one("SELECT failure FROM shops WHERE slug = 'ill'");
    assert!(reason.contains("products_title_check"), "{reason}");
    assert_eq!(world.sql().content(&ill_schema), before);

    upgrading(&world.nobody().with_token(ill).get("/products"), "shop_failed");
    world.nobody().with_token(well).get("/products").expect(200);
    let ready = world.nobody().raw(rocket::http::Method::Get, "/health/ready", &[], None).expect(200);
    assert_eq!((&ready["lagging"], &ready["failed"]), (&0.into(), &1.into()));
}

#[test]
fn a_later_good_run_returns_a_failed_shop_to_its_former_state() {
    let world = World::new();
    for (state, slug) in [("active", "one"), ("suspended", "two")] {
        let shop = world.user(slug).opens_shop(slug);
        shop.sells("Poison");
        shop.shop_becomes(state);
    }
    let engine = next_release(&world.database, PICKY);
    // The former state must survive a second failure.
    for _ in 0..2 {
        assert_eq!(migrate(&engine).failed.len(), 2);
        assert_eq!(world.sql().count("shops WHERE state = 'failed'"), 2);
    }
    assert_eq!(migrate(&next_release(&world.database, "SELECT 1")).migrated, 2);
    let healed = "SELECT concat_ws(' ', slug, state, schema_version, failed_from, failed_migration, failure)
                  FROM shops ORDER BY id";
    assert_eq!(
        world.sql().column(healed),
        [("one", "active"), ("two", "suspended")].map(|(slug, state)| format!("{slug} {state} {NEXT}"))
    );
}

#[test]
fn instances_that_migrate_at_once_do_each_shop_once() {
    let world = World::new();
    let ada = world.user("ada");
    for number in 0..8 {
        ada.opens_shop(&format!("shop-{number}"));
    }
    let instances = [(); 3].map(|()| next_release(&world.database, ONCE));
    let start = Barrier::new(instances.len());
    let reports = thread::scope(|scope| {
        let runs = instances.each_ref().map(|engine| {
            scope.spawn(|| {
                start.wait();
                migrate(engine)
            })
        });
        runs.map(|run| run.join().unwrap())
    });
    assert!(reports.iter().all(|report| report.failed.is_empty()), "{reports:?}");
    assert_eq!(reports.iter().map(|report| report.migrated).sum::<usize>(), 8, "{reports:?}");
}

#[test]
fn a_shop_that_another_instance_has_locked_is_skipped() {
    let world = World::new();
    let ada = world.user("ada");
    let busy = ada.opens_shop("busy").shop;
    ada.opens_shop("free");
    let engine = impatient(&world.database, ONCE);
    let mut other = world.sql();
    other.run(format!("BEGIN; SELECT FROM shops WHERE id = '{busy}' FOR UPDATE"));
    let report = migrate(&engine);
    assert_eq!((report.migrated, report.failed.len(), report.in_use.len()), (1, 0, 1));
    // An instance that dies leaves nothing locked.
    let backend = other.one("SELECT pg_backend_pid()");
    drop(other);
    waiting::gone(&mut world.sql(), &backend);
    assert_eq!(migrate(&engine).migrated, 1);
}

#[test]
fn a_run_that_is_told_to_stop_stops_between_shops() {
    let world = World::new();
    world.user("ada").opens_shop("books");
    let engine = next_release(&world.database, ONCE);
    assert_eq!(engine.migrate_fleet(&FleetOptions::default(), &|| true, &|_| {}).unwrap().migrated, 0);
    assert_eq!(migrate(&engine).migrated, 1);
}

#[test]
fn instances_that_start_at_once_on_an_empty_database_all_come_up() {
    let database = Database::empty();
    let start = Barrier::new(3);
    let opened = thread::scope(|scope| {
        let racers = [(); 3].map(|()| {
            scope.spawn(|| {
                start.wait();
                Tenancy::open(database.logins(), limits(), trees()).map(drop)
            })
        });
        racers.map(|racer| racer.join().unwrap())
    });
    assert!(opened.iter().all(Result::is_ok), "{opened:?}");
}

#[test]
fn two_installations_on_one_server_have_nothing_in_common() {
    let role = |database: &Database| {
        next_release(database, ONCE);
        database.connect(crate::support::Login::Owner).one("SELECT name FROM installation")
    };
    assert_ne!(role(&Database::empty()), role(&Database::empty()));
}
