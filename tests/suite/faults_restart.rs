//! PostgreSQL stops and starts again while a shop is busy.

use crate::support::load::{Receipt, Shop};
use crate::support::process::Process;
use crate::support::{DisposablePostgres, Login};

const SETTINGS: [(&str, &str); 2] = [("SHOPHOUSE_POOL_SIZE", "4"), ("SHOPHOUSE_POOL_TIMEOUT_MS", "1000")];

#[test]
fn while_postgresql_is_away_the_shop_says_so_and_afterwards_it_sells_again() {
    let mut postgres = DisposablePostgres::new();
    let process = Process::serve_on(&postgres, &SETTINGS);
    let shop = Shop::opens(&process);
    let receipts = shop.under_load(6, |tally| {
        tally.acknowledges(20);
        postgres.stops();
        tally.refuses("busy");
        shop.gets("/products").expect_refused("busy");
        let live = ureq::get(format!("{}/health/live", process.address())).call().unwrap();
        assert_eq!(live.status(), 204, "the process is alive and needs no restart");
        postgres.starts();
        tally.acknowledges(20);
    });
    shop.assert_consistent(&receipts, &mut postgres.connect(Login::Owner));
}

#[test]
fn connections_that_died_in_the_pool_and_attempts_that_failed_cost_no_request_afterwards() {
    let mut postgres = DisposablePostgres::new();
    let process = Process::serve_on(&postgres, &SETTINGS);
    let shop = Shop::opens(&process);
    for tries in [false, true] {
        // As many connections as the pool may have lie in it then.
        let before = shop.under_load(8, |tally| tally.acknowledges(40));
        assert!(before.iter().all(Receipt::is_acknowledged), "{before:?}");
        postgres.stops();
        if tries {
            (0..8).for_each(|_| shop.gets("/products").expect_refused("busy"));
        }
        postgres.starts();
        for _ in 0..8 {
            assert_eq!(shop.gets("/products").status, 200);
        }
    }
}
