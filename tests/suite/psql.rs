//! `shophouse psql`: it uses one shop's schema, sees no other shop, and writes only with --write. It needs PostgreSQL
//! itself: session options pin it to the shop.

use crate::support::World;
use crate::support::installation::{Ended, Installation};
use crate::support::process::{done, refused, run};
use crate::support::world::text;

fn asked(world: &World, shop: &str, sql: &str) -> String {
    done(&world.database.direct(), &["psql", shop, "--", "-XAtc", sql])
}

#[test]
fn it_uses_one_shop_and_sees_no_other() {
    let world = World::new();
    let ada = world.user("ada");
    let (books, other) = (ada.opens_shop("books"), ada.opens_shop("other"));
    books.sells("Book");
    books.sells("Another");
    other.sells("Secret");
    assert_eq!(asked(&world, "books", "SELECT count(*) FROM products"), "2\n");
    assert_eq!(asked(&world, &other.shop, "SELECT title FROM products"), "Secret\n");
    let elsewhere = format!("SELECT count(*) FROM {}.products", other.schema());
    assert_eq!(asked(&world, "books", &elsewhere), "0\n");
    // In each transaction, and after any RESET.
    let twice =
        "RESET ROLE; RESET search_path; RESET ALL; SELECT concat_ws(' ', current_schema(), current_user)";
    assert_eq!(
        asked(&world, "books", twice).lines().last().unwrap(),
        format!("{} {}", books.schema(), world.tenancy.shop_role())
    );
    let users =
        run(&world.database.direct(), &["psql", "books", "--", "-XAtc", "SELECT * FROM public.users"]);
    assert_eq!((users.code, users.stdout.as_str()), (Some(1), ""), "{}", users.stderr);
    assert!(users.stderr.contains("permission denied"), "{}", users.stderr);
}

#[test]
fn it_writes_only_when_it_was_allowed_to() {
    let world = World::new();
    let books = world.user("ada").opens_shop("books");
    books.sells("Book");
    let change = "UPDATE products SET title = 'New'";
    let Ended { code, stderr, .. } = run(&world.database.direct(), &["psql", "books", "--", "-Xc", change]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("read-only transaction"), "{stderr}");
    assert_eq!(
        done(&world.database.direct(), &["psql", "books", "--write", "--", "-Xc", change]),
        "UPDATE 1\n"
    );
    assert_eq!(books.get("/products").expect(200)["data"][0]["title"], "New");
}

#[test]
fn it_ends_as_psql_ends_and_is_not_opened_on_nothing() {
    let world = World::new();
    world.user("ada").opens_shop("books");
    let failed = |arguments: &[&str]| {
        run(&world.database.direct(), &[&["psql", "books", "--"], arguments].concat()).code
    };
    assert_eq!(failed(&["-Xc", "SELECT 1/0"]), Some(1));
    assert_eq!(failed(&["-X", "-v", "ON_ERROR_STOP=1", "-f", "/dev/null/none"]), Some(1));
    assert!(refused(&world.database.direct(), &["psql", "none"], 1).contains("there is no shop none"));
    refused(&world.database.direct(), &["psql"], 2);
}

#[test]
fn it_works_on_a_private_server_too() {
    let installation = Installation::with_cluster();
    let run = |arguments: &[&str]| {
        let ended = installation.run(arguments, &[]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.stdout
    };
    run(&["migrate"]);
    run(&["user", "create", "ada@example.com"]);
    run(&["shop", "create", "books", "--owner", "ada@example.com"]);
    let shown: serde_json::Value = serde_json::from_str(&run(&["shop", "show", "books", "--json"])).unwrap();
    let schema = format!("shop_{}", text(&shown["id"]).replace('-', ""));
    assert_eq!(run(&["psql", "books", "--", "-XAtc", "SELECT current_schema()"]), format!("{schema}\n"));
    assert!(!installation.data().join("postgres/postmaster.pid").exists(), "what it started, it stops");
}
