//! The command line as an operator and a script meet it: help, exit codes, and commands that only look.

use serde_json::Value;

use crate::support::installation::{Ended, Installation};
use crate::support::{Database, Login, World, process};

/// What a command that must succeed prints.
fn done(database: &Database, arguments: &[&str]) -> String {
    let Ended { code, stdout, stderr } = process::run(database, arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {stderr}");
    stdout
}

/// The same with --json.
fn json(database: &Database, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(database, &[arguments, &["--json"]].concat())).unwrap()
}

/// What a command that must fail says.
fn refused(database: &Database, arguments: &[&str], code: i32) -> String {
    let ended = process::run(database, arguments);
    assert_eq!(ended.code, Some(code), "{arguments:?}: {}", ended.stderr);
    assert_eq!(ended.stdout, "", "{arguments:?}");
    ended.stderr
}

#[test]
fn help_says_what_each_command_does_and_how_it_ends() {
    let installation = Installation::new();
    let help = |arguments: &[&str]| {
        let ended = installation.run(&[arguments, &["--help"]].concat(), &[]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.stdout
    };
    let all = help(&[]);
    for part in ["serve", "migrate", "status", "shop", "Exit codes:", "DATABASE_URL"] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert!(help(&["status"]).contains("Example:"));
    assert!(help(&["shop"]).contains("List the shops"));
    for wrong in
        [&["shops"][..], &["shop"], &["shop", "show"], &["shop", "show", "No Slug"], &["status", "x"]]
    {
        let ended = installation.run(wrong, &[]);
        assert_eq!(ended.code, Some(2), "{wrong:?}: {}", ended.stderr);
    }
    assert!(!installation.data().exists(), "nothing is made for help or for a mistake");
}

#[test]
fn a_command_that_looks_makes_and_migrates_nothing() {
    let installation = Installation::new();
    let ended = installation.run(&["status"], &[]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("run `shophouse migrate` first"), "{}", ended.stderr);
    assert!(!installation.data().exists());

    let database = Database::empty();
    let said = refused(&database, &["shop", "list"], 1);
    assert!(said.contains("not up to date") && said.contains("run `shophouse migrate` first"), "{said}");
    let mut sql = database.connect(Login::Owner);
    assert_eq!(sql.count("pg_class WHERE relnamespace = 'public'::regnamespace"), 0);

    // One migration behind.
    let world = World::new();
    world.sql().run("DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)");
    let before = world.sql().column("SELECT version FROM __diesel_schema_migrations");
    assert!(refused(&world.database, &["status"], 1).contains("run `shophouse migrate` first"));
    assert_eq!(world.sql().column("SELECT version FROM __diesel_schema_migrations"), before);
}

#[test]
fn the_shops_are_listed_and_shown_in_words_and_as_json() {
    let world = World::new();
    assert_eq!(done(&world.database, &["shop", "list"]), "");
    assert_eq!(json(&world.database, &["shop", "list"]), Value::Array(vec![]));
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    ada.opens_shop("attic").shop_becomes("suspended");

    let list = done(&world.database, &["shop", "list"]);
    let first_words: Vec<_> = list.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(first_words, ["SLUG", "attic", "books"], "{list}");
    let suspended = json(&world.database, &["shop", "list", "--state", "suspended"]);
    assert_eq!(suspended.as_array().unwrap().len(), 1);
    assert_eq!(suspended[0]["slug"], "attic");
    refused(&world.database, &["shop", "list", "--state", "closed"], 2);

    assert_eq!(json(&world.database, &["shop", "show", "books"])["id"], shop.shop.as_str());
    assert_eq!(json(&world.database, &["shop", "show", &shop.shop])["slug"], "books");
    assert!(done(&world.database, &["shop", "show", "books"]).contains(&shop.schema()));
    let said = refused(&world.database, &["shop", "show", "none"], 1);
    assert!(said.contains("there is no shop none"), "{said}");
}

#[test]
fn the_status_counts_the_fleet_and_names_who_is_not_well() {
    let world = World::new();
    assert!(done(&world.database, &["status"]).starts_with("0 shops; "));
    let ada = world.user("ada");
    for slug in ["one", "two", "old", "ill"] {
        ada.opens_shop(slug);
    }
    let version = world.tenancy.tenant_version();
    world.sql().run(
        "UPDATE shops SET schema_version = '20200101000000' WHERE slug IN ('old', 'ill');
         UPDATE shops SET state = 'failed', failed_from = 'active', failed_migration = '20200102000000_x',
                          failure = E'it\\nbroke' WHERE slug = 'ill'",
    );
    let status = json(&world.database, &["status"]);
    assert_eq!(status["version"], version);
    assert_eq!(
        status["shops"][0],
        serde_json::json!({ "schema_version": version, "state": "active", "shops": 2 })
    );
    assert_eq!(status["lagging"][0]["slug"], "old");
    assert_eq!(status["lagging"].as_array().unwrap().len(), 1);
    assert_eq!(status["failed"][0]["failure"], "it\nbroke");
    let told = done(&world.database, &["status"]);
    for line in ["4 shops; ", "old   20200101000000", "ill   20200102000000_x  it broke"] {
        assert!(told.lines().any(|told| told.starts_with(line)), "{line}: {told}");
    }
}

#[test]
fn commands_join_a_private_server_that_runs_or_start_it_for_themselves() {
    let installation = Installation::new();
    assert_eq!(installation.run(&["migrate"], &[]).code, Some(0));
    let looks = || {
        let ended = installation.run(&["status"], &[]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.stdout.starts_with("0 shops; "), "{}", ended.stdout);
    };
    looks();
    assert!(!installation.data().join("postgres/postmaster.pid").exists(), "what it started, it stops");
    let server = installation.start();
    looks();
    assert_eq!(server.get("/", None).0, 200, "the server goes on");
}
