//! The metrics: what is counted, and that the number of series does not grow with shops, users or what clients send.

use std::collections::BTreeSet;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use rocket::http::Method;
use serde_json::json;
use shophouse::database::PoolOptions;
use shophouse::tenancy::{Limits, Role, TenancyError};

use crate::support::database::limits;
use crate::support::tree::{migrate, next_release, set_back};
use crate::support::world::{PASSWORD, run};
use crate::support::{Member, World, inside, waiting};

/// The metrics in Prometheus's format.
fn scraped(world: &World) -> String {
    let answer = world.nobody().raw(Method::Get, "/metrics", &[], None);
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.header("Content-Type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    answer.body
}

/// The value of a series.
#[track_caller]
fn value(world: &World, series: &str) -> i64 {
    let text = scraped(world);
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series}: {text}")).parse().unwrap()
}

/// A pool of one connection, with a short timeout.
fn one_connection() -> Limits {
    let web = PoolOptions { size: 1, timeout: Duration::from_millis(200), ..limits().web };
    Limits { web, ..limits() }
}

/// All series, without their values.
fn series(world: &World) -> BTreeSet<String> {
    // A scrape is a request too, and is counted when it ends.
    scraped(world);
    let text = scraped(world);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

/// Requests to a shop that succeed and that fail.
fn traffic(world: &World, shop: &Member<'_>, slug: &str) {
    let product = shop.sells("Hat")["id"].as_str().unwrap().to_owned();
    shop.get(&format!("/products/{product}")).expect(200);
    shop.get("/products/7").expect(404);
    shop.get(&format!("/products?vendor={slug}")).expect(200);
    shop.post("/products", json!({ "title": 7, "vendor": slug })).expect(422);
    shop.get(&format!("/storefront/{slug}/products")).expect(200);
    shop.get(&format!("/storefront/{slug}-not/products")).expect(404);
    shop.with_token(format!("not-{slug}")).get("/products").expect(401);
    let nobody = world.nobody();
    nobody.get(&format!("/{slug}/nowhere")).expect(404);
    nobody.raw(Method::Delete, &format!("/{slug}"), &[], None).expect(404);
    nobody.raw(Method::Get, "/health/live", &[("X-Request-Id", slug)], None).expect(204);
    let guess = json!({ "email": format!("{slug}@example.com"), "password": "wrong horse" });
    nobody.post("/auth/login", guess).expect(401);
}

#[test]
fn a_hundred_shops_have_as_many_series_as_one() {
    let world = World::new();
    let ada = world.user("ada");
    traffic(&world, &ada.opens_shop("shop-0"), "shop-0");
    run(world.tenancy.count_shops()).unwrap();
    let before = series(&world);
    for user in 0..20 {
        let person = world.user(&format!("user-{user}"));
        for shop in 0..5 {
            let slug = format!("shop-{user}-{shop}");
            let shop = person.opens_shop(&slug);
            // Every shop has a request; one of each user's has many.
            shop.get("/products").expect(200);
            if slug.ends_with("-0") {
                traffic(&world, &shop, &slug);
            }
        }
    }
    run(world.tenancy.count_shops()).unwrap();
    let after = series(&world);
    assert!(before.len() > 100, "{before:?}");
    assert_eq!(after, before);
    assert_eq!(value(&world, "shophouse_shops{schema=\"current\",state=\"active\"}"), 101);
    let text = scraped(&world);
    for hidden in [&ada.id, "shop-0", "@example.com"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[test]
fn requests_are_counted_by_method_route_and_status() {
    let world = World::new();
    let shop = world.user("ada").opens_shop("books");
    for id in ["7", "8", "9"] {
        shop.get(&format!("/products/{id}")).expect(404);
    }
    world.nobody().get("/products/7").expect(401);
    let of_route = "method=\"GET\",route=\"/api/v1/products/<id>\"";
    let count = |status: u16| {
        value(&world, &format!("shophouse_http_requests_total{{{of_route},status=\"{status}\"}}"))
    };
    assert_eq!((count(404), count(401)), (3, 1));
    let timed = format!("shophouse_http_request_duration_seconds_count{{{of_route}}}");
    assert_eq!(value(&world, &timed), 4);
}

#[test]
fn signing_in_is_counted_by_how_it_ends() {
    let world = World::new();
    world.user("ada");
    let login = |password: &str| {
        world.nobody().post("/auth/login", json!({ "email": "ada@example.com", "password": password })).status
    };
    assert_eq!(login(PASSWORD), 200);
    let statuses: Vec<u16> = (0..7).map(|_| login("wrong horse")).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429]);
    let not_theirs = json!({ "email": "bob@example.com", "password": PASSWORD, "shop": "nowhere" });
    world.user("bob");
    world.nobody().post("/auth/login", not_theirs).expect(403);
    let count = |outcome: &str| value(&world, &format!("shophouse_sign_ins_total{{outcome=\"{outcome}\"}}"));
    assert_eq!((count("succeeded"), count("failed"), count("throttled")), (3, 6, 2));
}

#[test]
fn few_connections_work_at_a_time_beside_a_postgresql_on_this_machine_unless_the_operator_says_otherwise() {
    let processors = u32::try_from(thread::available_parallelism().unwrap().get()).unwrap();
    let active = |given| {
        let web = PoolOptions { size: 2 * processors + 2, active: given, ..limits().web };
        let world = World::limited(Limits { web, ..limits() });
        value(&world, "shophouse_pool_active{pool=\"web\"}")
    };
    assert_eq!((active(None), active(Some(2))), (i64::from(2 * processors + 1), 2));
}

#[test]
fn a_full_pool_is_visible_and_so_is_a_request_without_a_connection() {
    let world = World::limited(one_connection());
    let shop = world.user("ada").opens_shop("books");
    let gauge = |name: &str| value(&world, &format!("shophouse_pool_{name}{{pool=\"web\"}}"));
    assert_eq!((gauge("size"), gauge("in_use"), gauge("timeouts_total")), (1, 0, 0));
    let (begun, has_begun) = mpsc::channel();
    let (end, is_over) = mpsc::channel::<()>();
    let (tenancy, caller, id) = (world.tenancy.clone(), shop.as_caller(), shop.shop_id());
    let holder = thread::spawn(move || {
        run(tenancy.in_shop(caller, id, Role::Customer, move |_| {
            begun.send(()).unwrap();
            // Also ends when the test fails.
            let _ = is_over.recv();
            Ok::<_, TenancyError>(())
        }))
    });
    has_begun.recv().unwrap();
    shop.get("/products").expect_problem(503, "busy");
    assert_eq!((gauge("in_use"), gauge("waiting"), gauge("timeouts_total")), (1, 0, 1));
    drop(end);
    holder.join().unwrap().unwrap();
    shop.get("/products").expect(200);
    // The read ends behind its answer.
    waiting::until("an idle connection", || ((gauge("in_use"), gauge("idle")) == (0, 1)).then_some(()));
    assert!(value(&world, "shophouse_pool_wait_seconds_count{pool=\"web\"}") > 2);
}

#[test]
fn errors_of_the_database_are_counted_by_kind_and_a_refused_caller_is_none() {
    let world = World::limited(one_connection());
    let shop = world.user("ada").opens_shop("books");
    let in_pool = |kind: &str, pool: &str| {
        value(&world, &format!("shophouse_database_errors_total{{kind=\"{kind}\",pool=\"{pool}\"}}"))
    };
    let count = |kind: &str| in_pool(kind, "web") + in_pool(kind, "sign_in");
    let execute = |statements: &'static str| {
        inside(&world.tenancy, &shop, move |conn| Ok(conn.pg().batch_execute(statements)?)).unwrap_err();
    };
    let taken = json!({ "email": "ada@example.com", "password": PASSWORD });
    world.nobody().post("/auth/register", taken).expect(409);
    execute("SET LOCAL statement_timeout TO 50; SELECT pg_sleep(60)");
    execute("TABLE public.users");
    execute("SELECT 1 / 0");
    let kinds = ["unique_violation", "statement_timeout", "permission_denied", "other", "connection_lost"];
    assert_eq!(kinds.map(count), [1, 1, 1, 1, 0]);
    shop.is_removed();
    shop.get("/products").expect_problem(403, "not_a_member");
    assert_eq!(kinds.map(count), [1, 1, 1, 1, 0]);
}

