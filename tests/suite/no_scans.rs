//! What a request, opening a shop or a boot costs must not grow with the number of shops: none of them reads a
//! whole system catalogue, which has rows for every table of every shop.
//!
//! PostgreSQL counts sequential scans itself. Sequential scans are made expensive for the planner, so that
//! catalogues that are small in a test do not tempt it to what it would not do in a fleet.

use std::sync::{Mutex, PoisonError};

use rocket::http::Method;

use crate::routes::{ROUTES, Shelf, Who};
use crate::support::goods::variant;
use crate::support::holds::{a_day_passes, ends};
use crate::support::tree::{migrate, trees};
use crate::support::world::run;
use crate::support::{Database, Login, World, waiting};

/// Those that grow with the shops, and one with the logins.
const CATALOGUES: [&str; 8] = [
    "pg_class",
    "pg_attribute",
    "pg_index",
    "pg_constraint",
    "pg_trigger",
    "pg_namespace",
    "pg_shdepend",
    "pg_auth_members",
];

/// How often each has been read as a whole, once all that happened is counted: a connection counts at its end.
fn scans(database: &Database) -> Vec<String> {
    let mut sql = database.connect(Login::Owner);
    let others =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    waiting::until("the other connections to end", || sql.column(others).is_empty().then_some(()));
    let count = |catalogue: &&str| {
        let count = sql.one(format!("SELECT pg_stat_get_numscans('{catalogue}'::regclass)"));
        format!("{catalogue} {count}")
    };
    CATALOGUES.iter().map(count).collect()
}

/// A catalogue of the whole server counts the scans of every database: these tests take turns.
static TURN: Mutex<()> = Mutex::new(());

/// A world in which the planner avoids sequential scans, and its database.
fn world() -> (World, Database) {
    let world = World::on(Database::apart(), trees());
    world.sql().run(format!(
        "ALTER DATABASE {} SET enable_seqscan = off",
        world.sql().one("SELECT current_database()")
    ));
    let database = world.database.shared();
    (world, database)
}

#[test]
fn nothing_that_happens_often_reads_a_whole_catalogue() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (world, database) = world();
    let user = world.user("ada");
    let (shop, email) = (user.opens_shop("books").shop.clone(), user.email.clone());
    // Each creates tables: a connection that rests while many shops are opened misses messages of PostgreSQL's, and then reads
    // catalogues anew. So they are not opened while readings are counted.
    let others: Vec<(String, String)> = (0..ROUTES.len())
        .filter(|index| ROUTES[*index].who == Who::SignedIn)
        .map(|index| {
            let other = world.user(&format!("user-{index}"));
            (other.email.clone(), other.opens_shop(&format!("shop-{index}")).shop)
        })
        .collect();
    let world = world.restarted_with(trees());
    let before = {
        // The first connections of a database read the catalogues to prepare for the others.
        let world = world.restarted_with(trees());
        drop(world);
        scans(&database)
    };
    let world = World::on(database.shared(), trees());
    // A boot with nothing to do, and opening a shop.
    assert!(migrate(&world.tenancy).is_empty());
    world.tenancy.self_test().unwrap();
    run(world.tenancy.count_shops()).unwrap();
    let ada = world.signs_in(&email);
    ada.opens_shop("more-books");
    let member = ada.in_shop(&shop);
    let routes = ROUTES.iter().filter(|entry| entry.who != Who::Anyone || entry.path.contains("/health/"));
    let (mut called, mut others) = (0, others.iter());
    for entry in routes {
        called += 1;
        if entry.who == Who::SignedIn {
            // The user, the session or the shop may be gone afterwards.
            let (email, shop) = others.next().unwrap();
            let other = world.signs_in(email).in_shop(shop);
            entry.call(&other, &Shelf::of(&other));
        } else {
            entry.call(&member, &Shelf::of(&member));
        }
    }
    assert!(called > 20, "{called}");
    world.nobody().raw(Method::Get, "/health/ready", &[], None).expect(200);
    // An order that expires.
    let late = member.joined_by("late", "customer");
    late.buys(&[(&variant(&member.sells("Late"), 0), 1)]).expect(201);
    a_day_passes(&world);
    assert_eq!(ends(&world).ended, 1);
    // Erasing a shop.
    ada.opens_shop("erased");
    world.sql().run(
        "UPDATE shops SET state = 'deleting', deleted_from = 'active', deleted_at = now(), erase_after = now()
         WHERE slug = 'erased'",
    );
    assert_eq!(world.tenancy.erase_due(|| false).unwrap().erased, 1);
    drop((late, member, ada));
    drop(world);
    assert_eq!(scans(&database), before);
}

/// What the rules forbid.
const FORBIDDEN: [&str; 2] =
    ["GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO PUBLIC", "TRUNCATE {schema}.order_lines"];

#[test]
fn what_reads_a_whole_catalogue_would_be_noticed() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (world, database) = world();
    let schema = world.user("ada").opens_shop("books").schema();
    drop(world);
    for statement in FORBIDDEN {
        let before = scans(&database);
        database.connect(Login::Owner).run(statement.replace("{schema}", &schema));
        assert_ne!(scans(&database), before, "{statement}");
    }
}
