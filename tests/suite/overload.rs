//! More clients than the server can serve, and clients that are too slow: all others get a response.

use crate::support::connection::Connection;
use crate::support::load::{ORDERS, Receipt, Shop};
use crate::support::process::Process;
use crate::support::{Database, Login, waiting};

const CLIENTS: usize = 300;

/// Each client sends an order before any response is read.
fn all_order(process: &Process, shop: &Shop) -> Vec<Connection> {
    let orders = |_| {
        let mut connection = Connection::to(process.address());
        shop.sends_order_over(&mut connection);
        connection
    };
    (0..CLIENTS).map(orders).collect()
}

fn answers(connections: Vec<Connection>) -> Vec<Receipt> {
    let answer = |mut connection: Connection| connection.answer(&format!("POST {ORDERS}")).into();
    connections.into_iter().map(answer).collect()
}

#[test]
fn with_a_pool_that_is_full_everybody_is_told_so_and_nobody_waits_in_vain() {
    let database = Database::new();
    let process = Process::serve_with(&database, &[("SHOPHOUSE_POOL_TIMEOUT_MS", "300")]);
    let shop = Shop::opens(&process);
    let mut holder = database.connect(Login::Owner);
    shop.lock_variants(&mut holder);
    let mut connections = all_order(&process, &shop);
    waiting::all_blocked(&mut database.connect(Login::Admin), 2);
    // The pool has two connections; while these are in use, all other requests get a response.
    let last = connections.split_off(CLIENTS - 1);
    let mut receipts = answers(last);
    receipts[0].expect_refused("busy");
    holder.run("ROLLBACK");
    receipts.extend(answers(connections));
    let busy = receipts.iter().filter(|receipt| receipt.body["code"] == "busy").count();
    let acknowledged = receipts.iter().filter(|receipt| receipt.is_acknowledged()).count();
    assert_eq!(busy + acknowledged, CLIENTS);
    assert!(acknowledged >= 2, "{receipts:?}");
    // Without the lock, as many orders again.
    receipts.extend(answers(all_order(&process, &shop)));
    receipts.push(shop.sells_again());
    shop.assert_consistent(&receipts, &mut holder);
}

#[test]
fn clients_that_dawdle_keep_nobody_else_from_anything() {
    let database = Database::new();
    let process = Process::serve_with(&database, &[("SHOPHOUSE_BODY_PAUSE_MS", "200")]);
    let shop = Shop::opens(&process);
    let connect = |_| Connection::to(process.address());
    let silent: Vec<_> = (0..CLIENTS / 3).map(connect).collect();
    let mut halfway: Vec<_> = (0..CLIENTS / 3).map(connect).collect();
    for connection in &mut halfway {
        connection.send(b"POST /api/v1/orders HTTP/1.1\r\nHost: shop\r\nX-Half: ");
    }
    let mut dawdling: Vec<_> = (0..CLIENTS / 3).map(connect).collect();
    for connection in &mut dawdling {
        let headers = [("Content-Type", "application/json"), ("Content-Length", "100")];
        connection.begin("POST", "/api/v1/auth/login", &headers);
        // Rocket itself waits for the first bytes, before any of our code runs.
        connection.send(&[b' '; 40]);
    }
    let mut receipts: Vec<Receipt> = (0..5).map(|_| shop.sells()).collect();
    assert!(receipts.iter().all(Receipt::is_acknowledged), "{receipts:?}");
    for mut connection in dawdling {
        connection.answer("POST /api/v1/auth/login").expect_problem(408, "body_timeout");
    }
    // A slow body of a refused request is not waited for either.
    let mut refused = Connection::to(process.address());
    refused.begin("POST", ORDERS, &[("Content-Length", "100")]);
    refused.send(&[b' '; 40]);
    refused.answer(&format!("POST {ORDERS}")).expect_problem(401, "unauthenticated");
    receipts.push(shop.sells());
    drop((silent, halfway));
    shop.assert_consistent(&receipts, &mut database.connect(Login::Owner));
}

#[test]
fn a_head_of_any_length_is_refused_and_costs_nobody_anything() {
    let database = Database::new();
    let process = Process::serve(&database);
    let shop = Shop::opens(&process);
    let long = "x".repeat(1 << 20);
    let mut connection = Connection::to(process.address());
    connection
        .tries_to_send(format!("GET /api/v1/ HTTP/1.1\r\nHost: shop\r\nX-Long: {long}\r\n\r\n").as_bytes());
    let many: String = (0..1_000).map(|number| format!("X-{number}: 1\r\n")).collect();
    let mut other = Connection::to(process.address());
    other.tries_to_send(format!("GET /api/v1/ HTTP/1.1\r\nHost: shop\r\n{many}\r\n").as_bytes());
    for mut refused in [connection, other] {
        let status = refused.status();
        assert!(matches!(status, None | Some(400 | 431)), "{status:?}");
    }
    assert!(shop.sells().is_acknowledged());
}
