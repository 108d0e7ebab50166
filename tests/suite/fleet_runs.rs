//! A run over the fleet: how many shops may fail, which go first, batches, and the supervisor.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use shophouse::tenancy::{End, FleetOptions, FleetReport, Tenancy};

use crate::support::database::limits;
use crate::support::tree::{NEXT, migrate, migrate_with, next_release, trees};
use crate::support::{Member, World, waiting};

/// Fails in a shop that has a product of this title.
const PICKY: &str = "ALTER TABLE products ADD CONSTRAINT products_title_check CHECK (title <> 'Poison')";
const HARMLESS: &str = "ALTER TABLE products ADD COLUMN weight BIGINT";

fn engine(world: &World, up: &str) -> Tenancy {
    Tenancy::open(world.database.logins(), limits(), next_release(up)).unwrap()
}

/// Opens shops in this order. In the first `ill` of them, [`PICKY`] fails.
fn fleet(world: &World, ill: usize, well: usize) -> Vec<Member<'_>> {
    let ada = world.user("ada");
    let open = |number: usize| {
        let shop = ada.opens_shop(&format!("shop-{number}"));
        if number < ill {
            shop.sells("Poison");
        }
        shop
    };
    (0..ill + well).map(open).collect()
}

fn failed(world: &World) -> i64 {
    world.sql().count("shops WHERE state = 'failed'")
}

fn current(world: &World) -> i64 {
    world.sql().count(format!("shops WHERE schema_version = '{NEXT}'"))
}

#[test]
fn a_run_that_fails_everywhere_ends_before_it_has_closed_everything() {
    let world = World::new();
    fleet(&world, 9, 0);
    let engine = engine(&world, PICKY);
    let report = migrate(&engine);
    assert_eq!(report.end, End::TooManyFailures);
    // Five may fail, and there are two workers. The others are not touched.
    assert!((6..=7).contains(&failed(&world)), "{report:?}");
    assert!(!report.is_complete());
}

#[test]
fn shops_that_had_failed_before_do_not_use_up_the_budget_of_the_next_run() {
    let world = World::new();
    let shops = fleet(&world, 3, 0);
    let engine = engine(&world, PICKY);
    assert_eq!(
        migrate_with(&engine, FleetOptions { max_failures: Some(3), ..FleetOptions::default() }).end,
        End::Done
    );
    assert_eq!(failed(&world), 3);
    let well = world.user("bob").opens_shop("well");
    drop(shops);
    let report = migrate_with(&engine, FleetOptions { max_failures: Some(0), ..FleetOptions::default() });
    assert_eq!((report.end, report.migrated, report.failed.len()), (End::Done, 1, 3));
    drop(well);
}

#[test]
fn a_canary_that_fails_ends_the_run_and_one_that_succeeds_goes_on() {
    let world = World::new();
    fleet(&world, 1, 3);
    let canary = |canary| FleetOptions { canary, ..FleetOptions::default() };
    let report = migrate_with(&engine(&world, PICKY), canary(2));
    assert_eq!((report.end, failed(&world)), (End::CanaryFailed, 1));
    assert_eq!(current(&world), 1, "the other canary, and no other shop");
    // With a migration that succeeds, the run goes on.
    let world = World::new();
    fleet(&world, 0, 4);
    let report = migrate_with(&engine(&world, HARMLESS), canary(2));
    assert_eq!((report.end, report.migrated), (End::Done, 4));
}

#[test]
fn a_run_reports_its_progress() {
    let world = World::new();
    fleet(&world, 1, 3);
    let engine = engine(&world, PICKY);
    let (calls, last) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let options = FleetOptions { workers: 2, ..FleetOptions::default() };
    let note = |progress: shophouse::tenancy::Progress| {
        assert_eq!(progress.due, 4);
        calls.fetch_add(1, Ordering::SeqCst);
        last.fetch_max(progress.migrated + progress.failed, Ordering::SeqCst);
    };
    engine.migrate_fleet(&options, &|| false, &note).unwrap();
    assert_eq!((calls.load(Ordering::SeqCst), last.load(Ordering::SeqCst)), (4, 4));
}

#[test]
fn a_shop_that_a_request_found_outdated_goes_first() {
    let world = World::new();
    let shops = fleet(&world, 0, 5);
    let (first, token) = (shops[3].shop.clone(), shops[3].token.clone().unwrap());
    let world = world.restarted_with(next_release(HARMLESS));
    world.nobody().with_token(token).get("/products").expect_problem(503, "shop_upgrading");
    let done = AtomicUsize::new(0);
    let note = |progress: shophouse::tenancy::Progress| done.store(progress.migrated, Ordering::SeqCst);
    let stopped = || done.load(Ordering::SeqCst) == 1;
    let report = world.tenancy.migrate_fleet(&FleetOptions::default(), &stopped, &note).unwrap();
    assert_eq!((report.end, report.migrated), (End::Stopped, 1));
    assert_eq!(world.sql().column(format!("SELECT id FROM shops WHERE schema_version = '{NEXT}'")), [first]);
}

/// Runs the supervisor of an engine while `work` runs.
fn supervised(engine: Tenancy, work: impl FnOnce()) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let supervisor = scope
            .spawn(|| engine.supervise_migrations(&FleetOptions::default(), &|| over.load(Ordering::SeqCst)));
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        over.store(true, Ordering::SeqCst);
        supervisor.join().unwrap();
        result.unwrap();
    });
}

