//! Settings of a server, a database or a login: none of them changes what a shop does.

use std::thread;

use diesel::RunQueryDsl;
use rocket::http::{ContentType, Method};
use serde_json::json;
use shophouse::tenancy::{Role, TenancyError};

use crate::support::archive::{export, import};
use crate::support::concurrent::at_once;
use crate::support::goods::variant;
use crate::support::process::{self, Process};
use crate::support::sql::column;
use crate::support::tree::{migrate, next_release, trees};
use crate::support::world::{run, text};
use crate::support::{Database, Login, World, inside, waiting};

/// Each with a value that no installation should have.
const SETTINGS: [(&str, &str); 34] = [
    ("default_transaction_isolation", "'serializable'"),
    ("default_transaction_deferrable", "on"),
    ("row_security", "off"),
    ("standard_conforming_strings", "off"),
    ("backslash_quote", "off"),
    ("escape_string_warning", "off"),
    ("statement_timeout", "100"),
    ("lock_timeout", "100"),
    ("idle_in_transaction_session_timeout", "1"),
    ("search_path", "nowhere"),
    ("session_replication_role", "replica"),
    ("quote_all_identifiers", "on"),
    ("transform_null_equals", "on"),
    ("array_nulls", "off"),
    ("check_function_bodies", "off"),
    ("client_min_messages", "debug1"),
    ("client_encoding", "'LATIN1'"),
    ("DateStyle", "'SQL, DMY'"),
    ("IntervalStyle", "'sql_standard'"),
    ("TimeZone", "'Pacific/Chatham'"),
    ("bytea_output", "'escape'"),
    ("extra_float_digits", "-15"),
    ("xmloption", "'document'"),
    ("xmlbinary", "'hex'"),
    ("synchronous_commit", "off"),
    ("enable_indexscan", "off"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("from_collapse_limit", "1"),
    ("plan_cache_mode", "'force_generic_plan'"),
    ("plpgsql.variable_conflict", "'use_variable'"),
    ("plpgsql.extra_errors", "'all'"),
    ("max_parallel_workers_per_gather", "0"),
    ("default_transaction_isolation", "'repeatable read'"),
];

/// Sets it for all connections to the database that are opened from now on.
fn set(database: &Database, settings: &[(&str, &str)]) {
    let mut admin = database.connect(Login::Admin);
    let name = admin.one("SELECT current_database()");
    for (setting, value) in settings {
        admin.run(format!("LOAD 'plpgsql'; ALTER DATABASE {name} SET {setting} = {value}"));
    }
}

/// Starts a server there, and does some of everything.
fn everything_works(database: Database) {
    let world = World::on(database, trees());
    world.tenancy.self_test().unwrap();
    let shop = world.user("ada").opens_shop("books");
    let mug = shop.sells("Mug \\ \\N 'cup', ünï");
    let bob = world.user("bob");
    assert!(bob.post("/storefront/books/join", json!({})).status < 300);
    let bob = bob.in_shop(&shop.shop);
    let order = bob.buys(&[(&variant(&mug, 0), 2)]).expect(201);
    shop.takes(&order, "pay").expect(200);
    let cancelled = bob.buys(&[(&variant(&mug, 0), 3)]).expect(201);
    shop.takes(&cancelled, "cancel").expect(200);
    assert_eq!(shop.again("products", &mug)["variants"][0]["stock"], 8);
    let csv = b"Handle,Title,Variant Price\nhat,Hat \\ 'cap',1.00\n".to_vec();
    let imported = shop.raw(Method::Post, "/api/v1/products/import", &[], Some((ContentType::CSV, csv)));
    imported.expect(200);
    let exported = shop.raw(Method::Get, "/api/v1/products/export", &[], None);
    assert!(exported.body.contains("Hat \\ 'cap'"), "{exported}");
    shop.get("/storefront/books/products?q=hat").expect(200);
    let key = json!({ "name": "Script", "shop": shop.shop, "role": "staff" });
    let key = text(&shop.post("/me/keys", key).expect(201)["key"]);
    assert_eq!(shop.with_token(key).all("/products?limit=1").len(), 2);
    let archive = export(&world.tenancy, shop.shop_id());
    import(&world.tenancy, &archive, "copy").unwrap();
    let drift = world.tenancy.drift(None, || false, |_, _| {}).unwrap();
    assert!(drift.is_clean() && drift.compared == 2, "{drift:?}");
    let world =
        world.restarted_with(next_release("ALTER TABLE products ADD COLUMN weight TEXT DEFAULT '\\'"));
    let report = migrate(&world.tenancy);
    assert_eq!((report.migrated, report.failed.len()), (2, 0), "{report:?}");
    world.nobody().raw(Method::Get, "/health/ready", &[], None).expect(200);
}

#[test]
fn a_shop_works_whatever_the_settings_of_its_database_are() {
    for some in SETTINGS.chunks(4) {
        println!("{some:?}");
        let database = Database::new().direct();
        set(&database, some);
        everything_works(database);
    }
}

/// The limits of the database are shorter than what is waited for here; those of a connection that opens apply before we
/// can say anything, so they must leave time for that.
#[test]
fn time_limits_of_the_database_do_not_apply_to_our_transactions() {
    let database = Database::new().direct();
    set(&database, &[("statement_timeout", "100"), ("lock_timeout", "100")]);
    let world = World::on(database, trees());
    let shop = world.user("ada").opens_shop("books");
    let (mut holder, mut watcher) = (world.sql(), world.database.connect(Login::Admin));
    holder.run(format!("BEGIN; LOCK TABLE {}.products", shop.schema()));
    let (engine, caller, shop) = (world.tenancy.clone(), shop.as_caller(), shop.shop_id());
    let read = thread::spawn(move || {
        run(engine.in_shop(caller, shop, Role::Customer, |conn| {
            let read = diesel::sql_query("SELECT FROM products").execute(conn.pg());
            read.map_err(TenancyError::from)
        }))
    });
    waiting::blocked_for_long(&mut watcher);
    holder.run("COMMIT");
    read.join().unwrap().unwrap();
    let world = world.restarted_with(next_release("SELECT pg_sleep(0.2)"));
    let report = migrate(&world.tenancy);
    assert_eq!((report.migrated, report.failed.len()), (1, 0), "{report:?}");
}

#[test]
fn an_installation_is_made_whatever_the_settings_of_its_database_are() {
    let database = Database::empty().direct();
    set(&database, &SETTINGS);
    everything_works(database);
}

#[test]
fn orders_at_the_same_time_succeed_whatever_the_isolation_level_of_the_database_is() {
    for level in ["'repeatable read'", "'serializable'"] {
        let database = Database::new().direct();
        set(&database, &[("default_transaction_isolation", level)]);
        let world = World::on(database, trees());
        let owner = world.user("ada").opens_shop("loft");
        let hat = owner.post("/products", json!({ "title": "Hat", "price": { "amount": 1 }, "stock": 64 }));
        let hat = variant(&hat.expect(201), 0);
        for answer in at_once(64, &owner, &world, |_, caller| caller.buys(&[(&hat, 1)])) {
            answer.expect(201);
        }
        owner.buys(&[(&hat, 1)]).expect_problem(409, "out_of_stock");
    }
}

/// Compiling takes longer than any statement of ours runs; a table that was just filled makes PostgreSQL believe otherwise.
#[test]
fn no_statement_is_compiled() {
    let database = Database::new().direct();
    set(&database, &[("jit", "on")]);
    let world = World::on(database, trees());
    let shop = world.user("ada").opens_shop("books");
    let jit = inside(&world.tenancy, &shop, |conn| Ok(column(conn.pg(), "SELECT current_setting('jit')")?));
    assert_eq!(jit.unwrap(), ["off"]);
}

/// An isolation level that a serialization failure needs, which requests do not have.
#[test]
fn a_serialization_failure_asks_to_try_again() {
    use diesel::connection::SimpleConnection;
    use shophouse::http::Problem;
    use shophouse::tenancy::{Role, TenancyError};

    use crate::support::world::run;

    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    let (mut sql, schema) = (world.sql(), shop.schema());
    let work = move |conn: &mut shophouse::tenancy::TenantConn<'_>| {
        conn.pg().batch_execute("SELECT FROM counters")?;
        sql.run(format!("UPDATE {schema}.counters SET value = value + 1"));
        Ok::<_, TenancyError>(conn.pg().batch_execute("UPDATE counters SET value = value + 1")?)
    };
    let engine = &world.tenancy;
    let failed = run(engine.in_shop_snapshot(shop.as_caller(), shop.shop_id(), Role::Staff, work));
    let problem = Problem::from(failed.unwrap_err());
    assert_eq!((problem.status().code, problem.kind().code), (503, "busy"));
}

#[test]
fn settings_that_may_hurt_are_named_at_the_start_and_in_the_status() {
    let database = Database::new().direct();
    set(&database, &[("synchronous_commit", "off"), ("default_transaction_read_only", "on")]);
    let log = Process::serve(&database).stopped();
    let status = process::done(&database, &["status"]);
    let json: serde_json::Value =
        serde_json::from_str(&process::done(&database, &["status", "--json"])).unwrap();
    let listed = json["settings"].to_string();
    for setting in ["synchronous_commit", "default_transaction_read_only"] {
        for text in [&log, &status, &listed] {
            assert!(text.contains(setting), "{setting}: {text}");
        }
    }
    // Nothing is wrong with the settings that a transaction sets itself.
    let database = Database::new().direct();
    set(&database, &[("statement_timeout", "1"), ("row_security", "off")]);
    let world = World::on(database, trees());
    let names: Vec<_> = world.tenancy.odd_settings().unwrap().into_iter().map(|odd| odd.name).collect();
    assert!(!names.contains(&"row_security".to_owned()), "{names:?}");
}
