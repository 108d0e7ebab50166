//! The rows of one product, read through the reader.

use super::*;
use crate::commerce::import::fault::MAX_FAULTS;
use crate::commerce::import::shopify;
use crate::commerce::products::{ProductDraft, Status};

const HEADER: &str = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,SKU,Price,\
    Inventory tracker,Inventory quantity,Image Src,Image Position,Image Alt Text,Status,Published,Tags";

/// Reads rows of one product, each without its handle and without the blank cells at its end.
fn read(rows: &[&str]) -> Result<ProductDraft, Vec<(u32, &'static str, String)>> {
    let mut csv = HEADER.to_owned();
    for row in rows {
        let blanks = ",".repeat(14 - row.matches(',').count());
        csv = format!("{csv}\na,{row}{blanks}");
    }
    let mut products = shopify::tests::read(csv, "USD");
    assert_eq!(products.len(), 1);
    products.remove(0).map(|plan| plan.draft).map_err(|faults| {
        let summary = |fault: Fault| (fault.line, fault.code, fault.column.unwrap_or_default());
        faults.kept.into_iter().map(summary).collect()
    })
}

fn fault(rows: &[&str]) -> (u32, &'static str, String) {
    let mut faults = read(rows).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

#[test]
fn rows_are_variants_images_or_both() {
    let draft = read(&[
        "A,Size,S,,,one,1,,,https://a.example/1.jpg",
        ",,M,,,two,2",
        ",,,,,,,,,https://a.example/2.jpg",
        ",Size,L,,,three,3,,,https://a.example/3.jpg",
        "A,,XL,,,,4",
        ",,",
    ])
    .unwrap();
    let skus: Vec<_> = draft.variants.iter().map(|variant| variant.sku.as_deref().unwrap_or("-")).collect();
    assert_eq!(skus, ["one", "two", "three", "-"]);
    assert_eq!(draft.variants[3].options, ["XL"]);
    assert_eq!(draft.images.len(), 3);
}

#[test]
fn the_default_title_is_no_option() {
    for first in ["A,Title,Default Title,,,,5", "A,,,,,,5", "A,,Default Title,,,,5"] {
        let draft = read(&[first, ",,,,,,,,,https://a.example/2.jpg"]).unwrap();
        assert_eq!((draft.options.len(), draft.variants.len(), draft.images.len()), (0, 1, 1), "{first}");
        assert_eq!(draft.variants[0].options, [""; 0]);
    }
    assert_eq!(read(&["A,Title,Poster,,,,5"]).unwrap().options, ["Title"], "here it is one");
    for rows in
        [["A,Title,Default Title,,,,5", ",,Large,,,,5"], ["A,Title,Large,,,,5", ",,Default Title,,,,5"]]
    {
        let draft = read(&rows).unwrap();
        assert_eq!(
            (draft.options, draft.variants.len()),
            (vec!["Title".to_owned()], 2),
            "of several: {rows:?}"
        );
    }
    let image = ",Title,Default Title,,,,,,,https://a.example/2.jpg";
    let draft = read(&["A,Title,Default Title,,,,5", image]).unwrap();
    assert_eq!(
        (draft.options.len(), draft.variants.len(), draft.images.len()),
        (0, 1, 1),
        "repeated for an image"
    );
}

#[test]
fn options_have_names_and_values() {
    let draft = read(&["A,Size,S,Colour,Red,,1", ",,S,,Blue,,1"]).unwrap();
    assert_eq!(draft.options, ["Size", "Colour"]);
    assert_eq!(draft.variants[1].options, ["S", "Blue"]);
    for (rows, line, code, column) in [
        (["A,Size,S,Colour,Red,,1", ",,S,,,,1"], 3, "missing_option_value", "Option2 Value"),
        (["A,Size,,,,,1", ",,S,,,,1"], 2, "missing_option_value", "Option1 Value"),
        (["A,Size,S,,,,1", ",,M,,Red,,1"], 3, "missing_option_name", "Option2 Value"),
        (["A,Size,S,,,,1", ",Colour,M,,,,1"], 3, "option_name_differs", "Option1 Name"),
        (["A,Size,S,,,,1", ",,,,,,1"], 3, "missing_option_value", "Option1 Value"),
        (["A,Size,S,,,,1", ",,,,,sku"], 3, "missing_option_value", "Option1 Value"),
        (["A,Size,S,,,,1", "B,,M,,,,1"], 3, "duplicate_handle", "Handle"),
        (
            ["A,Title,Default Title,,,,1", "A,Title,Default Title,,,,1"],
            3,
            "duplicate_variant",
            "Option1 Value",
        ),
    ] {
        assert_eq!(fault(&rows), (line, code, column.to_owned()), "{rows:?}");
    }
}

#[test]
fn stock_is_read_for_tracked_variants_and_where_it_is_given() {
    for (cells, tracked, stock) in [
        (",5", false, Some(5)),
        (",", false, None),
        ("shopify,5", true, Some(5)),
        ("shopify,", true, Some(0)),
        (",-5", false, Some(-5)),
        ("shopify,-5", true, Some(-5)),
    ] {
        let draft = read(&[&format!("A,,,,,,1,{cells}")]).unwrap();
        assert_eq!(
            (draft.variants[0].track_stock, draft.variants[0].stock),
            (Some(tracked), stock),
            "{cells}"
        );
    }
}

#[test]
fn what_is_hidden_is_a_draft() {
    for (cells, status) in [
        (",", Status::Active),
        (",FALSE", Status::Draft),
        ("active,false", Status::Draft),
        ("active,true", Status::Active),
        ("draft,true", Status::Draft),
        ("archived,true", Status::Archived),
        ("unlisted,true", Status::Draft),
    ] {
        assert_eq!(read(&[&format!("A,,,,,,1,,,,,,{cells}")]).unwrap().status, status, "{cells}");
    }
}

#[test]
fn a_product_does_not_fill_the_memory() {
    let first = "A,Size,S,,,,1".to_owned();
    let variants: Vec<_> = (0..MAX_VARIANTS + 5).map(|index| format!(",,{index},,,,1")).collect();
    let rows: Vec<&str> = std::iter::once(&first).chain(&variants).map(String::as_str).collect();
    assert_eq!(fault(&rows).1, "too_many_variants");
    let wrong = vec![",,M,,,,x"; 500];
    let rows: Vec<&str> = std::iter::once(first.as_str()).chain(wrong).collect();
    assert_eq!(read(&rows).unwrap_err().len(), MAX_FAULTS);
}
