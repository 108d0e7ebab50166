//! Files as Shopify exports them, and files that are wrong, as they are read.

use std::io::Cursor;

use crate::commerce::import::plan::{Plan, Planner};
use crate::commerce::import::report::Rules;

use super::*;

/// As Shopify exports it, shortened by the columns that are never filled.
const APPAREL: &str = "\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,\
Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Fulfillment Service,\
Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Gift Card
ocean-blue-shirt,Ocean Blue Shirt,\"Ocean blue, \"\"narrow\"\" collar\",partners-demo,,men,true,Title,Default Title,,0,\
,1,deny,manual,50,,,https://burst.example/young-man_925x.jpg,1,,false
classic-varsity-top,Classic Varsity Top,Casual.,partners-demo,,women,true,Size,Small,,0,\
,1,deny,manual,60,,,https://burst.example/woman_925x.jpg,1,,false
classic-varsity-top,,,,,,,,Medium,,0,,1,deny,manual,60,,,,,,
classic-varsity-top,,,,,,,,Large,,0,,1,deny,manual,60,75.5,,,,,
";

/// The same with the names that Shopify gives the columns now.
const RENAMED: &str = "\
Title,URL handle,Description,Vendor,Type,Tags,Published on online store,Status,SKU,Barcode,Option1 name,\
Option1 value,Option1 Linked To,Price,Compare-at price,Inventory tracker,Inventory quantity,\
Continue selling when out of stock,Weight value (grams),Product image URL,Image position,Image alt text
Pot,clay-pot,<p>Pot</p>,Clay & Co,Garden,\"Pot, Plants\",TRUE,Active,'001,'4006381333931,Size,S,,9.99,12,\
shopify,-2,CONTINUE,453.592,https://a.example/1.jpg,1,A pot
,clay-pot,,,,,,,,,,L,,15.99,,shopify,,DENY,,https://a.example/2.jpg,2,
";

/// Reads the products of a file, and plans them as new ones.
pub(in crate::commerce::import) fn read(csv: impl AsRef<[u8]>, currency: &str) -> Vec<Result<Plan, Faults>> {
    let reader = open(csv, currency).unwrap();
    let header = Arc::clone(&reader.known().header);
    let planner = Planner { header: &header, rules: Rules::default() };
    reader.map(|product| product.and_then(|imported| planner.plan(imported, None).unwrap())).collect()
}

fn open(csv: impl AsRef<[u8]>, currency: &str) -> Result<ShopifyReader<Cursor<Vec<u8>>>, Fault> {
    ShopifyReader::new(Cursor::new(csv.as_ref().to_vec()), currency.parse().unwrap(), FileOf::Products, false)
}

fn drafts(csv: impl AsRef<[u8]>) -> Vec<Plan> {
    read(csv, "USD").into_iter().map(Result::unwrap).collect()
}

/// Each item: the handle of a product, or the lines and codes of its faults.
fn outcomes(csv: impl AsRef<[u8]>) -> Vec<String> {
    let summary = |item: Result<Plan, Faults>| match item {
        Ok(plan) => plan.handle,
        Err(faults) => {
            let kept = faults.kept.iter();
            kept.map(|fault| format!("{} {}", fault.line, fault.code)).collect::<Vec<_>>().join(", ")
        }
    };
    read(csv, "USD").into_iter().map(summary).collect()
}

#[test]
fn an_export_is_read() {
    let products = drafts(APPAREL);
    let shirt = &products[0].draft;
    assert_eq!(shirt.description, "Ocean blue, \"narrow\" collar");
    assert_eq!((shirt.options.len(), shirt.variants.len(), shirt.images.len()), (0, 1, 1));
    assert_eq!(shirt.variants[0].price, 5000);
    assert_eq!((shirt.variants[0].track_stock, shirt.variants[0].stock), (Some(false), Some(1)));
    let top = &products[1].draft;
    assert_eq!(top.options, ["Size"]);
    let values: Vec<_> = top.variants.iter().map(|variant| variant.options.join("/")).collect();
    assert_eq!(values, ["Small", "Medium", "Large"]);
    assert_eq!(top.variants[2].compare_at_price, Some(7550));
    assert_eq!(top.images.len(), 1);
}

#[test]
fn renamed_columns_mean_the_same() {
    let products = drafts(RENAMED);
    let [Plan { draft, .. }] = products.as_slice() else { panic!("{products:?}") };
    assert_eq!((draft.vendor.as_str(), draft.product_type.as_str()), ("Clay & Co", "Garden"));
    assert_eq!(draft.tags, ["Pot", "Plants"]);
    let [small, large] = draft.variants.as_slice() else { panic!("{draft:?}") };
    assert_eq!(small.sku.as_deref(), Some("001"));
    assert_eq!(small.barcode.as_deref(), Some("4006381333931"));
    assert_eq!((small.price, small.compare_at_price, small.grams), (999, Some(1200), 454));
    assert_eq!((small.track_stock, small.stock, small.allow_oversell), (Some(true), Some(-2), true));
    assert_eq!((large.track_stock, large.stock, large.allow_oversell), (Some(true), Some(0), false));
    assert_eq!((large.sku.as_ref(), large.grams), (None, 0));
    assert_eq!(draft.images[0].alt, "A pot");
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let expected = format!("{:?}", drafts(APPAREL));
    let crlf = APPAREL.replace('\n', "\r\n");
    let forms = [
        format!("\u{feff}{crlf}"),
        crlf,
        APPAREL.replace('\n', "\r"),
        APPAREL.trim_end().to_owned(),
        format!("{APPAREL}{}\n", ",".repeat(21)),
    ];
    for form in forms {
        assert_eq!(format!("{:?}", drafts(&form)), expected, "{form:?}");
    }
}