#[test]
fn the_supervisor_migrates_a_shop_that_the_former_release_opens_after_the_run() {
    let world = World::new();
    let before = world.user("ada").opens_shop("before");
    let next = world.beside(next_release(HARMLESS));
    supervised(next.tenancy.clone(), || {
        waiting::until("the run to end", || (current(&world) == 1).then_some(()));
        let after = world.user("bob").opens_shop("after");
        let caller = next.nobody().with_token(after.token.clone().unwrap());
        waiting::until("the shop to open again", || {
            let answer = caller.get("/products");
            if answer.status == 503 {
                answer.expect_problem(503, "shop_upgrading");
                return None;
            }
            answer.expect(200);
            Some(())
        });
        assert_eq!(current(&world), 2);
    });
    drop(before);
}

#[test]
fn the_supervisor_ends_when_too_many_shops_fail() {
    let world = World::new();
    fleet(&world, 7, 0);
    let next = world.beside(next_release(PICKY));
    // It ends without being told to stop.
    next.tenancy.supervise_migrations(&FleetOptions::default(), &|| false);
    assert!(failed(&world) < 7);
}

#[test]
fn one_shop_alone_can_be_migrated() {
    let world = World::new();
    let shops = fleet(&world, 0, 2);
    let engine = engine(&world, HARMLESS);
    let report = engine.migrate_one(shops[1].shop_id()).unwrap();
    assert!(report.is_complete() && report.migrated == 1, "{report:?}");
    assert_eq!(
        world.sql().column(format!("SELECT id FROM shops WHERE schema_version = '{NEXT}'")),
        [shops[1].shop.clone()]
    );
    // A shop that is current is not migrated.
    assert!(engine.migrate_one(shops[1].shop_id()).unwrap().is_empty());
    drop(trees());
}

/// Migrates with one worker, whose first shop is alone in its transaction.
fn migrate_by_one(engine: &Tenancy) -> FleetReport {
    engine.migrate_fleet(&FleetOptions::default(), &|| false, &|_| {}).unwrap()
}

/// How many shops each transaction migrated, the most first; the first shop is alone in its transaction.
fn batches(world: &World, engine: &Tenancy, workers: usize) -> Vec<i64> {
    let options = FleetOptions { workers, canary: 1, ..FleetOptions::default() };
    let report = engine.migrate_fleet(&options, &|| false, &|_| {}).unwrap();
    assert!(report.is_complete(), "{report:?}");
    let counts = "SELECT count(*) AS shops FROM shops GROUP BY xmin::text ORDER BY shops DESC";
    world.sql().column(counts).iter().map(|shops| shops.parse().unwrap()).collect()
}

#[test]
fn batches_of_all_workers_take_a_share_of_postgresqls_locks() {
    let world = World::new();
    fleet(&world, 0, 9);
    assert_eq!(batches(&world, &engine(&world, HARMLESS), 1), [8, 1]);
    // So many workers leave to each what PostgreSQL plans for one transaction: 64 locks. This takes some 16 for each shop.
    let world = World::new();
    fleet(&world, 0, 9);
    let more = format!("{HARMLESS}; UPDATE products SET weight = 0; UPDATE orders SET number = number");
    let most = batches(&world, &engine(&world, &more), 200)[0];
    assert!((1..=4).contains(&most), "{most}");
}

#[test]
fn batches_are_seldom_tried_in_vain_when_a_migration_creates_a_table() {
    let world = World::new();
    fleet(&world, 0, 33);
    world.sql().run("CREATE SEQUENCE tries");
    // What a sequence counts stays when the transaction is rolled back. A batch in vain ends with its first shop.
    let up = "CREATE TABLE extra (id UUID CONSTRAINT extra_pkey PRIMARY KEY); SELECT nextval('public.tries')";
    assert_eq!(batches(&world, &engine(&world, up), 1), [1; 33]);
    let tries: usize = world.sql().one("SELECT last_value FROM tries").parse().unwrap();
    assert_eq!(tries - 33, 3, "with eight, four and two shops");
}

#[test]
fn batches_stay_as_great_after_shops_that_had_failed_before() {
    let world = World::new();
    fleet(&world, 2, 0);
    assert_eq!(migrate_by_one(&engine(&world, PICKY)).failed.len(), 2);
    let bob = world.user("bob");
    for number in 2..17 {
        bob.opens_shop(&format!("shop-{number}"));
    }
    // The canary had failed before, and so had one of the next eight.
    assert_eq!(batches(&world, &engine(&world, HARMLESS), 1)[..2], [8, 1]);
}

#[test]
fn a_shop_that_fails_in_a_batch_is_the_only_one_that_stays_outdated() {
    let world = World::new();
    let shops = fleet(&world, 0, 9);
    shops[6].sells("Poison");
    let report = migrate_by_one(&engine(&world, PICKY));
    assert_eq!((report.migrated, report.failed.len(), report.end), (8, 1, End::Done));
    assert_eq!(
        world.sql().column("SELECT slug FROM shops WHERE state = 'failed'"),
        ["shop-6"],
        "and it alone is closed"
    );
    assert_eq!(current(&world), 8);
}

#[test]
fn a_migration_that_bypasses_isolation_or_changes_the_path_is_refused_also_in_a_batch() {
    // Harmless in the first shop, after which the run uses batches.
    let only_later = |harm: &str| {
        format!("DO $$ BEGIN IF (SELECT count(*) FROM products) > 0 THEN {harm}; END IF; END $$")
    };
    for harm in ["CREATE VIEW peek AS SELECT * FROM products", "EXECUTE 'SET LOCAL search_path TO pg_temp'"] {
        let world = World::new();
        let shops = fleet(&world, 0, 3);
        shops[2].sells("Thing");
        shops[1].sells("Thing");
        let report = migrate_by_one(&engine(&world, &only_later(harm)));
        assert_eq!((report.migrated, report.failed.len()), (1, 2), "{harm}: {report:?}");
        assert_eq!(failed(&world), 2);
    }
}
