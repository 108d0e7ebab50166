//! Single cells, and the faults of those that cannot be read.

use csv::ByteRecord;

use super::*;
use crate::commerce::import::columns::Header;
use crate::commerce::import::kind::FileOf;
use crate::commerce::import::place::{HEADER, Start};

/// Reads one cell of a row that has nothing else.
fn read<T>(name: &str, text: &str, with: impl Fn(&Row) -> Result<T, Fault>) -> Result<T, &'static str> {
    let mut names = vec!["Handle", "Title", name];
    names.extend((name == "Image Position").then_some("Image Src"));
    let header = Header::read(HEADER, &ByteRecord::from(names), FileOf::Products, true).unwrap();
    let record = ByteRecord::from(vec!["", "", text]);
    let row = header.row(Start { at: 9, line: 2, row: 2 }, &record).unwrap();
    with(&row).map_err(|fault| {
        assert_eq!((fault.line, fault.column.as_deref()), (2, Some(name)), "{}", fault.detail);
        fault.code
    })
}

#[test]
fn numbers() {
    for (text, weight) in
        [("", 0), ("0", 0), ("453.592", 454), ("453.49", 453), (".5", 1), ("2.", 2), ("1.5", 2)]
    {
        assert_eq!(read("Variant Grams", text, grams), Ok(weight), "{text}");
    }
    for text in ["-1", ".", "1e3", "1,5", "five", "+1", "1000000001", "99999999999999999999"] {
        assert_eq!(read("Variant Grams", text, grams), Err("invalid_number"), "{text}");
    }
    for (text, pieces) in
        [("", None), ("7", Some(7)), ("-3", Some(-3)), ("5.0", Some(5)), ("1,234.0", Some(1234))]
    {
        assert_eq!(read("Variant Inventory Qty", text, quantity), Ok(pieces), "{text}");
    }
    for text in ["1.5", "1,000", "many", "1000000001", "-1000000001"] {
        assert_eq!(read("Variant Inventory Qty", text, quantity), Err("invalid_number"), "{text}");
    }
    for (text, position) in [("", Ok(None)), ("3", Ok(Some(3))), ("-1", Err("invalid_number"))] {
        assert_eq!(read("Image Position", text, image_position), position, "{text}");
    }
}

#[test]
fn words() {
    for (text, oversell) in [("", Ok(false)), ("DENY", Ok(false)), ("Continue", Ok(true))] {
        assert_eq!(read("Variant Inventory Policy", text, policy), oversell);
    }
    assert_eq!(read("Variant Inventory Policy", "maybe", policy), Err("invalid_policy"));
    for (text, expected) in [
        ("active", Ok((Some(Status::Active), false))),
        ("Draft", Ok((Some(Status::Draft), false))),
        ("ARCHIVED", Ok((Some(Status::Archived), false))),
        ("unlisted", Ok((Some(Status::Active), true))),
        ("", Ok((None, false))),
        ("gone", Err("invalid_status")),
    ] {
        assert_eq!(read("Status", text, status), expected, "{text}");
    }
    for (text, expected) in [
        ("TRUE", Ok(Some(true))),
        ("yes", Ok(Some(true))),
        ("0", Ok(Some(false))),
        ("false", Ok(Some(false))),
        ("", Ok(None)),
        ("perhaps", Err("invalid_published")),
    ] {
        assert_eq!(read("Published", text, published), expected, "{text}");
    }
}

#[test]
fn texts() {
    let sku = |text: &str| read("Variant SKU", text, |row| number_as_text(row, Column::Sku));
    assert_eq!(sku("'00123"), Ok(Some("00123".to_owned())));
    assert_eq!(sku("''5"), Ok(Some("'5".to_owned())), "only one is Shopify's");
    assert_eq!(sku("O'Neill"), Ok(Some("O'Neill".to_owned())));
    assert_eq!(sku(" "), Ok(None));
    assert_eq!(sku("'"), Ok(None));
    assert_eq!(sku(&"x".repeat(256)), Err("too_long"));

    let expected = ["Pot", "Plants"].map(str::to_owned).to_vec();
    assert_eq!(read("Tags", " Pot, Plants,,pot , PLANTS ", tags), Ok(expected));
    assert_eq!(read("Tags", " , ", tags), Ok(vec![]));
    assert_eq!(read("Tags", &"x".repeat(256), tags), Err("too_long"));

    let html = " <p>a\r\nb</p>\n ";
    assert_eq!(read("Body (HTML)", html, body).as_deref(), Ok(html));
    assert_eq!(read("Body (HTML)", &"x".repeat(512_000), body).map(|text| text.len()), Ok(512_000));
    assert_eq!(read("Body (HTML)", &"x".repeat(512_001), body), Err("too_long"));
    assert_eq!(
        read("Vendor", &"x".repeat(256), |row| optional_identifier(row, Column::Vendor)),
        Err("too_long")
    );
    let vendor = |text: &str| read("Vendor", text, |row| optional_identifier(row, Column::Vendor));
    assert_eq!(vendor("Cafe\u{301}\u{a0}"), Ok("Café".to_owned()));
    for bad in ["a\u{200b}b", "\u{feff}a", "a\u{ad}b", "a\u{202e}b", "a\u{fffd}", "\u{3164}", "a\tb"] {
        assert_eq!(vendor(bad), Err("invalid_character"), "{bad:?}");
        assert_eq!(sku(bad), Err("invalid_character"), "{bad:?}");
        assert_eq!(read("Tags", &format!("ok,{bad}"), tags), Err("invalid_character"), "{bad:?}");
    }
    for bad in ["a\u{1b}b", "a\u{202e}b", "a\u{fffd}"] {
        assert_eq!(read("Body (HTML)", bad, body), Err("invalid_character"), "{bad:?}");
    }
}

#[test]
fn urls() {
    let url = |text: &str| read("Image Src", text, image_url);
    assert_eq!(url("https://a.example/b@2x.jpg?v=1").as_deref(), Ok("https://a.example/b@2x.jpg?v=1"));
    for (text, expected) in [
        ("//a.example/b.jpg", "https://a.example/b.jpg"),
        ("https://a.example/b c.jpg", "https://a.example/b%20c.jpg"),
    ] {
        assert_eq!(url(text).as_deref(), Ok(expected));
    }
    for text in ["ftp://a.example", "b.jpg", "C:\\b.jpg", "https://a.example/b\tc", "javascript:1"] {
        assert_eq!(url(text), Err("invalid_url"), "{text}");
    }
    let long = |length: usize| format!("https://a.example/{}", "x".repeat(length - 18));
    assert_eq!(url(&long(2048)), Ok(long(2048)));
    assert_eq!(url(&long(2049)), Err("invalid_url"));
}
