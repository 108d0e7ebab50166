//! States that Shopify allows and exports: they are taken as they are, or told.

use serde_json::{Value, json};

use crate::support::goods::each;
use crate::support::{Tenants, World};

fn codes(list: &Value) -> Vec<String> {
    each(list.as_array().unwrap(), "code")
}

#[test]
fn nothing_is_more_public_than_it_was() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let file = "Handle,Title,Published,Status,Gift Card,Variant Fulfillment Service,Variant Price\n\
        frame,Frame,FALSE,active,false,manual,1\nlink,Link,TRUE,unlisted,false,manual,2\n\
        gift,Gift,TRUE,active,TRUE,gift_card,3\ncard,Card,true,active,,gift_card,3\nold,Old,no,,,manual,4\n\
        sold,Sold,yes,active,false,manual,5\nnew,New,TRUE,draft,false,manual,6\n";
    let report = owner.imports("", file).expect(200);
    assert_eq!((&report["created"], &report["ignored_columns"]), (&json!(7), &json!([])), "{report}");
    assert_eq!(
        codes(&report["warnings"]),
        ["unpublished", "unlisted", "gift_card", "gift_card", "unpublished"]
    );
    assert_eq!(report["warnings"][0]["value"], "FALSE");
    let shown = |path: &str| each(&owner.all(path), "handle");
    assert_eq!(shown("/products?status=active"), ["sold"]);
    assert_eq!(shown("/storefront/loft/products?"), ["sold"]);
    assert_eq!(owner.imports("?on_conflict=update", file).expect(200)["unchanged"], 7);

    // What the shop shows stays as it is, until a file hides it.
    owner
        .imports("?on_conflict=update", "Handle,Title,Published\nnew,New,TRUE\nsold,Sold,TRUE\n")
        .expect(200);
    assert_eq!(shown("/products?status=active"), ["sold"]);
    owner.imports("?on_conflict=update", "Handle,Title,Published\nsold,Sold,FALSE\n").expect(200);
    assert!(shown("/products?status=active").is_empty());
}

#[test]
fn a_file_without_quantities_says_so_and_keeps_stock() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let file = "Handle,Title,Variant Inventory Tracker,Variant Inventory Policy,Variant Price\n\
        tea,Tea,shopify,deny,4.00\nmug,Mug,,deny,4.00\n";
    for query in ["?dry_run=true", ""] {
        let report = owner.imports(query, file).expect(200);
        assert_eq!(codes(&report["warnings"]), ["no_quantities"]);
        let detail = report["warnings"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("1 tracked variants start at 0"), "{detail}");
    }
    let with = "Handle,Title,Variant Inventory Tracker,Variant Inventory Qty,Variant Price\ntea,Tea,shopify,7,4.00\n";
    owner.imports("?on_conflict=update", with).expect(200);
    let report = owner.imports("?on_conflict=update", file).expect(200);
    assert_eq!((&report["unchanged"], &report["warnings"]), (&json!(2), &json!([])));
    let stock = |product: &Value| product["variants"][0]["stock"].clone();
    assert_eq!(
        owner.all("/products?sort=-title").iter().map(stock).collect::<Vec<_>>(),
        [json!(7), json!(0)]
    );
}

#[test]
fn numbers_are_read_where_there_is_one_way_to_read_them() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let file = "Handle,Title,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price\n\
        a,A,shopify,-2,deny,\"1,234.50\"\nb,B,shopify,5.0,deny,12\n";
    assert_eq!(owner.imports("", file).expect(200)["warnings"], json!([]));
    let read =
        |product: &Value| json!([product["variants"][0]["stock"], product["variants"][0]["price"]["amount"]]);
    let products = owner.all("/products?sort=title");
    assert_eq!(products.iter().map(read).collect::<Vec<_>>(), [json!([-2, 123_450]), json!([5, 1200])]);
    for (price, advice) in [
        ("12783,30", "write 12783.30, with a point"),
        ("$12.50", "write 12.50, with a point and no currency sign"),
        ("1,000", "write 1000 or 1.000"),
        ("12.505", "more decimal digits"),
    ] {
        let problem = owner
            .imports("", format!("Handle,Title,Variant Price\na,A,\"{price}\"\n"))
            .expect_problem(422, "import_failed");
        let error = &problem["errors"][0];
        assert_eq!((&error["value"], &error["code"]), (&json!(price), &json!("invalid_price")));
        assert!(error["detail"].as_str().unwrap().contains(advice), "{error}");
    }
}

#[test]
fn an_image_without_an_address_is_left_out_with_a_warning() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let file = "Handle,Title,Variant Price,Image Src,Image Alt Text\n\
        a,A,1,//cdn.example/x.jpg,\na,,,https://x.example/a b.jpg,first\na,,,a.jpg,\na,,,C:\\1.jpg,\n\
        a,,,https://x.example/a%20b.jpg,second\n";
    let report = owner.imports("", file).expect(200);
    assert_eq!(codes(&report["warnings"]), ["invalid_url", "invalid_url", "repeated_image"], "{report}");
    let urls = |product: &Value| each(product["images"].as_array().unwrap(), "url");
    let product = owner.all("/products?").remove(0);
    assert_eq!(urls(&product), ["https://cdn.example/x.jpg", "https://x.example/a%20b.jpg"]);
    // It may be one of those that are there, which is not known.
    let report = owner.imports("?on_conflict=update", "Handle,Title,Image Src\na,A,x.jpg\n").expect(200);
    assert_eq!((&report["unchanged"], &report["images_removed"]), (&json!(1), &json!(0)));
    let report =
        owner.imports("?on_conflict=update", "Handle,Title,Image Src\na,A,//cdn.example/x.jpg\n").expect(200);
    assert_eq!(report["images_removed"], 1);
    assert_eq!(urls(&owner.all("/products?")[0]), ["https://cdn.example/x.jpg"]);
}

#[test]
fn the_case_of_option_names_says_nothing() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let header = "Handle,Title,Option1 Name,Option1 Value,Variant Price\n";
    owner.imports("", format!("{header}a,A,Size,S,1\na,,size,M,2\na,A,SIZE,L,2\n")).expect(200);
    assert_eq!(owner.all("/products?")[0]["options"], json!(["Size"]));
    let twice = format!("{header}b,B,Title,Default Title,1\nb,B,Title,Default Title,1\n");
    let problem = owner.imports("", twice).expect_problem(422, "import_failed");
    assert_eq!(problem["errors"][0]["code"], "duplicate_variant");
}
