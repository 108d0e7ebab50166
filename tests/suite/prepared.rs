//! Statements that connections keep prepared: each shop has its own, and what becomes of one that is not valid any more.

use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Text};
use shophouse::commerce::stock::{self, StockChange};
use shophouse::database::{DatabaseUrl, PoolOptions, PreparedStatements};
use shophouse::tenancy::{Limits, Logins, Tenancy, TenancyError};

use crate::support::database::limits;
use crate::support::goods::variant;
use crate::support::load::Shop;
use crate::support::process::Process;
use crate::support::sql::column;
use crate::support::tree::trees;
use crate::support::{Database, Login, Member, World, inside};

/// A statement of the session, and how often it was planned.
#[derive(diesel::QueryableByName)]
struct Kept {
    #[diesel(sql_type = Text)]
    statement: String,
    #[diesel(sql_type = BigInt)]
    executions: i64,
}

/// An installation with one connection, on which shops read a product several times.
fn engine(world: &World, setting: PreparedStatements) -> Tenancy {
    let web = PoolOptions { size: 1, ..limits().web };
    let limits = Limits { web, prepared_statements: setting, ..limits() };
    Tenancy::open(world.database.direct().logins(), limits, trees()).unwrap()
}

/// The statements that the engine's one connection has kept.
fn kept(engine: &Tenancy, shop: &Member<'_>) -> Vec<Kept> {
    let kept = inside(engine, shop, |conn| {
        let query =
            "SELECT statement, generic_plans + custom_plans AS executions FROM pg_prepared_statements";
        diesel::sql_query(query).load::<Kept>(conn.pg()).map_err(TenancyError::from)
    });
    kept.unwrap()
}

/// The same, after each of the shops has looked for a product three times.
fn kept_after_reads(engine: &Tenancy, shops: &[&Member<'_>]) -> Vec<Kept> {
    for shop in shops.iter().cycle().take(3 * shops.len()) {
        let missing = inside(engine, shop, |conn| {
            let missing = shophouse::commerce::products::read::find(conn, uuid::Uuid::nil()).is_err();
            Ok::<_, TenancyError>(missing)
        });
        assert!(missing.unwrap());
    }
    kept(engine, shops[0])
}

#[test]
fn each_shop_has_a_statement_of_its_own_which_is_prepared_once() {
    let world = World::new();
    let ada = world.user("ada");
    let (one, two) = (ada.opens_shop("one"), ada.opens_shop("two"));
    let kept = kept_after_reads(&engine(&world, PreparedStatements::Auto), &[&one, &two]);
    for shop in [&one, &two] {
        let of_shop = |kept: &&Kept| {
            kept.statement.contains("FROM \"products\"")
                && kept.statement.ends_with(&format!("/* {} */", shop.schema()))
        };
        let executions: Vec<i64> = kept.iter().filter(of_shop).map(|kept| kept.executions).collect();
        assert_eq!(executions, [3], "{}", shop.schema());
    }
    assert!(kept_after_reads(&engine(&world, PreparedStatements::Off), &[&one]).is_empty());
}

#[test]
fn options_in_the_connection_string_are_those_of_every_connection() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("loft");
    let database = world.database.direct();
    let given = format!("{} options='-c work_mem=77MB'", database.url(Login::Web));
    let logins = Logins { web: DatabaseUrl::new(given), ..database.logins() };
    let web = PoolOptions { size: 1, ..limits().web };
    let engine = Tenancy::attach(logins, Limits { web, ..limits() }, trees()).unwrap();
    for _ in 0..2 {
        let work_mem =
            inside(&engine, &shop, |conn| Ok(column(conn.pg(), "SELECT current_setting('work_mem')")?));
        assert_eq!(work_mem.unwrap(), ["77MB"]);
    }
}

#[test]
fn what_changes_stock_is_kept_too() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let variant = variant(&shop.sells("Tea"), 0).parse().unwrap();
    let engine = engine(&world, PreparedStatements::Auto);
    let change = StockChange { variant, delta: 1, order: None };
    for _ in 0..2 {
        let changed = inside(&engine, &shop, move |conn| {
            stock::give_back(conn, &[change])?;
            Ok::<_, TenancyError>(stock::record(conn, &[change], "found")?)
        });
        changed.unwrap();
    }
    let kept = kept(&engine, &shop);
    for beginning in ["UPDATE variants", "INSERT INTO stock_movements"] {
        let of_it = kept.iter().filter(|kept| kept.statement.starts_with(beginning));
        assert_eq!(of_it.map(|kept| kept.executions).collect::<Vec<_>>(), [2], "{beginning}");
    }
}

#[test]
fn a_statement_whose_columns_a_migration_has_changed_costs_one_request_and_does_nothing() {
    let database = Database::new();
    let process = Process::serve_with(&database.direct(), &[("SHOPHOUSE_POOL_SIZE", "1")]);
    let shop = Shop::opens(&process);
    assert_eq!(shop.gets("/products").status, 200);
    let mut sql = database.connect(Login::Owner);
    sql.run(format!("ALTER TABLE {}.products ALTER COLUMN vendor TYPE varchar(5000)", shop.schema()));
    shop.gets("/products").expect_refused("busy");
    assert_eq!(shop.gets("/products").status, 200, "the connection was replaced");
}
