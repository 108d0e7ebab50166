//! PostgreSQL has no disk space left. A limit on its file size replaces the full disk: the test needs no privileges for
//! it, and PostgreSQL behaves the same.

use shophouse::database::private::{DATABASE, Login, PrivateOptions, PrivateServer};

use crate::support::Sql;
use crate::support::installation::Installation;
use crate::support::load::Shop;

/// 20 MiB, in blocks of 512 bytes: a little more than a segment of the write-ahead log.
const BLOCKS: u32 = 40_960;

/// The superuser in the private server of an installation that runs.
fn admin(installation: &Installation) -> Sql {
    let joined = PrivateServer::start(&PrivateOptions {
        data_dir: installation.data(),
        pg_bin: None,
        unsafe_fast: false,
        max_connections: 0,
    });
    Sql::to(&joined.unwrap().url(Login::Admin, DATABASE))
}

/// Rows like those of orders, until no more go in.
fn fill(shop: &Shop, sql: &mut Sql) {
    let schema = &shop.schema;
    // Without checks of foreign keys, which is faster.
    sql.run("SET session_replication_role TO replica");
    for rows in [10_000, 10] {
        let filled = (1..).find_map(|round| {
            let insert = format!(
                "INSERT INTO {schema}.orders
                     (id, number, status, customer_id, email, note, currency, total, created_at, updated_at)
                 SELECT gen_random_uuid(), -{rows} * {round} - n, 'paid', gen_random_uuid(), '', 'filler', 'EUR', 0, now(), now()
                 FROM generate_series(1, {rows}) n"
            );
            sql.try_run(insert).err()
        });
        let refusal = filled.unwrap().to_string();
        assert!(refusal.contains("could not extend file"), "{refusal}");
    }
}

#[test]
fn a_database_without_room_says_so_keeps_what_it_has_and_goes_on_when_there_is_some() {
    let installation = Installation::with_cluster();
    let server = installation.start_with_file_limit(BLOCKS);
    let shop = Shop::opens_at(&server.address);
    let mut sql = admin(&installation);
    let receipts = shop.under_load(3, |tally| {
        tally.acknowledges(20);
        fill(&shop, &mut sql);
        tally.refuses("storage_full");
        assert_eq!(shop.gets("/orders").status, 200, "what is there can be read");
        assert_eq!(shop.gets("/products").status, 200);
        sql.run(format!("DELETE FROM {}.orders WHERE note = 'filler'", shop.schema));
        sql.run(format!("VACUUM {}.orders", shop.schema));
        tally.acknowledges(20);
    });
    shop.assert_consistent(&receipts, &mut sql);
    assert_eq!(server.stopped().code, Some(0));
}
