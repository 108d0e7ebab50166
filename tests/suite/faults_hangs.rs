//! A PostgreSQL backend hangs: libpq waits for it, the client does not.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;
use shophouse::database::PoolOptions;
use shophouse::tenancy::Limits;

use crate::support::database::limits;
use crate::support::disposable_postgres::signal;
use crate::support::goods::variant;
use crate::support::load::Shop;
use crate::support::process::Process;
use crate::support::{DisposablePostgres, Login, Sql, World, waiting};

/// A wait for a lock ends after two fifths of the statement's time: on a busy machine it must last
/// until the test has seen it and has stopped the backend.
const SETTINGS: [(&str, &str); 3] = [
    ("SHOPHOUSE_POOL_SIZE", "2"),
    ("SHOPHOUSE_POOL_TIMEOUT_MS", "500"),
    ("SHOPHOUSE_STATEMENT_TIMEOUT_MS", "5000"),
];

/// Stopped backends; dropping this continues them, so that PostgreSQL can end. Meanwhile its server can neither make nor drop a
/// database, so no other test uses it.
struct Stopped(BTreeSet<String>);

impl Stopped {
    /// Stops all backends that wait for a lock, when there are this many.
    fn waiting(sql: &mut Sql, number: usize) -> Self {
        let stopped = Self(waiting::all_blocked(sql, number));
        stopped.0.iter().for_each(|pid| signal(pid, Signal::SIGSTOP));
        stopped
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.0.iter().for_each(|pid| signal(pid, Signal::SIGCONT));
    }
}

#[test]
fn a_backend_that_hangs_costs_its_own_request_alone() {
    let postgres = DisposablePostgres::new();
    let process = Process::serve_on(&postgres, &SETTINGS);
    let shop = Shop::opens(&process);
    let mut receipts = vec![shop.sells()];
    let mut holder = postgres.connect(Login::Owner);
    shop.lock_variants(&mut holder);
    let mut admin = postgres.connect(Login::Admin);
    let (refused, stopped) = thread::scope(|scope| {
        let customer = scope.spawn(|| shop.sells());
        let stopped = Stopped::waiting(&mut admin, 1);
        assert_eq!(shop.gets("/products").status, 200, "the other connection goes on");
        (customer.join().unwrap(), stopped)
    });
    refused.expect_refused("database_timeout");
    holder.run("ROLLBACK");
    receipts.extend(shop.under_load(1, |tally| tally.acknowledges(3)));
    drop(stopped);
    // Both connections work again: while one waits, the other serves.
    shop.lock_variants(&mut holder);
    thread::scope(|scope| {
        let customer = scope.spawn(|| shop.sells());
        waiting::all_blocked(&mut admin, 1);
        waiting::until("the other connection", || (shop.gets("/products").status == 200).then_some(()));
        holder.run("ROLLBACK");
        receipts.push(customer.join().unwrap());
    });
    shop.assert_consistent(&receipts, &mut holder);
}

/// The statement succeeds after its request has been answered.
#[test]
fn what_was_given_up_is_not_committed_afterwards() {
    let web = PoolOptions { size: 1, patience: Duration::from_secs(1), ..limits().web };
    let world = World::limited(Limits { web, ..limits() });
    let shop = world.user("ada").opens_shop("books");
    let product = shop.sells("Tea");
    let buys = || shop.buys(&[(&variant(&product, 0), 1)]);
    let mut holder = world.sql();
    holder.run(format!("BEGIN; SELECT FROM {}.variants FOR UPDATE", shop.schema()));
    buys().expect_problem(503, "database_timeout");
    holder.run("ROLLBACK");
    // The only connection is free again when the first order has ended.
    assert_eq!(buys().expect(201)["number"], 1001);
    assert_eq!(holder.count(format!("{}.orders", shop.schema())), 1);
}

#[test]
fn when_all_backends_hang_the_server_says_that_it_is_busy_until_they_move() {
    let postgres = DisposablePostgres::new();
    let process = Process::serve_on(&postgres, &SETTINGS);
    let shop = Shop::opens(&process);
    let mut receipts = vec![shop.sells()];
    let mut holder = postgres.connect(Login::Owner);
    shop.lock_variants(&mut holder);
    let mut admin = postgres.connect(Login::Admin);
    let stopped = thread::scope(|scope| {
        let customers = [scope.spawn(|| shop.sells()), scope.spawn(|| shop.sells())];
        let stopped = Stopped::waiting(&mut admin, 2);
        for customer in customers {
            customer.join().unwrap().expect_refused("database_timeout");
        }
        stopped
    });
    for _ in 0..2 {
        shop.gets("/products").expect_refused("busy");
        shop.sells().expect_refused("busy");
    }
    holder.run("ROLLBACK");
    drop(stopped);
    receipts.push(shop.sells_again());
    shop.assert_consistent(&receipts, &mut holder);

    // They do not prevent the shutdown either.
    shop.lock_variants(&mut holder);
    let stopped = thread::scope(|scope| {
        let customer = scope.spawn(|| shop.sells());
        let stopped = Stopped::waiting(&mut admin, 1);
        customer.join().unwrap().expect_refused("database_timeout");
        stopped
    });
    assert!(process.stop().success());
    holder.run("ROLLBACK");
    drop(stopped);
}

/// A commit that is written but not confirmed: it waits for a second server that does not exist.
#[test]
fn whoever_is_not_told_of_a_commit_learns_of_it_by_the_same_key() {
    let postgres = DisposablePostgres::new();
    let process = Process::serve_on(&postgres, &SETTINGS);
    let shop = Shop::opens(&process);
    let mut receipts = vec![shop.sells()];
    let mut admin = postgres.connect(Login::Admin);
    let names = |admin: &mut Sql, names: &str| {
        admin.run(format!("ALTER SYSTEM SET synchronous_standby_names = '{names}'"));
        admin.run("SELECT pg_reload_conf()");
    };
    names(&mut admin, "another");
    waiting::until("the new setting", || {
        (postgres.connect(Login::Web).one("SELECT current_setting('synchronous_standby_names')") == "another")
            .then_some(())
    });

    let silent = shop.sells_as("silent");
    silent.expect_refused("outcome_unknown");
    // The row exists, and keeps its locks until the wait ends.
    let ends_wait = |admin: &mut Sql| {
        let query = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        let backend = waiting::until("a commit to wait", || admin.column(query).pop());
        admin.run(format!("SELECT pg_terminate_backend({backend})"));
        waiting::gone(admin, &backend);
    };
    ends_wait(&mut admin);
    let lost = thread::scope(|scope| {
        let customer = scope.spawn(|| shop.sells_as("lost"));
        ends_wait(&mut admin);
        customer.join().unwrap()
    });
    lost.expect_refused("outcome_unknown");
    names(&mut admin, "");
    for key in ["silent", "lost"] {
        let told = waiting::until("the answer", || Some(shop.sells_as(key)).filter(|one| one.status != 409));
        assert!(told.is_acknowledged() && told.replayed, "{told:?}");
        receipts.push(told);
    }
    shop.assert_consistent(&receipts, &mut admin);
}
