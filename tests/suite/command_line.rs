//! The command line for operators and scripts: help, exit codes, and commands that only read.

use serde_json::Value;

use crate::support::installation::Installation;
use crate::support::process::{self, done, refused};
use crate::support::{Database, Login, World};

/// What a command prints for programs.
fn json(database: &Database, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(database, &[arguments, &["--json"]].concat())).unwrap()
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
    // Citus has views there.
    assert_eq!(sql.count("pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 'v'"), 0);

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
fn the_status_counts_the_shops_and_lists_outdated_and_failed_ones() {
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

#[test]
fn a_shop_is_opened_for_somebody_who_is_registered() {
    let world = World::new();
    let create =
        ["shop", "create", "books", "--owner", "ada@example.com", "--name", "Ada's Books", "--currency"];
    let create_in = |currency: &'static str| [&create[..], &[currency]].concat();
    let said = refused(&world.database, &create_in("EUR"), 1);
    assert!(said.contains("there is no user ada@example.com"), "{said}");
    let ada = world.user("ada");
    refused(&world.database, &create_in("XAU"), 2);
    refused(&world.database, &["shop", "create", "No", "--owner", "ada@example.com"], 2);
    refused(&world.database, &["shop", "create", "books", "--owner", "ada"], 2);
    assert_eq!(world.sql().count("shops"), 0);

    assert!(done(&world.database, &create_in("EUR")).starts_with("opened books as shop_"));
    let shop = ada.get("/shops").expect(200)["data"][0].clone();
    assert_eq!(
        (&shop["name"], &shop["currency"], &shop["role"]),
        (&"Ada's Books".into(), &"EUR".into(), &"owner".into())
    );
    ada.in_shop(shop["id"].as_str().unwrap()).get("/products").expect(200);
    assert!(refused(&world.database, &create_in("EUR"), 1).contains("another shop has this slug"));
    assert_eq!(world.sql().count("shops"), 1);
}

#[test]
fn a_user_is_registered_with_a_password_that_is_given_or_made() {
    let world = World::new();
    let told = done(&world.database, &["user", "create", "Ada@example.com", "--name", "Ada"]);
    let password = told.lines().find_map(|line| line.strip_prefix("password: ")).unwrap();
    assert!(password.len() >= 20, "{told}");
    let signs_in = |email: &str, password: &str| {
        let login = serde_json::json!({ "email": email, "password": password });
        world.nobody().post("/auth/login", login).status
    };
    assert_eq!(signs_in("ada@example.com", password), 200);
    let said = refused(&world.database, &["user", "create", "ada@example.com"], 1);
    assert!(said.contains("another user has this email address"), "{said}");

    let given = |password: &str| {
        process::run_with(
            &world.database,
            &["user", "create", "bob@example.com", "--password-stdin"],
            password,
        )
    };
    let short = given("7 chars\n");
    assert_eq!((short.code, world.sql().count("users")), (Some(2), 1), "{}", short.stderr);
    assert_eq!(given("").code, Some(2));
    let ended = given("correct horse\n");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stdout.contains("correct horse"), "{}", ended.stdout);
    assert_eq!(signs_in("bob@example.com", "correct horse"), 200);
}
