//! Headers and rows, and the faults of those that are wrong.

use crate::commerce::import::column_names::COLUMNS;
use crate::commerce::import::place::HEADER;

use super::*;

fn header(names: &[&str]) -> Result<Header, Fault> {
    Header::read(HEADER, &ByteRecord::from(names.to_vec()), FileOf::Products, true)
}

#[test]
fn old_and_new_names_are_known() {
    let old = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,\
        Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,\
        Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,\
        Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Status";
    let new = "URL handle,Title,Description,Vendor,Type,Tags,Published on online store,Option1 name,\
        Option1 value,Option2 name,Option2 value,Option3 name,Option3 value,SKU,Weight value (grams),\
        Inventory tracker,Inventory quantity,Continue selling when out of stock,Price,Compare-at price,\
        Barcode,Product image URL,Image position,Image alt text,Status";
    for names in [old, new] {
        let names: Vec<&str> = names.split(',').collect();
        let header = header(&names).unwrap();
        assert!(header.ignored().is_empty());
        // Without those of gift cards.
        assert_eq!(header.positions.len(), COLUMNS.len() - 2);
    }
}

#[test]
fn names_are_found_in_any_case_and_the_rest_is_listed() {
    let header = header(&[
        " hANDLE ",
        "SEO Title",
        "title",
        "Price / International",
        "variant price",
        "",
        "Cost per item",
    ])
    .unwrap();
    let ignored: Vec<&str> = header.ignored().iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(ignored, ["SEO Title", "Price / International", "Cost per item"]);
    assert_eq!(header.name(Column::Handle).as_deref(), Some("hANDLE"));
    assert_eq!(header.name(Column::Status), None);
}

#[test]
fn a_wrong_header_says_what_is_wrong() {
    for (names, part) in [
        (vec!["Title", "Price"], "\"Handle\" is missing"),
        (vec!["Handle", "Price"], "\"Title\" is missing"),
        (vec!["Handle", "Title", "Option1 Name", "SKU", "Location", "On hand"], "export of stock"),
        (vec!["Name", "Email", "Financial Status", "Lineitem name"], "export of orders"),
        (vec!["Customer ID", "First Name", "Last Name", "Total Spent"], "export of customers"),
        (vec!["ID", "Type", "SKU", "Name", "Regular price"], "WooCommerce"),
        (vec!["Handle;Title;Body (HTML);Price"], "semicolons"),
        (vec!["Handle\tTitle\tPrice"], "tabs"),
        (vec!["Handle", "Title", "Price", "URL handle"], "\"Handle\" and \"URL handle\""),
        (vec!["Handle", "Title", "Price", "Title"], "mean the same"),
    ] {
        let fault = header(&names).err().unwrap();
        assert_eq!((fault.code, fault.line), ("wrong_header", 1), "{names:?}");
        assert!(fault.detail.contains(part), "{names:?}: {}", fault.detail);
    }
    let latin = ByteRecord::from(vec![&b"Handle"[..], b"Gr\xF6\xDFe"]);
    assert_eq!(Header::read(HEADER, &latin, FileOf::Products, true).err().unwrap().code, "not_utf8");
    let wide = ByteRecord::from(vec![&b"\xff\xfeH\0a\0"[..]]);
    assert!(Header::read(HEADER, &wide, FileOf::Products, true).err().unwrap().detail.contains("UTF-16"));
    let names = ByteRecord::from(vec!["Title", "Price"]);
    assert!(Header::read(HEADER, &names, FileOf::Products, false).is_ok(), "a handle is made from the title");
}

#[test]
fn a_row_has_the_shape_of_the_header() {
    let header = header(&["Handle", "Title", "Price", "Tags"]).unwrap();
    let faults = |cells: Vec<&[u8]>| {
        let record = ByteRecord::from(cells);
        let faults = header.row(Start { at: 9, line: 7, row: 6 }, &record).err().unwrap_or_default();
        faults.kept.into_iter().map(|fault| (fault.line, fault.code, fault.column)).collect::<Vec<_>>()
    };
    assert_eq!(faults(vec![b"a", b"b", b"1", b"c"]), []);
    assert_eq!(faults(vec![b"a", b"b", b"1"]), []);
    assert_eq!(faults(vec![b"a", b"b", b"1", b"c", b"", b" "]), []);
    assert_eq!(faults(vec![b"a", b"b", b"1", b"c", b"", b"d"]), [(7, "ragged_row", None)]);
    let (title, tags) = (Some("Title".to_owned()), Some("Tags".to_owned()));
    let both = [(7, "nul_character", title), (7, "not_utf8", tags)];
    assert_eq!(faults(vec![b"a", b"b\0", b"1", b"\xFF"]), both);
}
