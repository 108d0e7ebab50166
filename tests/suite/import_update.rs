//! Updates by files that do not have everything: what a file does not mention stays.

use serde_json::{Value, json};

use crate::export::export;
use crate::support::goods::{each, variant};
use crate::support::{Member, Tenants};

const UPDATE: &str = "?on_conflict=update";

const FULL: &str = "Handle,Title,Body (HTML),Vendor,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Grams,\
    Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Status\n\
    tea,Tea,<p>Good</p>,Leafs,a,Size,S,T-S,100,shopify,7,4.00,5.00,https://x.example/1.jpg,draft\n\
    tea,,,,,,L,T-L,200,shopify,9,6.00,7.00,,\n";

fn shop_with<'w>(tenants: &'w Tenants, file: &str) -> Member<'w> {
    let owner = tenants.user("ada").opens_shop("loft");
    owner.imports("", file).expect(200);
    owner
}

fn only(owner: &Member<'_>) -> Value {
    let mut product = owner.all("/products?").remove(0);
    product.as_object_mut().unwrap().remove("updated_at");
    product
}

fn counts(report: &Value) -> [u64; 4] {
    ["updated", "unchanged", "variants_removed", "images_removed"].map(|name| report[name].as_u64().unwrap())
}

#[test]
fn a_price_list_changes_prices_alone() {
    let tenants = Tenants::new();
    let owner = shop_with(&tenants, FULL);
    let mut expected = only(&owner);
    for (index, amount) in [450, 650].into_iter().enumerate() {
        expected["variants"][index]["price"]["amount"] = json!(amount);
    }
    for prices in [
        "Handle,Title,Option1 Name,Option1 Value,Variant Price\ntea,Tea,Size,S,4.50\ntea,,,L,6.50\n",
        "Handle,Title,Option1 Value,Variant Price\ntea,Tea,L,6.50\ntea,,S,4.50\n",
        "Handle,Title,Variant SKU,Variant Price\ntea,Tea,T-S,4.50\ntea,,T-L,6.50\n",
    ] {
        owner.imports(UPDATE, FULL).expect(200);
        let report = owner.imports(UPDATE, prices).expect(200);
        assert_eq!((counts(&report), &report["warnings"]), ([1, 0, 0, 0], &json!([])), "{report}");
        let mut read = only(&owner);
        if prices.contains("tea,Tea,L") {
            // The file names all of them, so its order holds.
            read["variants"].as_array_mut().unwrap().reverse();
            for (index, variant) in read["variants"].as_array_mut().unwrap().iter_mut().enumerate() {
                variant["position"] = json!(index + 1);
            }
        }
        assert_eq!(read, expected, "{prices}");
        assert_eq!(counts(&owner.imports(UPDATE, prices).expect(200)), [0, 1, 0, 0], "{prices}");
    }
}

#[test]
fn a_blank_cell_overwrites_what_can_be_blank() {
    let tenants = Tenants::new();
    let owner = shop_with(&tenants, FULL);
    let before = only(&owner);
    let blank = FULL
        .replace("<p>Good</p>,Leafs,a,", ",,,")
        .replace("T-S,100,shopify,7,4.00,5.00,https://x.example/1.jpg,draft", ",,,,,,,");
    let report = owner.imports(UPDATE, blank).expect(200);
    assert_eq!(counts(&report), [1, 0, 0, 1]);
    assert_eq!(
        (&report["warnings_total"], &report["warnings"][0]["code"]),
        (&json!(1), &json!("missing_price"))
    );
    let mut expected = before.clone();
    for (field, value) in
        [("description", json!("")), ("vendor", json!("")), ("tags", json!([])), ("images", json!([]))]
    {
        expected[field] = value;
    }
    for (field, value) in [
        ("sku", json!(null)),
        ("grams", json!(0)),
        ("track_stock", json!(false)),
        ("compare_at_price", json!(null)),
    ] {
        expected["variants"][0][field] = value;
    }
    assert_eq!(only(&owner), expected, "a price and a status cannot be blank");
}

#[test]
fn variants_that_the_file_does_not_name_stay_unless_told() {
    let tenants = Tenants::new();
    let owner = shop_with(&tenants, FULL);
    let [small, large] = [0, 1].map(|index| variant(&only(&owner), index));
    let file = "Handle,Title,Option1 Name,Option1 Value,Variant Price\ntea,Tea,size,M,5\ntea,Tea,,L,8\n";
    let report = owner.imports(UPDATE, file).expect(200);
    assert_eq!(counts(&report), [1, 0, 0, 0]);
    let tea = only(&owner);
    let titles = each(tea["variants"].as_array().unwrap(), "title");
    assert_eq!(titles, ["S", "L", "M"], "in the present order, new ones last");
    assert_eq!([variant(&tea, 0), variant(&tea, 1)], [small, large.clone()]);

    for query in ["&variants=replace&dry_run=true", "&variants=replace"] {
        let report = owner.imports(&format!("{UPDATE}{query}"), file).expect(200);
        assert_eq!(counts(&report), [1, 0, 1, 0], "{query}");
    }
    let tea = only(&owner);
    assert_eq!(each(tea["variants"].as_array().unwrap(), "title"), ["M", "L"]);
    assert_eq!(variant(&tea, 1), large);
}

