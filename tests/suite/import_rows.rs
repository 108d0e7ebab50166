//! The rows of products: in any order, short or long, and with odd handles.

use serde_json::{Value, json};

use crate::export::catalogue;
use crate::outside::setting;
use crate::outside_steps::Random;
use crate::support::Tenants;
use crate::support::goods::each;

const HEADER: &str = "Handle,Title,Option1 Name,Option1 Value,Variant Price\n";

fn titles(product: &Value) -> Vec<String> {
    each(product["variants"].as_array().unwrap(), "title")
}

#[test]
fn rows_of_a_product_that_stand_apart_are_gathered() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    owner.imports("", format!("{HEADER}a,A,Size,S,1\na,,,M,2\na,,,L,3\n")).expect(200);
    let apart = format!("{HEADER}a,A,Size,S,5\nb,B,Title,Default Title,2\na,,,M,6\na,,,L,7\n");
    for query in ["?partial=true&on_conflict=update", "?on_conflict=update&variants=replace"] {
        let report = owner.imports(query, apart.clone()).expect(200);
        assert_eq!((&report["failed"], &report["variants_removed"]), (&json!(0), &json!(0)), "{report}");
        let products = owner.all("/products?sort=title");
        assert_eq!((products.len(), titles(&products[0])), (2, vec!["S".to_owned(), "M".into(), "L".into()]));
        assert_eq!(products[0]["variants"][2]["price"]["amount"], 700);
    }
}

#[test]
fn a_product_with_a_fault_anywhere_is_left_alone_with_one_error() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    owner.imports("", format!("{HEADER}a,A,Size,S,1\na,,,M,2\n")).expect(200);
    let before = owner.all("/products?");
    let file = format!("{HEADER}a,A,Size,S,5\nb,B,Title,Default Title,2\na,,,M,x\na,,,L,y\nc,C,,,z\n");
    for query in ["?partial=true&on_conflict=update&dry_run=true", "?partial=true&on_conflict=update"] {
        let report = owner.imports(query, file.clone()).expect(200);
        let counts = ["products_total", "created", "updated", "failed", "errors_total"]
            .map(|name| report[name].clone());
        assert_eq!(counts, [3, 1, 0, 2, 2].map(|count| json!(count)), "{report}");
        let place = |error: &Value| json!([error["handle"], error["row"], error["value"], error["code"]]);
        let errors: Vec<Value> = report["errors"].as_array().unwrap().iter().map(place).collect();
        assert_eq!(errors, [json!(["a", 4, "x", "invalid_price"]), json!(["c", 6, "z", "invalid_price"])]);
    }
    assert_eq!(owner.all("/products?sort=title")[..1], before);
    let problem = owner.imports("?on_conflict=update", file).expect_problem(422, "import_failed");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "all of them, where all must be mended");
}

/// `ROWS_CASES` is the number of orders, `ROWS_SEED` the seed of the first.
#[test]
fn the_order_of_rows_changes_the_order_of_products_and_variants_alone() {
    let tenants = Tenants::new();
    let first = setting("ROWS_SEED").unwrap_or(1);
    let file = include_str!("../../examples/data/home-and-garden.csv");
    let (header, rows) = file.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let sorted = |mut products: Vec<Value>| {
        for product in &mut products {
            let variants = product["variants"].as_array_mut().unwrap();
            for variant in variants.iter_mut() {
                variant["position"] = json!(0);
            }
            variants.sort_by_key(ToString::to_string);
        }
        products.sort_by_key(|product| product["handle"].to_string());
        products
    };
    let owner = tenants.user("ada").opens_shop("loft");
    owner.imports("", file).expect(200);
    let expected = sorted(catalogue(&owner));
    for seed in first..first + setting("ROWS_CASES").unwrap_or(6) {
        println!("ROWS_SEED={seed} ROWS_CASES=1");
        let mut random = Random::new(seed);
        let mut rows = rows.clone();
        for index in (1..rows.len()).rev() {
            rows.swap(index, random.below(index + 1));
        }
        let shop = tenants.user(&format!("ada{seed}")).opens_shop(&format!("shop-{seed}"));
        let report = shop.imports("", format!("{header}\n{}\n", rows.join("\n"))).expect(200);
        assert_eq!(report["created"], 20, "{report}");
        assert_eq!(sorted(catalogue(&shop)), expected);
    }
}

#[test]
fn rows_may_be_shorter_or_longer_than_the_header_by_blank_cells() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let file = "Handle,Title,Variant Price,Status\na,A,1,active,\nb,B,1\nc,C\n";
    let report = owner.imports("", file).expect(200);
    assert_eq!(report["created"], 3, "{report}");
    let statuses = each(&owner.all("/products?sort=title"), "status");
    assert_eq!(statuses, ["active", "active", "draft"], "without a price it is a draft");
    let problem = owner.imports("", format!("{file}d,D,1,active,x\n")).expect_problem(422, "import_failed");
    assert_eq!(
        (&problem["errors"][0]["code"], &problem["errors"][0]["value"]),
        (&json!("ragged_row"), &json!("x"))
    );
}

#[test]
fn handles_that_are_none_here_are_made_the_same_each_time() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let file = "Handle,Title,Variant Price\nice™-box,Ice,1\n❄️-cool™,Cool,2\nhoney-(forest),Honey,3\nblue shirt,Shirt,4\n";
    let report = owner.imports("", file).expect(200);
    assert_eq!((&report["created"], &report["warnings_total"]), (&json!(4), &json!(4)), "{report}");
    let warning = &report["warnings"][0];
    assert_eq!(
        (&warning["code"], &warning["value"], &warning["handle"]),
        (&json!("odd_handle"), &json!("ice™-box"), &json!("icetm-box"))
    );
    let handles = each(&owner.all("/products?sort=title"), "handle");
    assert_eq!(handles, ["cooltm", "honey-forest", "icetm-box", "blue-shirt"]);
    assert_eq!(owner.imports("?on_conflict=update", file).expect(200)["unchanged"], 4);
    let problem = owner
        .imports("", "Handle,Title,Variant Price\na.b,A,1\na-b,A,1\n")
        .expect_problem(422, "import_failed");
    assert_eq!(problem["errors"][0]["code"], "duplicate_handle");
}

#[test]
fn a_file_of_new_products_needs_titles_alone() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let file =
        "Title,Variant Price,Image Src\nBlue Shirt,1,https://i.example/1\n,,https://i.example/2\nMug,2,\n";
    assert_eq!(owner.imports("", file).expect(200)["created"], 2);
    let products = owner.all("/products?sort=title");
    assert_eq!(each(&products, "handle"), ["blue-shirt", "mug"]);
    assert_eq!(products[0]["images"].as_array().unwrap().len(), 2);
    assert_eq!(owner.imports("", file).expect(200)["skipped"], 2);
    let problem = owner.imports("?on_conflict=update", file).expect_problem(422, "import_failed");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("\"Handle\" is missing"), "{problem}");
    let report = owner.imports("", "Handle,Title\nhat,Hat\n").expect(200);
    assert_eq!(report["warnings"][0]["code"], "missing_price");
    let hat = &owner.all("/products?q=hat")[0];
    assert_eq!((&hat["status"], &hat["variants"][0]["price"]["amount"]), (&json!("draft"), &json!(0)));
    let again = owner.imports("?on_conflict=update", "Handle,Title,Status\nhat,Hat,active\n").expect(200);
    assert_eq!((&again["unchanged"], &again["warnings"][0]["code"]), (&json!(1), &json!("missing_price")));
}
