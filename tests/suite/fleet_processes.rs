//! Migrating in processes: at boot, by command, and killed in the middle.

use crate::support::process::{self, Process};
use crate::support::tree::set_back;
use crate::support::{Member, World, waiting};

/// The number of outdated shops.
fn outdated(world: &World, version: &str) -> i64 {
    world.sql().count(format!("shops WHERE schema_version = '{version}'"))
}

/// Blocks the migration of a shop until the returned connection ends.
fn hold(world: &World, shop: &Member<'_>) -> crate::support::Lent {
    let mut holder = world.sql();
    holder.run(format!("BEGIN; LOCK TABLE {}.__diesel_schema_migrations IN EXCLUSIVE MODE", shop.schema()));
    holder
}

#[test]
fn a_process_killed_while_it_migrates_a_shop_leaves_the_shop_as_it_was() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let version = set_back(&world, std::slice::from_ref(&shop));
    let before = world.sql().content(&shop.schema());
    let mut holder = hold(&world, &shop);
    let process = process::start_migrating(&world.database);
    let backend = waiting::blocked_for_long(&mut world.sql());
    process.kill();
    holder.run("ROLLBACK");
    waiting::gone(&mut world.sql(), &backend);
    assert_eq!(world.sql().content(&shop.schema()), before);
    assert_eq!(outdated(&world, &version), 1);
    assert_eq!(world.sql().one("SELECT state FROM shops"), "active");

    let ended = process::run(&world.database, &["migrate"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    shop.get("/orders").expect(200);
}

#[test]
fn a_fleet_of_a_hundred_is_current_after_a_run_that_was_killed_and_another() {
    let world = World::new();
    let ada = world.user("ada");
    let shops: Vec<_> = (0..100).map(|number| ada.opens_shop(&format!("shop-{number}"))).collect();
    let version = set_back(&world, &shops);
    // One shop is blocked, so that the run cannot end.
    let holder = hold(&world, &shops[50]);
    let process = process::start_migrating(&world.database);
    waiting::until("some shops to be migrated", || (outdated(&world, &version) < 60).then_some(()));
    process.kill();
    drop(holder);
    assert!(outdated(&world, &version) >= 1);

    let ended = process::run(&world.database, &["migrate"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(outdated(&world, &version), 0);
    assert_eq!(world.sql().count("shops WHERE state <> 'active'"), 0);
    for shop in [&shops[0], &shops[50], &shops[99]] {
        shop.get("/orders").expect(200);
    }
}

/// The status of a request for orders.
fn status(process: &Process, shop: &Member<'_>) -> u16 {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let bearer = format!("Bearer {}", shop.token.as_deref().unwrap());
    agent.get(process.url("/orders")).header("Authorization", &bearer).call().unwrap().status().as_u16()
}

#[test]
fn a_boot_migrates_outdated_shops_when_the_configuration_says() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let boot = |mode: &str| Process::serve_with(&world.database, &[("SHOPHOUSE_MIGRATIONS_ON_BOOT", mode)]);

    set_back(&world, std::slice::from_ref(&shop));
    assert_eq!(status(&boot("off"), &shop), 503);
    assert_eq!(status(&boot("wait"), &shop), 200);

    let version = set_back(&world, std::slice::from_ref(&shop));
    // It serves while it migrates.
    let holder = hold(&world, &shop);
    let process = boot("background");
    assert_eq!(status(&process, &shop), 503);
    assert_eq!(outdated(&world, &version), 1);
    drop(holder);
    waiting::until("the shop to be migrated", || (status(&process, &shop) == 200).then_some(()));
}

#[test]
fn the_command_prints_what_is_due_what_it_did_and_what_failed() {
    let world = World::new();
    let ada = world.user("ada");
    let shops = ["ill", "well"].map(|slug| ada.opens_shop(slug));
    let run = |arguments: &[&str]| process::run(&world.database, arguments);
    assert_eq!(run(&["migrate", "--dry-run"]).stdout, "no pending migrations\n");

    let version = set_back(&world, &shops);
    let plan = run(&["migrate", "--dry-run"]);
    assert!(
        plan.stdout.starts_with(&format!("2 shops at version {version}, pending:\n  2")),
        "{}",
        plan.stdout
    );
    assert_eq!(outdated(&world, &version), 2, "a dry run changes nothing");

    // The migration of one shop will fail.
    let (table, newest) =
        (format!("{}.__diesel_schema_migrations", shops[0].schema()), world.tenancy.tenant_version());
    world.sql().run(format!("INSERT INTO {table} (version) VALUES ('{newest}')"));
    let ended = run(&["migrate"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert!(
        ended.stdout.contains("1 shops migrated") && ended.stdout.contains("duplicate key"),
        "{}",
        ended.stdout
    );
    assert!(ended.stderr.contains("1 shops failed"), "{}", ended.stderr);

    world.sql().run(format!("DELETE FROM {table} WHERE version = '{newest}'"));
    let ended = run(&["migrate", "--shop", "ill"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(outdated(&world, &version), 0);
    let nobody = run(&["migrate", "--shop", "nobody"]);
    assert_eq!(nobody.code, Some(1));
    assert!(nobody.stderr.contains("there is no shop nobody"), "{}", nobody.stderr);
}
