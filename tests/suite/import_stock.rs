//! Stock by itself: Shopify's second file, with a row for each variant and location.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::support::goods::variant;
use crate::support::{Answer, Member, Tenants};

const PRODUCTS: &str = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Price\n\
    tea,Tea,Size,S,T-S,shopify,4\ntea,,,L,T-L,shopify,6\nmug,Mug,Title,Default Title,,shopify,9\n";
const HEADER: &str = "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,Location,Unavailable,On hand\n";
const STOCK: &str = "tea,Other title,Size,S,T-S,,Shop,1,4\ntea,Other title,Size,L,,,Shop,0,not stocked\n\
    mug,Mug,Title,Default Title,,,Shop,0,-1\ntea,Other title,Size,S,T-S,,Warehouse,0,20\n\
    tea,Other title,Size,L,,,Warehouse,0,5.0\nmug,Mug,Title,Default Title,,,Warehouse,0,3\n";

fn sends(owner: &Member<'_>, query: &str, rows: &str) -> Answer {
    let body = Some((ContentType::CSV, format!("{HEADER}{rows}").into_bytes()));
    owner.raw(Method::Post, &format!("/api/v1/stock/import{query}"), &[], body)
}

fn shop(tenants: &Tenants) -> Member<'_> {
    let owner = tenants.user("ada").opens_shop("loft");
    owner.imports("", PRODUCTS).expect(200);
    owner
}

fn stock(owner: &Member<'_>) -> Vec<i64> {
    let products = owner.all("/products?sort=title");
    let variants = products.iter().flat_map(|product| product["variants"].as_array().unwrap());
    variants.map(|variant| variant["stock"].as_i64().unwrap()).collect()
}

fn counts(report: &Value) -> [u64; 5] {
    ["products_total", "created", "updated", "unchanged", "failed"].map(|name| report[name].as_u64().unwrap())
}

#[test]
fn the_stock_is_the_sum_of_all_locations_and_nothing_else_changes() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    let before = owner.all("/products?sort=title");
    assert_eq!(counts(&sends(&owner, "?dry_run=true", STOCK).expect(200)), [2, 0, 2, 0, 0]);
    assert_eq!(stock(&owner), [0, 0, 0]);
    let report = sends(&owner, "", STOCK).expect(200);
    assert_eq!((counts(&report), &report["ignored_columns"]), ([2, 0, 2, 0, 0], &json!(["Unavailable"])));
    assert_eq!(stock(&owner), [2, 24, 5]);
    let mut after = owner.all("/products?sort=title");
    for (after, before) in after.iter_mut().zip(&before) {
        after["updated_at"] = before["updated_at"].clone();
        for variant in after["variants"].as_array_mut().unwrap() {
            variant["stock"] = json!(0);
        }
    }
    assert_eq!(after, before);
    assert_eq!(counts(&sends(&owner, "", STOCK).expect(200)), [2, 0, 0, 2, 0]);
    let movements = owner.movements(&variant(&before[1], 0));
    assert_eq!(
        (movements.len(), &movements[0]["delta"], &movements[0]["reason"]),
        (1, &json!(24), &json!("import"))
    );
}

#[test]
fn what_the_shop_does_not_have_is_an_error() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    let rows =
        format!("{STOCK}hat,Hat,Title,Default Title,,,Shop,0,1\ntea,Other title,Size,XL,T-XL,,Shop,0,1\n");
    let problem = sends(&owner, "", &rows).expect_problem(422, "import_failed");
    let codes: Vec<&Value> =
        problem["errors"].as_array().unwrap().iter().map(|error| &error["code"]).collect();
    assert_eq!(codes, ["unknown_product", "unknown_variant"], "{problem}");
    assert_eq!(stock(&owner), [0, 0, 0]);
    let report = sends(&owner, "?partial=true", &rows).expect(200);
    assert_eq!(
        (counts(&report), stock(&owner)),
        ([3, 0, 1, 0, 2], vec![2, 0, 0]),
        "a product whole, or not at all"
    );
    let products = Some((ContentType::CSV, PRODUCTS.as_bytes().to_vec()));
    let problem =
        owner.raw(Method::Post, "/api/v1/stock/import", &[], products).expect_problem(422, "import_failed");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("\"On hand\" is missing"), "{problem}");
}

#[test]
fn a_variant_is_known_by_its_sku_where_the_values_are_others() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    let rows = "tea,Tea,Size,Small,T-S,,Shop,0,3\ntea,Tea,Size,Large,T-L,,Shop,0,4\n";
    sends(&owner, "", rows).expect(200);
    assert_eq!(stock(&owner), [0, 3, 4]);
}
