//! Many connections of a server that share few connections of PostgreSQL, a transaction at a time. Through PgBouncer
//! (`./dev test --pgbouncer`) 64 connections share 8. Without it, the same must hold.

use serde_json::json;

use crate::support::bouncer::{self, CLIENT_CONNECTIONS, SERVER_CONNECTIONS};
use crate::support::goods::{each, variant};
use crate::support::{World, concurrent};

const SHOPS: usize = 4;
const ROUNDS: usize = 5;

#[test]
fn however_many_share_a_connection_each_finds_its_own_shop() {
    let world = World::new();
    let ada = world.user("ada");
    let shops: Vec<_> = (0..SHOPS).map(|number| ada.opens_shop(&format!("shop-{number}"))).collect();
    let sells = |shop: &crate::support::Member<'_>| {
        let title = shop.schema();
        shop.post("/products", json!({ "title": title, "price": { "amount": 100 } })).expect(201)
    };
    let products: Vec<_> = shops.iter().map(sells).collect();
    let clients = usize::try_from(CLIENT_CONNECTIONS).unwrap();
    let tokens: Vec<_> = shops.iter().map(|shop| shop.token.clone().unwrap()).collect();
    let titles: Vec<_> = shops.iter().map(crate::support::Member::schema).collect();
    concurrent::at_once(clients, &ada, &world, |thread, caller| {
        for round in 0..ROUNDS {
            let number = (thread + round) % SHOPS;
            let caller = caller.with_token(tokens[number].clone());
            let listed = caller.get("/products").expect(200);
            assert_eq!(each(listed["data"].as_array().unwrap(), "title"), [titles[number].clone()]);
            caller.buys(&[(&variant(&products[number], 0), 1)]).expect(201);
        }
    });
    let mut sql = world.sql();
    let backends =
        sql.count("pg_stat_activity WHERE datname = current_database() AND usename = 'shophouse_web'");
    if bouncer::is_wanted() {
        assert!(backends <= i64::from(SERVER_CONNECTIONS), "{backends} connections to PostgreSQL");
    }
    let expected = i64::try_from(clients * ROUNDS / SHOPS).unwrap();
    for schema in &titles {
        assert_eq!(sql.one(format!("SELECT max(number) - 1000 FROM {schema}.orders")), expected.to_string());
        assert_eq!(sql.count(format!("{schema}.orders")), expected);
    }
}
