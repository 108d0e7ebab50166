//! What an import reports: where an error is, which columns are lost, and which other file a file is.

use rocket::http::{ContentType, Method};
use serde_json::json;

use crate::support::Tenants;

#[test]
fn an_error_is_found_in_a_spreadsheet() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let file = "Handle,Title,Body (HTML),Variant Price\n\
        a,A,\"<p>one</p>\n<p>two</p>\n\",1\n\nb,B,,free\nc,C,\"say \\\"hi\\\" there\",1\n";
    let problem = owner.imports("", file).expect_problem(422, "import_failed");
    let error = &problem["errors"][0];
    let place = ["line", "row", "handle", "column", "value", "code"].map(|field| error[field].clone());
    let expected =
        [json!(6), json!(4), json!("b"), json!("Variant Price"), json!("free"), json!("invalid_price")];
    assert_eq!(place, expected, "{problem}");
    let report = owner.imports("?partial=true", file).expect(200);
    let totals = ["products_total", "created", "failed", "errors_total", "warnings_total"];
    assert_eq!(totals.map(|name| report[name].as_u64().unwrap()), [3, 2, 1, 1, 1]);
    let warning = &report["warnings"][0];
    assert_eq!((&warning["code"], &warning["row"]), (&json!("stray_quote"), &json!(5)));
}

#[test]
fn each_product_is_counted_once() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let header = "Handle,Title,Variant Price\n";
    owner.imports("", format!("{header}a,A,1\nb,B,1\n")).expect(200);
    let file = format!("{header}a,A,1\nb,B,2\nc,C,1\nd,D,x\n");
    for query in ["?partial=true&on_conflict=update&dry_run=true", "?partial=true&on_conflict=update"] {
        let report = owner.imports(query, file.clone()).expect(200);
        let counts = ["products_total", "created", "updated", "unchanged", "skipped", "failed"];
        assert_eq!(counts.map(|name| report[name].as_u64().unwrap()), [4, 1, 1, 1, 0, 1], "{query}");
    }
    assert_eq!(owner.imports("", format!("{header}a,A,1\n")).expect(200)["skipped"], 1);
}

#[test]
fn columns_that_hold_something_are_told_and_those_that_matter_come_first() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let file = "Handle,Title,SEO Title,SEO Description,Colour (product.metafields.a.b),Price / EU,Variant Taxable,\
        Variant Requires Shipping,Variant Weight Unit,Cost per item,Variant Image,Gift Card,Variant Fulfillment Service,Variant Price\n\
        a,A,Best A,,red,2,true,true,kg,1,https://i.example/1,false,manual,1\nb,B,,,,,true,false,kg,,,false,manual,1\n";
    let report = owner.imports("?dry_run=true", file).expect(200);
    let expected = [
        "Variant Image",
        "Cost per item",
        "Variant Requires Shipping",
        "Price / EU",
        "Colour (product.metafields.a.b)",
        "SEO Title",
    ];
    assert_eq!(report["ignored_columns"], json!(expected));
}

#[test]
fn another_file_is_named_in_the_refusal() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    owner.imports("", "Handle,Title,Variant Price\na,A,1\n").expect(200);
    let wide: Vec<u8> = "\u{feff}Handle\tTitle".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (file, name) in [
        (
            &b"Handle,Title,Option1 Name,Option1 Value,SKU,Location,On hand\na,A,,,,Shop,3\n"[..],
            "export of stock",
        ),
        (b"Name,Email,Financial Status,Lineitem name,Lineitem price\n", "export of orders"),
        (b"Customer ID,First Name,Last Name,Email,Accepts Email Marketing\n", "export of customers"),
        (b"ID;Type;SKU;Name;Published;Regular price\n", "semicolons"),
        (b"Handle;Title;Variant Price\na;A;1\n", "semicolons"),
        (b"Handle\tTitle\tVariant Price\na\tA\t1\n", "tabs"),
        (&wide, "UTF-16"),
        (b"Name,Price\n", "\"Title\" is missing"),
    ] {
        for query in ["", "?on_conflict=update"] {
            let problem = owner.imports(query, file).expect_problem(422, "import_failed");
            let detail = problem["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.contains(name), "{detail}");
        }
    }
    let latin = ContentType::new("text", "csv").with_params(("charset", "iso-8859-1"));
    let body = Some((latin, b"Handle,Title,Variant Price\n".to_vec()));
    owner
        .raw(Method::Post, "/api/v1/products/import", &[], body)
        .expect_problem(415, "unsupported_media_type");
}