#[test]
fn the_migration_of_the_fleet_is_visible() {
    let world = World::new();
    let ada = world.user("ada");
    let shops = ["one", "two", "ill"].map(|slug| ada.opens_shop(slug));
    let ill = shops[2].schema();
    let world = {
        drop(shops);
        drop(ada);
        world.restarted_with(next_release(format!(
            "SELECT CASE current_schema() WHEN '{ill}' THEN 1 / (random() * 0)::int END"
        )))
    };
    assert_eq!(migrate(&world.tenancy).migrated, 2);
    let part = |part: &str| value(&world, &format!("shophouse_migration_run_shops{{part=\"{part}\"}}"));
    assert_eq!((part("due"), part("migrated"), part("failed")), (3, 2, 1));
    let tried =
        |outcome: &str| value(&world, &format!("shophouse_migrated_shops_total{{outcome=\"{outcome}\"}}"));
    assert_eq!((tried("migrated"), tried("failed"), tried("in_use")), (2, 1, 0));
    assert_eq!(value(&world, "shophouse_migration_duration_seconds_count"), 2);
    assert_eq!(value(&world, "shophouse_migration_running"), 0);
}

#[test]
fn shops_are_counted_by_state_and_by_whether_they_are_outdated() {
    let world = World::new();
    let ada = world.user("ada");
    let shops = ["one", "two", "three", "four", "five"].map(|slug| ada.opens_shop(slug));
    set_back(&world, &shops[..]);
    shops[1].shop_becomes("suspended");
    world.sql().run(format!(
        "UPDATE shops SET schema_version = '{}' WHERE id <> '{}'",
        world.tenancy.tenant_version(),
        shops[0].shop
    ));
    shops[2].shop_becomes("deleting");
    assert_eq!(value(&world, "shophouse_shops_counted_timestamp_seconds"), 0);
    run(world.tenancy.count_shops()).unwrap();
    let count = |state: &str, schema: &str| {
        value(&world, &format!("shophouse_shops{{schema=\"{schema}\",state=\"{state}\"}}"))
    };
    assert_eq!((count("active", "current"), count("active", "lagging")), (2, 1));
    assert_eq!((count("suspended", "current"), count("deleting", "current")), (1, 1));
    assert_eq!((count("failed", "lagging"), count("failed", "current")), (0, 0));
    assert!(value(&world, "shophouse_shops_counted_timestamp_seconds") > 0);
}

#[test]
fn the_list_of_metrics_names_each_of_them_and_no_other() {
    let world = World::new();
    let listed = include_str!("../../docs/metrics.md");
    run(world.tenancy.count_shops()).unwrap();
    series(&world);
    let text = scraped(&world);
    let served: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let row = |line: &'static str| line.strip_prefix("| `")?.split('`').next();
    assert_eq!(listed.lines().filter_map(row).collect::<BTreeSet<_>>(), served);
}
