//! Requests that only read: their transactions are read only, and nobody waits for their end.

use std::collections::BTreeSet;

use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use rocket::futures::future::join_all;
use shophouse::database::PoolOptions;
use shophouse::tenancy::{Limits, Role, Tenancy, TenancyError, TenantConn};

use crate::support::database::limits;
use crate::support::tree::trees;
use crate::support::world::run;
use crate::support::{Login, Member, World, waiting};

/// Where a transaction stands, and when it began.
#[derive(diesel::QueryableByName)]
struct Place {
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    began: String,
}

/// An installation with one connection, for requests that read.
fn reader(world: &World) -> Tenancy {
    let web = PoolOptions { size: 1, ..limits().web };
    Tenancy::open(world.database.direct().logins(), Limits { web, ..limits() }, trees()).unwrap().reading()
}

async fn look(engine: &Tenancy, shop: &Member<'_>, query: &'static str) -> Result<Place, TenancyError> {
    let look = move |conn: &mut TenantConn<'_>| Ok(diesel::sql_query(query).get_result::<Place>(conn.pg())?);
    engine.in_shop(shop.as_caller(), shop.shop_id(), Role::Customer, look).await
}

const WHERE: &str = "SELECT current_schema()::text AS schema, now()::text AS began";

#[test]
fn a_request_that_reads_can_change_nothing() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    shop.sells("Tea");
    let delete =
        |conn: &mut TenantConn<'_>| Ok(diesel::sql_query("DELETE FROM products").execute(conn.pg())?);
    let engine = reader(&world);
    let deleted: Result<usize, TenancyError> =
        run(engine.in_shop(shop.as_caller(), shop.shop_id(), Role::Owner, delete));
    assert!(deleted.unwrap_err().to_string().contains("read-only"));
    assert_eq!(world.sql().count(format!("{}.products", shop.schema())), 1);
}

#[test]
fn each_read_is_a_transaction_of_its_own_in_its_own_shop_also_after_one_that_failed() {
    let world = World::new();
    let ada = world.user("ada");
    let shops = [ada.opens_shop("one"), ada.opens_shop("two")];
    let engine = reader(&world);
    let reads = (0..40).map(|number| {
        let query = if number % 5 == 4 { "SELECT 1 / 0 AS schema" } else { WHERE };
        look(&engine, &shops[number % 2], query)
    });
    let places = run(join_all(reads));
    let mut began = BTreeSet::new();
    for (number, place) in places.into_iter().enumerate() {
        match place {
            Ok(place) => {
                assert_eq!(place.schema, shops[number % 2].schema());
                assert!(began.insert(place.began), "two have one transaction");
            }
            Err(error) => {
                assert!(number % 5 == 4 && error.to_string().contains("division by zero"), "{error}");
            }
        }
    }
    assert_eq!(began.len(), 32);
}

#[test]
fn no_read_stays_open_when_no_work_waits() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let engine = reader(&world);
    run(look(&engine, &shop, WHERE)).unwrap();
    let mut admin = world.database.connect(Login::Admin);
    let open = "pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    waiting::until("the read to end", || (admin.count(open) == 0).then_some(()));
}