#[test]
fn one_products_fault_is_not_the_next_ones() {
    let csv = "Handle,Title,Price\na,A,1\nb,B,1,2\nc,C,3\nd,\0,4\ne,E,x\n\nf,F,6\n";
    assert_eq!(outcomes(csv), ["a", "3 ragged_row", "c", "5 nul_character", "6 invalid_price", "f"]);
    let csv = b"Handle,Title,Price\na,A,1\nb,\xFF,2\nc,C,3\n";
    assert_eq!(outcomes(csv), ["a", "3 not_utf8", "c"]);
}

#[test]
fn rows_belong_to_the_product_of_their_handle() {
    for (rows, expected) in [
        ("a,A,1\nb,B,1\na,A,1\nc,C,1\n", vec!["4 duplicate_variant", "b", "c"]),
        ("a,A,1\na,Another,2\n", vec!["3 duplicate_handle"]),
        ("Shirt,A,1\nb,B,1\nSHIRT,A,1\n", vec!["4 duplicate_variant", "b"]),
        (",Blue Shirt,1\n,Red Shirt,1\n", vec!["blue-shirt", "red-shirt"]),
        (",Shirt,1\nb,B,1\nshirt,S,1\n", vec!["4 duplicate_handle", "b"]),
        ("a.b,A,1\na-b,A,1\n", vec!["3 duplicate_handle"]),
        ("a,A,1\n,,2\nb,B,1\n", vec!["3 missing_handle", "b"]),
        (",,2\nb,B,1\n", vec!["2 missing_handle", "b"]),
        ("a,,1\n", vec!["2 missing_title"]),
        ("a b,A,1\n", vec!["a-b"]),
        ("a,A,\n", vec!["a"]),
        ("a\nb,B,1\n", vec!["2 missing_title", "b"]),
        ("a,,\na,A,1\n", vec!["a"]),
    ] {
        assert_eq!(outcomes(format!("Handle,Title,Price\n{rows}")), expected, "{rows:?}");
    }
}

#[test]
fn what_ends_the_file_early_ends_the_reading() {
    let csv = "Handle,Title,Price\na,A,1\nb,B,x\n\"c,C,3\nd,D,4\n";
    assert_eq!(outcomes(csv), ["a", "3 invalid_price, 4 unclosed_quote"]);
    let csv = format!("Handle,Title,Price\na,A,1\nb,B,1\nc,{},3\nd,D,4\n", "x".repeat(1 << 20));
    assert_eq!(outcomes(csv), ["a", "4 too_large_record"]);
}

#[test]
fn a_file_without_the_header_is_refused() {
    for (csv, code) in [
        ("", "wrong_header"),
        ("\n\n", "wrong_header"),
        ("a,A,1\n", "wrong_header"),
        ("Handle;Title;Price\na;A;1\n", "wrong_header"),
        ("\"Handle,Title,Price\n", "unclosed_quote"),
    ] {
        let fault = open(csv, "USD").err().unwrap();
        assert_eq!(fault.code, code, "{csv:?}");
    }
    assert!(drafts("Handle,Title,Price\n").is_empty());
}

#[test]
fn prices_are_in_the_currency_of_the_shop() {
    let csv = "Handle,Title,Variant Price\na,A,1200\nb,B,12.50\n";
    let products = read(csv, "JPY");
    assert_eq!(products[0].as_ref().unwrap().draft.variants[0].price, 1200);
    let fault = &products[1].as_ref().unwrap_err().kept[0];
    assert_eq!((fault.code, fault.column.as_deref()), ("invalid_price", Some("Variant Price")));
    assert!(fault.detail.contains("JPY"), "{}", fault.detail);
}

#[test]
fn rows_of_a_product_may_stand_apart_and_in_any_order() {
    let header = "Handle,Title,Option1 Name,Option1 Value,Price,Image Src,Image Position";
    let rows = [
        "a,A,Size,S,1,https://i.example/1,1",
        "a,,,M,2,https://i.example/2,2",
        "b,\"B\nb\",Title,Default Title,3,,",
        "a,,,L,4,,",
    ];
    let of = |rows: &[&str]| {
        let mut plans = drafts(format!("{header}\n{}\n", rows.join("\n")));
        plans.sort_by(|a, b| a.handle.cmp(&b.handle));
        for plan in &mut plans {
            plan.draft.variants.sort_by_key(|variant| variant.price);
        }
        plans.into_iter().map(|plan| plan.draft).collect::<Vec<_>>()
    };
    let expected = of(&rows);
    assert_eq!((expected.len(), expected[0].variants.len(), expected[0].images.len()), (2, 3, 2));
    for order in [[3, 2, 1, 0], [2, 3, 0, 1], [0, 2, 1, 3], [1, 0, 2, 3]] {
        assert_eq!(of(&order.map(|index| rows[index])), expected, "{order:?}");
    }
}
