//! Imports of several batches: conflicts between products of one file, and with orders at the same time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rocket::local::blocking::Client;
use serde_json::{Value, json};

use crate::support::goods::{each, variant};
use crate::support::world::rocket;
use crate::support::{Caller, Login, Tenants, World, waiting};

const HEADER: &str = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,\
                      Variant Inventory Qty,Variant Price,Image Src\n";

/// Products of two variants and an image each.
fn products(numbers: impl Iterator<Item = usize>) -> String {
    numbers
        .map(|number| {
            format!(
                "p{number},Product {number},Size,S,S{number},shopify,5,1,https://i.example/{number}\n\
                 p{number},,,M,M{number},shopify,6,2,\n"
            )
        })
        .collect()
}

fn counts(report: &Value) -> [u64; 3] {
    ["created", "updated", "skipped"].map(|count| report[count].as_u64().unwrap())
}

fn lines(errors: &Value) -> Vec<Value> {
    errors.as_array().unwrap().iter().map(|error| json!([error["line"], error["code"]])).collect()
}

#[test]
fn a_file_of_several_batches_is_taken_as_one() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let file = format!("{HEADER}{}", products(0..1_200));
    assert_eq!(counts(&owner.imports("", file.clone()).expect(200)), [1_200, 0, 0]);
    let schema = owner.schema();
    let mut sql = world.sql();
    assert_eq!(sql.count(format!("{schema}.variants")), 2_400);
    assert_eq!(sql.count(format!("{schema}.images")), 1_200);
    assert_eq!(sql.one(format!("SELECT sum(delta) FROM {schema}.stock_movements")), "13200");
    assert_eq!(each(&owner.all("/products?q=product+1199"), "handle"), ["p1199"]);
    let before = sql.content(&schema);

    assert_eq!(counts(&owner.imports("", file.clone()).expect(200)), [0, 0, 1_200]);
    assert_eq!(sql.content(&schema), before);
    let other = format!("{HEADER}{}", products(1_100..1_300)).replace(",5,1,", ",4,9,");
    assert_eq!(counts(&owner.imports("?on_conflict=update", other).expect(200)), [100, 100, 0]);
    assert_eq!(sql.one(format!("SELECT sum(delta) FROM {schema}.stock_movements")), "14100");
    assert_eq!(sql.count(format!("{schema}.stock_movements WHERE delta = -1")), 100);
    assert_eq!(sql.count(format!("{schema}.variants WHERE price = 900")), 200);
}

#[test]
fn no_batch_and_no_page_reads_a_whole_table() {
    // Nothing has counted the rows: PostgreSQL would take reading all of them for cheaper than an index, and keep plans of the time when
    // there were few.
    let world = World::new();
    let user = world.user("ada");
    let (owner, untouched) = (user.opens_shop("loft"), user.opens_shop("untouched"));
    owner.imports("", format!("{HEADER}{}", products(0..30))).expect(200);
    let page =
        || assert_eq!(owner.get("/products?limit=20").expect(200)["data"].as_array().unwrap().len(), 20);
    (0..8).for_each(|_| page());
    let file = format!("{HEADER}{}", products(30..600));
    owner.imports("", file.clone()).expect(200);
    page();
    owner.imports("?on_conflict=update", file.replace(",5,1,", ",4,9,")).expect(200);
    assert_eq!(owner.get("/products/export").status, 200);
    let (schemas, database) = ([owner.schema(), untouched.schema()], world.database.shared());
    drop(world);
    let mut sql = database.connect(Login::Owner);
    let others =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    // A connection counts at its end.
    waiting::until("the other connections to end", || sql.column(others).is_empty().then_some(()));
    for table in ["products", "variants", "images"] {
        // Each index that was made when the shop was opened counts as a reading.
        let [imported, untouched] = schemas
            .each_ref()
            .map(|schema| sql.one(format!("SELECT pg_stat_get_numscans('{schema}.{table}'::regclass)")));
        assert_eq!(imported, untouched, "{table}");
    }
}

