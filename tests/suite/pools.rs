//! Which connection work gets, and when connections are replaced: those that go from schema to schema before they know
//! too many.

use std::collections::BTreeSet;

use diesel::RunQueryDsl;
use shophouse::database::PoolOptions;
use shophouse::tenancy::{Limits, Role, Tenancy, TenancyError};

use crate::support::database::limits;
use crate::support::tree::trees;
use crate::support::world::run;
use crate::support::{Member, World};

#[derive(diesel::QueryableByName)]
struct Backend {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pid: i32,
}

#[test]
fn a_connection_is_replaced_after_a_thousand_transactions_and_not_before() {
    let world = World::new();
    let owner = PoolOptions { size: 1, ..limits().owner };
    // Not through PgBouncer, which keeps the backends of connections that are closed.
    let logins = world.database.direct().logins();
    let engine = Tenancy::open(logins, Limits { owner, ..limits() }, trees()).unwrap();
    let mut backends = Vec::new();
    for _ in 0..2_000 {
        let asked = engine.as_operator(|owner| {
            let asked = diesel::sql_query("SELECT pg_backend_pid() AS pid").get_result::<Backend>(owner.pg());
            asked.map_err(TenancyError::from)
        });
        backends.push(asked.unwrap().pid);
    }
    assert_eq!(backends.iter().collect::<BTreeSet<_>>().len(), 3);
    // Opening the engine was a few transactions already.
    let changes = backends.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert_eq!(changes, 2);
}

/// The backend that serves this shop.
fn backend(engine: &Tenancy, shop: &Member<'_>) -> i32 {
    let asked = engine.in_shop(shop.as_caller(), shop.shop_id(), Role::Customer, |conn| {
        let asked = diesel::sql_query("SELECT pg_backend_pid() AS pid").get_result::<Backend>(conn.pg());
        asked.map_err(TenancyError::from)
    });
    run(asked).unwrap().pid
}

#[test]
fn a_shop_comes_back_to_its_connection_which_is_replaced_once_it_has_worked_in_as_many_shops_as_it_may() {
    let world = World::new();
    let ada = world.user("ada");
    let [one, two, three] = ["one", "two", "three"].map(|slug| ada.opens_shop(slug));
    let web = |size| PoolOptions { size, ..limits().web };
    let engine = |size| {
        let limits = Limits { web: web(size), shops_a_connection: 2, ..limits() };
        Tenancy::open(world.database.direct().logins(), limits, trees()).unwrap()
    };
    let wide = engine(6);
    let home = backend(&wide, &one);
    assert_eq!([backend(&wide, &one), backend(&wide, &one), backend(&wide, &one)], [home; 3]);

    let narrow = engine(1);
    let first = backend(&narrow, &one);
    assert_eq!([backend(&narrow, &one), backend(&narrow, &two)], [first; 2]);
    // Two shops were enough.
    let second = backend(&narrow, &two);
    assert_ne!(second, first);
    assert_eq!([backend(&narrow, &two), backend(&narrow, &three)], [second; 2]);
    assert_ne!(backend(&narrow, &three), second);
}
