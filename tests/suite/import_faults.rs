//! Imports with faults: all or nothing, unless the client wants the valid part; each fault has its line and column.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::support::goods::each;
use crate::support::{Member, Tenants};

const IMPORT: &str = "/api/v1/products/import";

/// Two good products around two bad ones.
const MIXED: &str = "Handle,Title,Option1 Name,Option1 Value,SKU,Price,Image Src\n\
    good,Good,,,G,1,\n\
    priceless,Priceless,,,,a lot,\n\
    twice,Twice,Size,S,,2,\n\
    twice,,,S,,2,\n\
    fine,Fine,,,,4,https://i.example/1\n";

/// A shop with one product.
fn shop(tenants: &Tenants) -> Member<'_> {
    let owner = tenants.user("ada").opens_shop("loft");
    owner.post("/products", json!({ "title": "Earlier", "price": { "amount": 0 } })).expect(201);
    owner
}

fn titles(member: &Member<'_>) -> Vec<String> {
    each(&member.all("/products?sort=title"), "title")
}

/// The line, column and code of each fault, without its detail.
fn faults(errors: &Value) -> Vec<Value> {
    let place = |error: &Value| {
        assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{error}");
        json!([error["line"], error["column"], error["code"]])
    };
    errors.as_array().unwrap().iter().map(place).collect()
}

fn expected_faults() -> [Value; 2] {
    [json!([3, "Price", "invalid_price"]), json!([5, "Option1 Value", "duplicate_variant"])]
}

#[test]
fn one_fault_keeps_everything_out() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    for query in ["", "?partial=false", "?on_conflict=update"] {
        let problem = owner.imports(query, MIXED).expect_problem(422, "import_failed");
        assert_eq!(faults(&problem["errors"]), expected_faults(), "{problem}");
        assert_eq!(titles(&owner), ["Earlier"], "{query}");
    }
}

#[test]
fn what_is_good_comes_in_alone_when_told_so() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    for (query, expected) in
        [("?partial=true&dry_run=true", &["Earlier"][..]), ("?partial=true", &["Earlier", "Fine", "Good"])]
    {
        let report = owner.imports(query, MIXED).expect(200);
        assert_eq!((&report["created"], &report["skipped"]), (&json!(2), &json!(0)));
        assert_eq!(faults(&report["errors"]), expected_faults());
        assert_eq!(titles(&owner), expected, "{query}");
    }
}

#[test]
fn a_dry_run_answers_as_the_import_would_and_changes_nothing() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    for query in ["?dry_run=true", ""] {
        let problem = owner.imports(query, MIXED).expect_problem(422, "import_failed");
        assert_eq!(faults(&problem["errors"]), expected_faults(), "{query}");
        let report = &problem["report"];
        let counts = ["products_total", "created", "failed", "errors_total"]
            .map(|count| report[count].as_u64().unwrap());
        assert_eq!(counts, [4, 0, 2, 2], "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("2 of 4 products"), "{problem}");
    }
    assert_eq!(titles(&owner), ["Earlier"]);
}

#[test]
fn a_file_that_is_no_catalogue_is_refused() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    for (csv, code) in [
        (&b""[..], "wrong_header"),
        (b"\n", "wrong_header"),
        (b"{\"title\": \"A\"}", "wrong_header"),
        (b"Handle;Title;Variant Price\na;A;1\n", "wrong_header"),
        (b"Handle,Title,Variant Price\na,\xFF,1\n", "not_utf8"),
        (b"Handle,Title,Variant Price\na,\0,1\n", "nul_character"),
        (b"Handle,Title,Variant Price\na,\"A,1\n", "unclosed_quote"),
    ] {
        let problem = owner.imports("", csv).expect_problem(422, "import_failed");
        assert_eq!(problem["errors"][0]["code"], code, "{problem}");
    }
    for nothing in ["Handle,Title,Variant Price,Colour\n", "Handle,Title,Variant Price,Colour\n,,,\n"] {
        let report = owner.imports("", nothing).expect(200);
        assert_eq!((&report["products_total"], &report["created"]), (&json!(0), &json!(0)));
        assert_eq!(
            (&report["warnings"][0]["code"], &report["ignored_columns"]),
            (&json!("no_products"), &json!([]))
        );
    }
    assert_eq!(titles(&owner), ["Earlier"]);
}

#[test]
fn at_most_100_faults_are_reported() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    let rows: String = (0..150).map(|number| format!("h{number},T,x\n")).collect();
    let csv = format!("Handle,Title,Price\n{rows}last,Last,1\n");
    for query in ["", "?dry_run=true"] {
        let problem = owner.imports(query, csv.clone()).expect_problem(422, "import_failed");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 100);
        let report = &problem["report"];
        let counts =
            ["products_total", "failed", "errors_total"].map(|count| report[count].as_u64().unwrap());
        assert_eq!(counts, [151, 150, 150], "{query}");
    }
    for query in ["?dry_run=true&partial=true", "?partial=true"] {
        let report = owner.imports(query, csv.clone()).expect(200);
        let counts = ["products_total", "created", "failed", "errors_total"]
            .map(|count| report[count].as_u64().unwrap());
        assert_eq!((counts, report["errors"].as_array().unwrap().len()), ([151, 1, 150, 150], 100));
    }
}

#[test]
fn an_import_is_csv_with_known_parameters() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    let csv = "Handle,Title,Variant Price\na,A,1\n";
    for content_type in [ContentType::JSON, ContentType::Plain, ContentType::Binary] {
        let body = Some((content_type, csv.as_bytes().to_vec()));
        owner.raw(Method::Post, IMPORT, &[], body).expect_problem(415, "unsupported_media_type");
    }
    let bare = Some((ContentType::CSV.with_params(("charset", "utf-8")), csv.as_bytes().to_vec()));
    owner.raw(Method::Post, &format!("{IMPORT}?dry_run=true"), &[], bare).expect(200);
    for query in
        ["?dryrun=true", "?on_conflict=replace", "?dry_run=yes", "?partial=", "?partial=true&partial=true"]
    {
        owner.imports(query, csv).expect_problem(422, "invalid_parameter");
    }
    let customer = owner.joined_by("cleo", "customer");
    customer.imports("", csv).expect_problem(403, "forbidden");
    owner.joined_by("sam", "staff").imports("?dry_run=true", csv).expect(200);
    assert_eq!(titles(&owner), ["Earlier"]);
}

#[test]
fn a_file_over_64_mib_is_too_large() {
    let tenants = Tenants::new();
    let owner = shop(&tenants);
    let mut csv = b"Handle,Title,Variant Price\na,A,1\n".to_vec();
    csv.resize((64 << 20) + 1, b'\n');
    owner.imports("", csv).expect_problem(413, "body_too_large");
    assert_eq!(titles(&owner), ["Earlier"]);
}
