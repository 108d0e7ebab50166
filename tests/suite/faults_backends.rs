//! A PostgreSQL backend dies in the middle of a request.

use std::thread;

use nix::sys::signal::Signal;

use crate::support::disposable_postgres::signal;
use crate::support::load::Shop;
use crate::support::process::Process;
use crate::support::{Database, DisposablePostgres, Login, waiting};

/// The kernel kills one backend when memory is short; PostgreSQL then ends all others too, and recovers.
#[test]
fn a_backend_that_is_killed_costs_the_requests_under_way_and_nothing_else() {
    let postgres = DisposablePostgres::new();
    let process = Process::serve_on(&postgres, &[]);
    let shop = Shop::opens(&process);
    let mut receipts = shop.under_load(3, |tally| tally.acknowledges(10));
    let mut holder = postgres.connect(Login::Owner);
    shop.lock_variants(&mut holder);
    let refused = thread::scope(|scope| {
        let customer = scope.spawn(|| shop.sells());
        let backend = waiting::blocked(&mut postgres.connect(Login::Admin));
        signal(&backend, Signal::SIGKILL);
        customer.join().unwrap()
    });
    refused.expect_refused("busy");
    receipts.push(shop.sells_again());
    receipts.extend(shop.under_load(3, |tally| tally.acknowledges(10)));
    shop.assert_consistent(&receipts, &mut postgres.connect(Login::Owner));
}

#[test]
fn a_backend_that_an_administrator_ends_costs_its_own_request_alone() {
    let database = Database::new();
    let process = Process::serve(&database);
    let shop = Shop::opens(&process);
    let mut receipts = vec![shop.sells()];
    let (mut holder, mut admin) = (database.connect(Login::Owner), database.connect(Login::Admin));
    shop.lock_variants(&mut holder);
    thread::scope(|scope| {
        let customers = [scope.spawn(|| shop.sells()), scope.spawn(|| shop.sells())];
        waiting::all_blocked(&mut admin, 2);
        let backend = waiting::blocked(&mut admin);
        admin.run(format!("SELECT pg_terminate_backend({backend})"));
        waiting::all_blocked(&mut admin, 1);
        holder.run("ROLLBACK");
        let mut both: Vec<_> = customers.map(|customer| customer.join().unwrap()).into();
        both.sort_by_key(|receipt| receipt.status);
        assert!(both[0].is_acknowledged(), "{both:?}");
        both[1].expect_refused("busy");
        receipts.extend(both);
    });
    receipts.push(shop.sells());
    assert!(receipts.last().unwrap().is_acknowledged(), "{receipts:?}");
    shop.assert_consistent(&receipts, &mut holder);
}
