//! A server that is stopping: it reports not ready, finishes running requests, and starts nothing new.

use std::net::TcpStream;
use std::thread;

use crate::support::connection::Connection;
use crate::support::process::Process;
use crate::support::tree::set_back;
use crate::support::{Database, Lent, Login, Member, World, waiting};

/// The status of a GET; none when nobody listens any more.
fn status(url: &str, token: Option<&str>) -> Option<u16> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.get(url);
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    request.call().ok().map(|answer| answer.status().as_u16())
}

/// Locks a shop's table until the returned connection is dropped.
fn lock(world: &World, shop: &Member<'_>, table: &str) -> Lent {
    let mut holder = world.sql();
    holder.run(format!("BEGIN; LOCK TABLE {}.{table}", shop.schema()));
    holder
}

#[test]
fn it_is_not_ready_while_it_still_answers() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let process = Process::serve_with(&world.database, &[("SHOPHOUSE_SHUTDOWN_DELAY_SECONDS", "300")]);
    let (ready, orders) = (process.at("/health/ready"), process.url("/orders"));
    assert_eq!(status(&ready, None), Some(200));
    let holder = lock(&world, &shop, "orders");
    let token = shop.token.clone();
    let in_flight = {
        let orders = orders.clone();
        thread::spawn(move || status(&orders, token.as_deref()))
    };
    // The owner cannot see what the web login waits for.
    waiting::blocked(&mut world.database.connect(Login::Admin));
    process.terminate();
    waiting::until("the server to say so", || (status(&ready, None) == Some(503)).then_some(()));
    assert_eq!(status(&process.at("/health/live"), None), Some(204));
    drop(holder);
    assert_eq!(in_flight.join().unwrap(), Some(200));
    assert_eq!(status(&orders, shop.token.as_deref()), Some(200), "who comes late is served too");
}

#[test]
fn what_it_has_in_hand_is_answered_when_it_listens_no_more() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let process = Process::serve(&world.database);
    let holder = lock(&world, &shop, "orders");
    let (orders, token) = (process.url("/orders"), shop.token.clone());
    let in_flight = thread::spawn(move || status(&orders, token.as_deref()));
    // The owner cannot see what the web login waits for.
    waiting::blocked(&mut world.database.connect(Login::Admin));
    let address = process.at("").replace("http://", "");
    process.terminate();
    waiting::until("the server to listen no more", || TcpStream::connect(&address).err());
    drop(holder);
    assert_eq!(in_flight.join().unwrap(), Some(200));
    assert!(process.ended().success());
}

/// Clients keep connections for their next request, as proxies do.
#[test]
fn a_client_that_asks_for_nothing_does_not_hold_it_up() {
    let database = Database::new();
    let mut process = Process::serve_with(&database, &[("ROCKET_SHUTDOWN", "{grace=600,mercy=600}")]);
    let mut idle = Connection::to(process.address());
    idle.ask("GET", "/health/live", &[], 0).expect(204);
    process.terminate();
    let end = waiting::until("the server to end", || process.end());
    assert!(end.success());
    drop(idle);
}

#[test]
fn its_migration_ends_between_two_shops() {
    let world = World::new();
    let ada = world.user("ada");
    let shops = ["one", "two", "three"].map(|slug| ada.opens_shop(slug));
    let version = set_back(&world, &shops);
    let holders = shops.each_ref().map(|shop| lock(&world, shop, "__diesel_schema_migrations"));
    let process = Process::serve_with(&world.database, &[("SHOPHOUSE_MIGRATIONS_WORKERS", "1")]);
    waiting::blocked_for_long(&mut world.sql());
    let ready = process.at("/health/ready");
    process.terminate();
    waiting::until("the server to stop", || (status(&ready, None) != Some(200)).then_some(()));
    drop(holders);
    assert!(process.ended().success());
    assert_eq!(world.sql().count(format!("shops WHERE schema_version = '{version}'")), 2);
    assert_eq!(world.sql().count("shops WHERE state <> 'active'"), 0);
}
