//! The clock of the server's machine is put forward or back.
//!
//! The tests cannot change the machine's clock. But a server knows earlier times only from its database and from tokens:
//! moving these the other way looks the same to the server.

use chrono::Utc;
use serde_json::json;

use crate::support::goods::{each, variant};
use crate::support::sql::moved as plus;
use crate::support::world::{PASSWORD, text};
use crate::support::{Caller, Login, Sql, World, token};

const HOURS: i64 = 2;

/// Moves every time in a schema by some hours, except those in ids.
fn move_all(sql: &mut Sql, schema: &str, hours: i64) {
    let times = format!(
        "pg_attribute JOIN pg_class ON pg_class.oid = attrelid \
         WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r' AND atttypid = 'timestamptz'::regtype ORDER BY attrelid, attname"
    );
    let tables = sql.column(format!("SELECT attrelid::regclass FROM {times}"));
    let columns = sql.column(format!("SELECT quote_ident(attname) FROM {times}"));
    assert!(columns.len() > 5, "{columns:?}");
    for (table, column) in tables.iter().zip(&columns) {
        sql.run(format!("UPDATE {table} SET {column} = {}", plus(column, &format!("{hours} hours"))));
    }
}

/// Makes the stored times look as if the clock had been moved by some hours.
fn clock_moves(world: &World, schema: &str, hours: i64) {
    let mut sql = world.database.connect(Login::Admin);
    move_all(&mut sql, "public", -hours);
    move_all(&mut sql, schema, -hours);
}

/// The same for a token.
fn moved<'w>(caller: &Caller<'w>, hours: i64) -> Caller<'w> {
    let mut claims = token::claims(caller.token.as_deref().unwrap());
    for name in ["iat", "exp"] {
        claims[name] = json!(claims[name].as_i64().unwrap() - 3_600 * hours);
    }
    caller.with_token(token::signed(&claims))
}

#[test]
fn after_the_clock_was_put_back_the_shop_sells_on_and_loses_count_of_nothing() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let product = shop.sells("Tea");
    let buys = |caller: &Caller<'_>| caller.buys(&[(&variant(&product, 0), 1)]).expect(201);
    let mut numbers: Vec<_> = (0..3).map(|_| buys(&shop)["number"].clone()).collect();
    let wrong = json!({ "email": "ada@example.com", "password": "wrong horse" });
    let mut guesses = (0..).map(|_| world.nobody().post("/auth/login", wrong.clone()).status);
    assert!(guesses.any(|status| status == 429), "the account has to wait now");

    clock_moves(&world, &shop.schema(), -HOURS);
    let early = moved(&shop, -HOURS);
    early.get("/products").expect_problem(401, "invalid_token");
    // The session is not prolonged, and the wait for the account is not longer either.
    let login = json!({ "email": "ada@example.com", "password": PASSWORD, "shop": shop.shop });
    let again = world.nobody().post("/auth/login", login).expect(200);
    let pair = ada.post("/auth/refresh", json!({ "refresh_token": ada.refresh_token })).expect(200);
    assert_eq!(ada.with_token(text(&pair["access_token"])).get("/me").expect(200)["email"], ada.email);
    let shop = shop.with_token(text(&again["access_token"]));
    numbers.extend((0..3).map(|_| buys(&shop)["number"].clone()));

    assert_eq!(numbers, [1001, 1002, 1003, 1004, 1005, 1006].map(|number| json!(number)));
    // Later orders have earlier dates. Page by page, each order is listed once.
    let listed = shop.all("/orders?limit=2");
    let mut dates = each(&listed, "created_at");
    dates.reverse();
    assert!(dates.is_sorted(), "{dates:?}");
    let listed: Vec<_> = listed.iter().map(|order| order["number"].as_i64().unwrap()).collect();
    assert_eq!(listed, [1003, 1002, 1001, 1006, 1005, 1004]);
    let stock = shop.again("products", &product)["variants"][0]["stock"].clone();
    let moved: i64 = shop
        .movements(&variant(&product, 0))
        .iter()
        .map(|movement| movement["delta"].as_i64().unwrap())
        .sum();
    assert_eq!((stock, moved), (json!(4), 4));
}

#[test]
fn after_the_clock_was_put_forward_a_token_is_old_and_a_session_goes_on() {
    let world = World::new();
    let ada = world.user("ada");
    let shop = ada.opens_shop("books");
    let product = shop.sells("Tea");
    clock_moves(&world, &shop.schema(), HOURS);
    moved(&shop, HOURS).get("/products").expect_problem(401, "token_expired");
    let pair = ada.post("/auth/refresh", json!({ "refresh_token": ada.refresh_token })).expect(200);
    let ada = ada.with_token(text(&pair["access_token"]));
    let switched = ada.post("/auth/switch", json!({ "shop": shop.shop })).expect(200);
    let order =
        shop.with_token(text(&switched["access_token"])).buys(&[(&variant(&product, 0), 1)]).expect(201);
    assert_eq!(order["number"], 1001);
    let placed: chrono::DateTime<Utc> = text(&order["created_at"]).parse().unwrap();
    assert!((Utc::now() - placed).num_minutes() < 5);
}
