//! Which connection work gets, when connections are replaced, and what becomes of work when none can be opened.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use diesel::{PgConnection, RunQueryDsl};
use shophouse::database::{DatabaseError, DatabaseUrl, Ending, Party, Pool, PoolOptions, Recycle};
use shophouse::metrics::Metrics;
use shophouse::tenancy::{Limits, Role, Tenancy, TenancyError, Transaction as _};

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
    backend_keeping(engine, shop, 0)
}

/// The same, which keeps so many statements of the shop from then on.
fn backend_keeping(engine: &Tenancy, shop: &Member<'_>, statements: usize) -> i32 {
    let asked = engine.in_shop(shop.as_caller(), shop.shop_id(), Role::Customer, move |conn| {
        for number in 0..statements {
            conn.prepared(diesel::sql_query(format!("SELECT {number} AS pid"))).load::<Backend>(conn.pg())?;
        }
        let asked = diesel::sql_query("SELECT pg_backend_pid() AS pid").get_result::<Backend>(conn.pg());
        asked.map_err(TenancyError::from)
    });
    run(asked).unwrap().pid
}

#[test]
fn a_shop_comes_back_to_its_connection_which_is_replaced_once_its_backend_has_as_much_memory_as_it_may() {
    let world = World::new();
    let ada = world.user("ada");
    let [one, two, three] = ["one", "two", "three"].map(|slug| ada.opens_shop(slug));
    let web = |size| PoolOptions { size, ..limits().web };
    // It begins with 2,300 KB. A shop adds 140, and a statement 50.
    let engine = |size| {
        let limits = Limits { web: web(size), backend_kb: 2_300 + 2 * 140, ..limits() };
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
    let third = backend(&narrow, &three);
    assert_ne!(third, second);

    // Two statements of one shop are not too many, however often they are used; a third one is.
    assert_eq!([backend_keeping(&narrow, &three, 2), backend_keeping(&narrow, &three, 2)], [third; 2]);
    assert_eq!(backend_keeping(&narrow, &three, 3), third);
    assert_ne!(backend(&narrow, &three), third);
}

/// A pool of the port where `listener` is, or was. Nobody gives up waiting in it.
fn pool_at(listener: &TcpListener, recycle: Recycle, patience: Duration, metrics: &Metrics) -> Pool {
    let port = listener.local_addr().unwrap().port();
    let url = DatabaseUrl::new(format!("postgres://web:hunter2@127.0.0.1:{port}/shop"));
    let options = PoolOptions { size: 2, active: None, timeout: Duration::from_hours(1), patience };
    Pool::new(&url, options, recycle, None, &metrics.web)
}

#[test]
fn whoever_cannot_connect_is_told_by_the_first_attempt_which_is_counted_and_shows_no_password() {
    for recycle in [Recycle::Memory(96 * 1024), Recycle::Transactions(1_000)] {
        let (listener, metrics) = (TcpListener::bind("127.0.0.1:0").unwrap(), Metrics::new().unwrap());
        let pool = pool_at(&listener, recycle, Duration::from_hours(1), &metrics);
        drop(listener);
        for attempts in 1..=3 {
            let refused =
                run(pool.run(Party::with_home(1), Ending::Commits, "BEGIN".to_owned(), |_| Ok::<_, ()>(())))
                    .unwrap_err();
            assert!(matches!(refused, DatabaseError::Unreachable(_)), "{refused}");
            let said = refused.to_string();
            assert!(said.contains("Connection refused") && !said.contains("hunter2"), "{said}");
            let counted = "shophouse_database_errors_total{kind=\"connect\",pool=\"web\"}";
            assert!(metrics.text().unwrap().contains(&format!("{counted} {attempts}\n")));
        }
    }
}

#[test]
fn nobody_waits_for_a_server_that_lets_one_connect_and_says_nothing() {
    let (listener, metrics) = (TcpListener::bind("127.0.0.1:0").unwrap(), Metrics::new().unwrap());
    let pool = pool_at(&listener, Recycle::Memory(96 * 1024), Duration::from_millis(100), &metrics);
    let runtime = rocket::tokio::runtime::Runtime::new().unwrap();
    let refused = runtime
        .block_on(pool.run(Party::OPERATOR, Ending::Commits, "BEGIN".to_owned(), |_| Ok::<_, ()>(())))
        .unwrap_err();
    assert!(matches!(refused, DatabaseError::Silent(_)), "{refused}");
    // The attempt ends with the listener, and with it the thread that waits for it.
    drop(listener);
}

#[test]
fn work_that_gives_way_pauses_after_a_statement_while_the_other_pool_is_in_use() {
    let (world, metrics) = (World::new(), Metrics::new().unwrap());
    let pool = || {
        Pool::new(&world.database.logins().web, limits().web, Recycle::Memory(96 * 1024), None, &metrics.web)
    };
    let first = pool();
    let second = pool().giving_way_to(&first);
    let runtime = rocket::tokio::runtime::Runtime::new().unwrap();
    let ((started, has_started), (end, ends)) = (channel(), channel::<()>());
    let in_use = runtime.spawn(async move {
        let work = move |_: &mut PgConnection| {
            started.send(()).unwrap();
            ends.recv()
        };
        first.run(Party::with_home(1), Ending::Commits, "BEGIN".to_owned(), work).await
    });
    has_started.recv().unwrap();
    let began = Instant::now();
    let slept = second.run_blocking("BEGIN", |pg| diesel::sql_query("SELECT pg_sleep(0.05)").execute(pg));
    assert_eq!(slept.unwrap(), Ok(1));
    assert!(began.elapsed() >= Duration::from_millis(100), "{:?}", began.elapsed());
    end.send(()).unwrap();
    runtime.block_on(in_use).unwrap().unwrap().unwrap();
}
