//! The owner's connections go from schema to schema, and are replaced before they know too many.

use std::collections::BTreeSet;

use diesel::RunQueryDsl;
use shophouse::database::PoolOptions;
use shophouse::tenancy::{Limits, Tenancy, TenancyError};

use crate::support::World;
use crate::support::database::limits;
use crate::support::tree::trees;

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
