//! What only Citus has: workers that hold the shops, and functions by which one shop could look at the others. On PostgreSQL alone
//! there is nothing to test here.

use shophouse::tenancy::{TenancyError, closing_sql};

use crate::isolation_policies::two_shops;
use crate::support::{Login, World, citus, process};

/// The tables of a schema, and on Citus those that hold their rows, which it hides from most programs.
const TABLES: &str = "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('{schema}') AND relkind = 'r' \
                      AND relname NOT LIKE '\\_\\_diesel%'";

#[test]
fn a_direct_connection_to_a_server_shows_one_shop_nothing_of_another() {
    if citus::nodes() == 0 {
        return;
    }
    let world = World::new();
    let (ours, theirs, _) = two_shops(&world);
    let role = world.tenancy.shop_role().to_owned();
    let (mut tried, mut own) = (0, 0);
    for node in world.database.nodes() {
        let mut admin = node(Login::Admin);
        admin.run("SET citus.override_table_visibility TO off");
        let tables =
            |admin: &mut crate::support::Sql, schema: &str| admin.column(TABLES.replace("{schema}", schema));
        let (mine, foreign) = (tables(&mut admin, &ours.schema()), tables(&mut admin, &theirs.schema()));
        let mut web = node(Login::Web);
        web.run(format!("SET search_path TO {}, pg_temp", ours.schema()));
        for table in &foreign {
            let read = format!("SELECT 1 FROM {}.{table}", theirs.schema());
            assert!(web.try_column(&read).is_err(), "{read} without a role");
        }
        web.run(format!("SET ROLE {role}"));
        for table in &foreign {
            let name = format!("{}.{table}", theirs.schema());
            assert_eq!(
                web.try_column(format!("SELECT 1 FROM {name}")).unwrap(),
                Vec::<String>::new(),
                "{name}"
            );
            if table.starts_with("counters") {
                let insert = format!("INSERT INTO {name} VALUES ('mine', 1)");
                let refused = web.try_run(&insert).unwrap_err().to_string();
                assert!(refused.contains("row-level security"), "{refused}");
                tried += 1;
            }
        }
        let people = mine.iter().filter(|table| table.starts_with("people_"));
        own += people.map(|table| web.count(format!("{}.{table}", ours.schema()))).sum::<i64>();
    }
    assert!(tried > 0, "no server has rows of the other shop");
    assert!(own > 0, "no server shows a shop its own rows");
}

#[test]
fn nothing_is_served_while_a_shop_could_see_what_the_others_do() {
    if citus::nodes() == 0 {
        return;
    }
    let world = World::new();
    for open in [
        "master_run_on_worker(text[], integer[], text[], boolean)",
        "pg_stat_get_activity(integer)",
        "pg_cancel_backend(integer)",
    ] {
        for node in world.database.nodes() {
            node(Login::Admin).run(format!("GRANT EXECUTE ON FUNCTION pg_catalog.{open} TO PUBLIC"));
        }
        let refused = world.tenancy.self_test().unwrap_err();
        assert!(matches!(refused, TenancyError::Breach { .. }), "{open}: {refused}");
        assert!(refused.to_string().contains("shophouse citus setup"), "{refused}");
        for node in world.database.nodes() {
            node(Login::Admin).run(closing_sql(&["shophouse_owner", "shophouse_web"]));
        }
        world.tenancy.self_test().unwrap();
    }
}

#[test]
fn what_is_open_on_one_worker_alone_is_found() {
    let world = World::new();
    for node in world.database.nodes().skip(1) {
        node(Login::Admin)
            .run("GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_get_activity(integer) TO PUBLIC");
        let refused = world.tenancy.self_test().unwrap_err();
        assert!(matches!(refused, TenancyError::Breach { .. }), "{refused}");
        node(Login::Admin).run(closing_sql(&["shophouse_owner", "shophouse_web"]));
        world.tenancy.self_test().unwrap();
    }
}

#[test]
fn setup_closes_what_is_open_and_may_be_repeated() {
    if citus::nodes() == 0 {
        return;
    }
    let world = World::new();
    for node in world.database.nodes() {
        node(Login::Admin)
            .run("GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_get_activity(integer) TO PUBLIC");
    }
    world.tenancy.self_test().unwrap_err();
    let superuser = world.database.url(Login::Admin);
    for _ in 0..2 {
        let printed = process::done(&world.database, &["citus", "setup", &superuser]);
        assert_eq!(printed.matches("prepared.").count(), citus::nodes(), "{printed}");
    }
    world.tenancy.self_test().unwrap();
    let status = process::done(&world.database, &["status"]);
    assert!(status.contains(" with Citus "), "{status}");
}

#[test]
fn a_database_without_citus_says_so() {
    if citus::nodes() > 0 {
        return;
    }
    let world = World::new();
    let superuser = world.database.url(Login::Admin);
    let refused = process::refused(&world.database, &["citus", "setup", &superuser], 1);
    assert!(refused.contains("has no Citus"), "{refused}");
    let status = process::done(&world.database, &["status"]);
    assert!(status.contains("The database runs on PostgreSQL "), "{status}");
}