#[test]
fn a_row_that_does_not_say_which_variant_it_means_is_refused() {
    let tenants = Tenants::new();
    let owner = shop_with(&tenants, FULL);
    let before = only(&owner);
    for (file, code, row) in [
        ("Handle,Title,Variant Price\ntea,Tea,4.50\n", "ambiguous_variant", 2),
        ("Handle,Title,Variant SKU,Variant Price\ntea,Tea,T-L,6\ntea,,T-XL,7\n", "ambiguous_variant", 3),
        (
            "Handle,Title,Option1 Value,Option2 Value,Variant Price\ntea,Tea,S,Green,1\n",
            "missing_option_name",
            2,
        ),
        (
            "Handle,Title,Option1 Name,Option1 Value,Variant Price\ntea,Tea,Title,Default Title,1\n",
            "options_differ",
            2,
        ),
        ("Handle,Title,Option1 Value,Variant SKU\ntea,Tea,S,A\ntea,,XL,B\n", "duplicate_variant", 3),
    ] {
        let answer = owner.imports(UPDATE, file);
        if code == "duplicate_variant" {
            // A new variant of a draft needs no price.
            assert_eq!(answer.expect(200)["warnings"][0]["code"], "missing_price");
            continue;
        }
        let problem = answer.expect_problem(422, "import_failed");
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["code"], &error["row"], &error["handle"]),
            (&json!(code), &json!(row), &json!("tea")),
            "{problem}"
        );
        assert_eq!(only(&owner), before, "{file}");
    }
    // One that is sold does.
    owner.imports(UPDATE, FULL.replace(",draft", ",active")).expect(200);
    let problem = owner
        .imports(UPDATE, "Handle,Title,Option1 Value\ntea,Tea,XXL\n")
        .expect_problem(422, "import_failed");
    assert_eq!(problem["errors"][0]["code"], "missing_price");
    let alone = "Handle,Title,Vendor,Image Position\ntea,Earl Grey,Leaves,4\n";
    let report = owner.imports(UPDATE, alone).expect(200);
    assert_eq!(report["ignored_columns"], json!(["Image Position"]), "without addresses it says nothing");
    let tea = only(&owner);
    assert_eq!(
        (&tea["title"], &tea["vendor"], &tea["status"]),
        (&json!("Earl Grey"), &json!("Leaves"), &json!("active"))
    );
}

#[test]
fn an_old_file_sets_stock_back_only_with_a_word_and_may_keep_it() {
    let tenants = Tenants::new();
    let owner = shop_with(&tenants, &FULL.replace(",draft", ",active"));
    let small = variant(&only(&owner), 0);
    owner.buys(&[(&small, 3)]).expect(201);
    let file = FULL.replace(",draft", ",active").replace("T-L", "T-LL");
    let report = owner.imports("?on_conflict=update&stock=keep", file.clone()).expect(200);
    assert_eq!((counts(&report), &report["warnings"]), ([1, 0, 0, 0], &json!([])));
    assert_eq!(only(&owner)["variants"][0]["stock"], 4);
    for query in ["?on_conflict=update&dry_run=true", UPDATE] {
        let report = owner.imports(query, file.clone()).expect(200);
        let warning = &report["warnings"][0];
        let place = ["code", "handle", "row", "column"].map(|name| warning[name].clone());
        assert_eq!(place, [json!("sold_since_set"), json!("tea"), json!(2), json!("Variant Inventory Qty")]);
        assert!(warning["detail"].as_str().unwrap().starts_with("3 were sold"), "{warning}");
    }
    assert_eq!(only(&owner)["variants"][0]["stock"], 7);
    assert_eq!(owner.imports(UPDATE, file).expect(200)["warnings"], json!([]));
}

#[test]
fn what_is_as_in_the_file_is_not_written() {
    let tenants = Tenants::new();
    let owner = shop_with(&tenants, FULL);
    let product = owner.all("/products?").remove(0);
    let path = format!("/products/{}", product["id"].as_str().unwrap());
    let tag = owner.get(&path).header("ETag").unwrap().to_owned();
    for file in [FULL.to_owned(), export(&owner).body] {
        for query in
            ["?on_conflict=update", "?on_conflict=update&partial=true", "?on_conflict=update&dry_run=true"]
        {
            assert_eq!(counts(&owner.imports(query, file.clone()).expect(200)), [0, 1, 0, 0], "{query}");
        }
    }
    let again = owner.get(&path);
    assert_eq!((again.expect(200), again.header("ETag")), (product, Some(tag.as_str())));
}
