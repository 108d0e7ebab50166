//! The database accepts no changes: an administrator has set it so, or it has become a standby.

use rocket::http::Method;
use serde_json::json;

use crate::routes::{ROUTES, Shelf};
use crate::support::load::Shop;
use crate::support::process::Process;
use crate::support::standby::Standby;
use crate::support::tree::trees;
use crate::support::world::PASSWORD;
use crate::support::{Answer, Database, DisposablePostgres, Login, World, waiting};

/// A refusal that says why, and when to try again.
#[track_caller]
fn expect_read_only(answer: &Answer) {
    answer.expect_problem(503, "read_only");
    assert!(answer.header("Retry-After").is_some(), "{answer}");
}

#[test]
fn where_nothing_may_change_a_server_starts_and_every_route_that_reads_works() {
    let world = World::on(Database::new().direct(), trees());
    let shop = world.user("ada").opens_shop("books");
    let shelf = Shelf::of(&shop);
    let mut admin = world.database.connect(Login::Admin);
    let database = admin.one("SELECT current_database()");
    admin.run(format!("ALTER DATABASE {database} SET default_transaction_read_only = on"));
    let reading = world.beside(trees());
    reading.tenancy.self_test().unwrap();
    let caller = reading.nobody().with_token(shop.token.clone().unwrap());
    let mut refused = 0;
    for entry in ROUTES {
        let answer = entry.call(&caller, &shelf);
        if entry.path == "/health/ready" {
            expect_read_only(&answer);
        } else if entry.method == Method::Get {
            assert!(answer.status < 400, "{answer}");
        } else if answer.status >= 500 {
            expect_read_only(&answer);
            refused += 1;
        }
    }
    assert!(refused > 20, "only {refused} routes write");
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    expect_read_only(&reading.nobody().post("/auth/login", login.clone()));
    let metrics = reading.nobody().raw(Method::Get, "/metrics", &[], None).body;
    let counted = |line: &&str| line.contains("kind=\"read_only\",pool=\"web\"") && !line.ends_with(" 0");
    assert!(metrics.lines().any(|line| counted(&line)), "{metrics}");

    admin.run(format!("ALTER DATABASE {database} RESET default_transaction_read_only"));
    waiting::until("the server to be ready", || {
        let ready = reading.nobody().raw(Method::Get, "/health/ready", &[], None);
        (ready.status == 200).then_some(())
    });
    waiting::until("a sign-in", || {
        (reading.nobody().post("/auth/login", login.clone()).status == 200).then_some(())
    });
    waiting::until("an order", || {
        (caller.buys(&[(&shelf.fill("{variant}"), 1)]).status == 201).then_some(())
    });
}

#[test]
fn an_administrator_stops_all_changes_and_allows_them_again_without_a_restart() {
    let postgres = DisposablePostgres::new();
    let process = Process::serve_on(&postgres, &[]);
    let shop = Shop::opens(&process);
    let mut admin = postgres.connect(Login::Admin);
    assert_eq!(process.readiness(), Ok(()));
    let receipts = shop.under_load(3, |tally| {
        tally.acknowledges(10);
        admin.run("ALTER SYSTEM SET default_transaction_read_only = on");
        admin.run("SELECT pg_reload_conf()");
        tally.refuses("read_only");
        waiting::until("the server to say so", || {
            (process.readiness() == Err("read_only".to_owned())).then_some(())
        });
        assert_eq!(shop.gets("/orders").status, 200, "what is there can be read");
        let login = json!({ "email": "ada@example.com", "password": PASSWORD });
        expect_read_only(&process.ask("POST", "/auth/login", &[], &login));
        admin.run("ALTER SYSTEM RESET default_transaction_read_only");
        admin.run("SELECT pg_reload_conf()");
        tally.acknowledges(10);
        waiting::until("the server to be ready", || process.readiness().ok());
    });
    shop.assert_consistent(&receipts, &mut admin);
}

#[test]
fn when_the_primary_fails_the_shop_can_be_read_on_the_standby_and_sells_when_that_is_promoted() {
    let mut postgres = DisposablePostgres::new();
    let standby = Standby::of(&postgres);
    let process = Process::serve_at(&|login| standby.url_of_both(login), &[]);
    let shop = Shop::opens(&process);
    let receipts = shop.under_load(3, |tally| {
        tally.acknowledges(10);
        // It ends when the standby has received everything.
        postgres.stops();
        tally.refuses("read_only");
        waiting::until("the shop to be read", || (shop.gets("/orders").status == 200).then_some(()));
        waiting::until("the server to say so", || {
            (process.readiness() == Err("read_only".to_owned())).then_some(())
        });
        standby.is_promoted();
        tally.acknowledges(10);
        waiting::until("the server to be ready", || process.readiness().ok());
    });
    shop.assert_consistent(&receipts, &mut standby.connect(Login::Owner));
}
