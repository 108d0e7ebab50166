//! Opening a shop: it exists completely or not at all, also when the process dies.

use std::thread;

use rocket::tokio::runtime::Runtime;
use serde_json::json;
use shophouse::tenancy::registry::RegistryError;
use shophouse::tenancy::{Caller, Currency, NewShop, Tenancy};

use crate::support::process::Process;
use crate::support::{Sql, World, waiting};

/// Everything that opening a shop makes, but for what is inside the schema.
fn traces(sql: &mut Sql) -> [Vec<String>; 3] {
    [
        sql.column("SELECT s.slug FROM shops s ORDER BY 1"),
        sql.column("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'shop\\_%' ORDER BY 1"),
        sql.column("SELECT m.shop_id FROM memberships m ORDER BY 1"),
    ]
}

#[test]
fn an_open_shop_has_its_owner_its_schema_and_its_ledger_entry() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let mut sql = world.sql();
    assert_eq!(
        sql.column("SELECT concat_ws(' ', state, schema_version, failure) FROM shops"),
        [format!("active {}", world.tenancy.tenant_version())]
    );
    let person = format!("SELECT concat_ws(' ', id, email, name) FROM {}.people", shop.schema());
    assert_eq!(sql.column(person), [format!("{} ada@example.com ada", ada.id)]);
    assert_eq!(traces(&mut sql), [vec!["books".to_owned()], vec![shop.schema()], vec![shop.shop.clone()]]);
    assert_eq!(sql.one("SELECT role FROM memberships"), "owner");
}

#[test]
fn a_slug_that_is_taken_leaves_nothing_behind() {
    let world = World::new();
    world.user("ada").opens_shop("books");
    let before = traces(&mut world.sql());
    let again = world.user("bob").post("/shops", json!({ "name": "Books", "slug": "books" }));
    assert_eq!(again.expect_problem(409, "slug_taken")["errors"][0]["pointer"], "/slug");
    assert_eq!(traces(&mut world.sql()), before);
}

/// Opens a shop below HTTP, so that several threads can do so.
fn open(engine: &Tenancy, caller: Caller, slug: &str) -> Result<(), RegistryError> {
    let new = NewShop {
        slug: slug.parse().unwrap(),
        name: slug.to_owned(),
        description: String::new(),
        currency: Currency::USD,
        order_hold_minutes: None,
    };
    Runtime::new().unwrap().block_on(engine.open_shop(caller, new)).map(drop)
}

#[test]
fn of_two_who_want_a_slug_at_once_one_gets_it() {
    let world = World::new();
    let callers = ["ada", "bob"].map(|name| world.user(name).as_caller());
    let engine = &world.tenancy;
    let outcomes = thread::scope(|scope| {
        let racers = callers.map(|caller| scope.spawn(move || open(engine, caller, "books")));
        racers.map(|racer| racer.join().unwrap())
    });
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let lost = outcomes.iter().filter(|outcome| matches!(outcome, Err(RegistryError::SlugTaken))).count();
    assert_eq!((won, lost), (1, 1), "{outcomes:?}");
    let [shops, schemas, memberships] = traces(&mut world.sql());
    assert_eq!((shops.len(), schemas.len(), memberships.len()), (1, 1, 1));
}

#[test]
fn a_process_killed_while_it_opens_a_shop_leaves_nothing_of_it() {
    let world = World::new();
    let ada = world.user("ada");
    let token = ada.token.clone().unwrap();
    let nothing = traces(&mut world.sql());
    let order = json!({ "name": "Books", "slug": "books" });
    let post = |process: &Process| {
        let (url, bearer) = (process.url("/shops"), format!("Bearer {token}"));
        let body = order.clone();
        move || ureq::post(&url).header("Authorization", &bearer).send_json(body)
    };

    // The membership comes last: when it waits for the lock, all else is done.
    let mut blocker = world.sql();
    blocker.run("BEGIN; LOCK TABLE memberships IN ACCESS EXCLUSIVE MODE");
    let process = Process::serve(&world.database);
    let request = thread::spawn(post(&process));
    let backend = waiting::blocked(&mut world.sql());
    process.kill();
    assert!(request.join().unwrap().is_err(), "the request was answered");
    blocker.run("ROLLBACK");
    waiting::gone(&mut world.sql(), &backend);
    assert_eq!(traces(&mut world.sql()), nothing);

    let process = Process::serve(&world.database);
    let answer = post(&process)().unwrap();
    assert_eq!(answer.status(), 201);
    let [shops, schemas, memberships] = traces(&mut world.sql());
    assert_eq!((shops.len(), schemas.len(), memberships.len()), (1, 1, 1));
}