#[test]
fn faults_of_several_batches_are_told_in_the_order_of_the_file() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let bad = |handle: &str, price: &str| format!("{handle},{handle},,,,,,{price},\n");
    let file = [
        HEADER.to_owned(),
        bad("first", "free"),
        products(0..600),
        bad("priceless", "x"),
        bad("below", "-1"),
        products(600..1_200),
        bad("last", "many"),
    ]
    .concat();
    let expected = [
        json!([2, "invalid_price"]),
        json!([1_203, "invalid_price"]),
        json!([1_204, "invalid_price"]),
        json!([2_405, "invalid_price"]),
    ];
    let problem = owner.imports("", file.clone()).expect_problem(422, "import_failed");
    assert_eq!(lines(&problem["errors"]), expected);
    assert!(owner.all("/products?").is_empty());
    let report = owner.imports("?partial=true", file).expect(200);
    assert_eq!((counts(&report), lines(&report["errors"])), ([1_200, 0, 0], expected.to_vec()));
}

#[test]
fn a_sku_may_come_twice_and_move_to_another_product() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let skus = || {
        let all = owner.all("/products?sort=created_at");
        let skus = |product: &Value| each(product["variants"].as_array().unwrap(), "sku");
        all.iter().flat_map(skus).collect::<Vec<_>>()
    };
    let shoe = "shoe,Shoe,Size,36,W42,,,50,\nshoe,,,37,W42,,,50,\n";
    let row = |handle: &str, sku: &str| format!("{handle},{handle},,,{sku},,,1,\n");
    let report = owner.imports("", [HEADER, &row("a", "W42"), &row("b", "Y"), shoe].concat()).expect(200);
    assert_eq!(counts(&report), [3, 0, 0]);
    assert_eq!(skus(), ["W42", "Y", "W42", "W42"].map(str::to_owned).to_vec());
    // Exchanged, and taken over by a product with a new handle.
    let exchanged = [HEADER, &row("a", "Y"), &row("b", "W42"), &row("a-new", "Y")].concat();
    assert_eq!(counts(&owner.imports("?on_conflict=update", exchanged).expect(200)), [1, 2, 0]);
    assert_eq!(skus(), ["Y", "W42", "W42", "W42", "Y"].map(str::to_owned).to_vec());
}

#[test]
fn a_shop_has_one_import_at_a_time() {
    let world = World::new();
    let (owner, other) = (world.user("ada").opens_shop("loft"), world.user("eve").opens_shop("other"));
    let file = format!("{HEADER}{}", products(0..1));
    let mut sql = world.sql();
    sql.run(format!("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('import {}', 0))", owner.schema()));
    owner.imports("", file.clone()).expect_problem(409, "import_running");
    other.imports("", file.clone()).expect(200);
    sql.run("COMMIT");
    owner.imports("", file).expect(200);
}

#[test]
fn orders_and_an_import_that_updates_what_they_buy_do_not_block_each_other_for_ever() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let file = format!("{HEADER}{}", products(0..60));
    owner.imports("", file.clone()).expect(200);
    let variants: Vec<String> =
        owner.all("/products?limit=100").iter().map(|product| variant(product, 0)).collect();
    let (done, tenancy, token) = (AtomicBool::new(false), &world.tenancy, &owner.token);
    let (variants, done) = (&variants, &done);
    thread::scope(|scope| {
        let buyer = scope.spawn(move || {
            let client = Client::untracked(rocket(tenancy.clone())).unwrap();
            let caller = Caller::new(&client, token.clone());
            for number in 0..10_000 {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let (one, other) = (&variants[number % 60], &variants[(number * 7 + 31) % 60]);
                let lines =
                    if one == other { vec![(one.as_str(), 1)] } else { vec![(one.as_str(), 1), (other, 1)] };
                let answer = caller.buys(&lines);
                assert!([201, 409].contains(&answer.status), "{answer}");
            }
        });
        for _ in 0..8 {
            let report = owner.imports("?on_conflict=update", file.clone()).expect(200);
            let both = report["updated"].as_u64().unwrap() + report["unchanged"].as_u64().unwrap();
            assert_eq!((both, &report["failed"]), (60, &json!(0)), "{report}");
        }
        done.store(true, Ordering::Relaxed);
        buyer.join().unwrap();
    });
    let schema = owner.schema();
    let wrong = format!(
        "{schema}.variants v WHERE stock <> (SELECT sum(delta) FROM {schema}.stock_movements WHERE variant_id = v.id)"
    );
    assert_eq!(world.sql().count(wrong), 0, "the movements add up to the stock");
}
