//! A worker is away, or is lost while it commits: what that costs the shops on it, and nobody else.

use std::thread;

use serde_json::{Value, json};

use crate::support::goods::variant;
use crate::support::load::Shop;
use crate::support::process::{self, Process};
use crate::support::{Database, Login, Sql, World, citus, waiting};

/// The administrator's connection to the worker that holds a shop.
fn worker_of(database: &Database, schema: &str) -> Sql {
    let has_it = |admin: &mut Sql| {
        admin.run("SET citus.override_table_visibility TO off");
        let table = format!("relnamespace = to_regnamespace('{schema}') AND relname ~ '^people_[0-9]+$'");
        admin.count(format!("pg_class WHERE relkind = 'r' AND {table}")) > 0
    };
    let mut workers = database.nodes().skip(1).map(|node| node(Login::Admin));
    workers.find_map(|mut admin| has_it(&mut admin).then_some(admin)).unwrap()
}

/// Ends the connections of others to this database.
const END: &str = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[test]
fn while_a_worker_is_away_the_shops_on_the_others_serve_on() {
    if citus::nodes() < 3 {
        return;
    }
    let world = World::new();
    let ada = world.user("ada");
    let (here, there) = (ada.opens_shop("here"), ada.opens_shop("there"));
    let [ours, theirs] = [&here, &there].map(|shop| variant(&shop.sells("Book"), 0));
    let mut worker = worker_of(&world.database, &here.schema());
    let database = worker.one("SELECT current_database()");
    let without_answer = || {
        let nodes = process::done(&world.database, &["fleet", "nodes"]);
        let status = process::done(&world.database, &["status"]);
        (nodes.matches("no answer").count(), status.matches("No answer from ").count())
    };
    assert_eq!(without_answer(), (0, 0));
    let process = Process::serve(&world.database);
    let silent = |number| {
        waiting::until("what a health check says of the servers", || {
            let ready: Value =
                ureq::get(process.at("/health/ready")).call().unwrap().body_mut().read_json().unwrap();
            ready["silent_nodes"].as_array().filter(|nodes| nodes.len() == number).cloned()
        })
    };
    silent(0);
    // For everybody but the administrator.
    worker.run(format!("ALTER DATABASE {database} CONNECTION LIMIT 0"));
    worker.run(END);

    here.get("/products").expect_problem(503, "busy");
    here.buys(&[(&ours, 1)]).expect_problem(503, "busy");
    ada.post("/shops", json!({ "name": "New", "slug": "new" })).expect_problem(503, "busy");
    there.get("/products").expect(200);
    there.buys(&[(&theirs, 1)]).expect(201);
    ada.get("/me").expect(200);
    world.user("bob");
    assert_eq!(without_answer(), (1, 1));
    let port = worker.one("SELECT current_setting('port')");
    assert!(silent(1)[0].as_str().unwrap().ends_with(&format!(":{port}")));

    worker.run(format!("ALTER DATABASE {database} CONNECTION LIMIT -1"));
    here.get("/products").expect(200);
    here.buys(&[(&ours, 1)]).expect(201);
    ada.opens_shop("new");
    assert_eq!(without_answer(), (0, 0));
    silent(0);
}

/// A commit that a worker has written but not confirmed: it waits for a second server that does not exist.
#[test]
fn an_order_that_a_worker_has_committed_without_saying_so_is_not_said_to_have_failed() {
    if citus::nodes() < 3 {
        return;
    }
    let database = Database::new();
    let process = Process::serve(&database);
    let shop = Shop::opens(&process);
    let mut receipts = vec![shop.sells()];
    let mut worker = worker_of(&database, shop.schema());
    let standbys = |worker: &mut Sql, names: &str| {
        worker.run(format!("ALTER SYSTEM SET synchronous_standby_names = '{names}'"));
        worker.run("SELECT pg_reload_conf()");
        waiting::until("the new setting", || {
            (worker.one("SELECT current_setting('synchronous_standby_names')") == names).then_some(())
        });
    };
    // The other databases of the suite wait for no commit.
    let name = worker.one("SELECT current_database()");
    worker.run(format!("ALTER DATABASE {name} SET synchronous_commit TO on"));
    worker.run(END);
    receipts.push(shop.sells_again());
    standbys(&mut worker, "another");
    let lost = thread::scope(|scope| {
        let customer = scope.spawn(|| shop.sells_as("lost"));
        let waits =
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep'";
        let backend = waiting::until("a commit to wait", || worker.column(waits).pop());
        worker.run(format!("SELECT pg_terminate_backend({backend})"));
        waiting::gone(&mut worker, &backend);
        customer.join().unwrap()
    });
    lost.expect_refused("outcome_unknown");
    standbys(&mut worker, "");
    let told = waiting::until("the answer", || Some(shop.sells_as("lost")).filter(|one| one.status != 409));
    assert!(told.is_acknowledged() && told.replayed, "{told:?}");
    receipts.push(told);
    shop.assert_consistent(&receipts, &mut database.connect(Login::Owner));
}
