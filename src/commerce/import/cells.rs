//! What single cells mean: money, numbers, words, texts and addresses.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use crate::commerce::money;
use crate::commerce::products::{Handle, Status};
use crate::commerce::stock::level::MAX_STOCK;
use crate::http::request::text::{Line, Prose, Text, Word};
use crate::tenancy::Currency;

use super::columns::{Column, Row};
use super::fault::Fault;

/// Grams of one variant at the most.
const MAX_GRAMS: i64 = 1_000_000_000;

/// The handle that a product's rows share, and that tells one product from the next. Shopify writes
/// handles in lower case, and makes one of the title when a file leaves it out: both are done here,
/// so that the same file finds the same products again. `None` when there is neither.
pub(super) fn handle_text(handle: &str, title: &str) -> Option<String> {
    match (handle, title) {
        ("", "") => None,
        ("", title) => Some(Handle::from_title(title).into()),
        (handle, _) => Some(handle.to_lowercase().nfc().collect()),
    }
}

pub(super) fn title(row: &Row) -> Result<String, Fault> {
    if row.cell(Column::Title).is_empty() {
        return Err(row.fault(
            Column::Title,
            "missing_title",
            "the first row of a product must have its title",
        ));
    }
    line(row, Column::Title)
}

/// A text of one line that is there.
pub(super) fn line(row: &Row, column: Column) -> Result<String, Fault> {
    Line::try_from(row.cell(column)).map(Line::into_string).map_err(|error| too_long(row, column, &error))
}

/// A text of one line that may be left out.
pub(super) fn word(row: &Row, column: Column) -> Result<String, Fault> {
    Word::try_from(row.cell(column)).map(Word::into_string).map_err(|error| too_long(row, column, &error))
}

/// The description, as it is: its line breaks and its blank space may matter in HTML.
pub(super) fn body(row: &Row) -> Result<String, Fault> {
    let text = row.untrimmed(Column::Body);
    Prose::try_from(text).map(|_| text.to_owned()).map_err(|error| too_long(row, Column::Body, &error))
}

/// Shopify puts an apostrophe before numbers, so that spreadsheets take them for text.
pub(super) fn number_as_text(row: &Row, column: Column) -> Result<Option<String>, Fault> {
    let text = row.cell(column);
    match text.strip_prefix('\'').unwrap_or(text) {
        "" => Ok(None),
        text => Line::try_from(text)
            .map(|line| Some(line.into_string()))
            .map_err(|error| too_long(row, column, &error)),
    }
}

/// The tags, each once whatever its letter case.
pub(super) fn tags(row: &Row) -> Result<Vec<String>, Fault> {
    let (mut tags, mut known) = (Vec::new(), HashSet::new());
    for tag in row.cell(Column::Tags).split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        let tag = Line::try_from(tag).map_err(|error| too_long(row, Column::Tags, &error))?;
        if known.insert(tag.as_str().to_lowercase()) {
            tags.push(tag.into_string());
        }
    }
    Ok(tags)
}

/// The status; exports from before there was one only say whether the product is published.
pub(super) fn status(row: &Row) -> Result<Status, Fault> {
    let (status, published) = (row.cell(Column::Status), row.cell(Column::Published));
    match status.to_ascii_lowercase().as_str() {
        "active" => Ok(Status::Active),
        // Unlisted products are sold to those who know the address: nothing here is like it, and
        // showing one to everybody would be worse than hiding it.
        "draft" | "unlisted" => Ok(Status::Draft),
        "archived" => Ok(Status::Archived),
        "" => match published.to_ascii_lowercase().as_str() {
            "" | "true" => Ok(Status::Active),
            "false" => Ok(Status::Draft),
            _ => Err(row.fault(Column::Published, "invalid_published", "must be true or false")),
        },
        _ => {
            let detail = "must be active, draft, archived or unlisted";
            Err(row.fault(Column::Status, "invalid_status", detail))
        }
    }
}

pub(super) fn price(row: &Row, currency: Currency) -> Result<i64, Fault> {
    if row.cell(Column::Price).is_empty() {
        return Err(row.fault(Column::Price, "missing_price", "a variant must have a price"));
    }
    amount(row, Column::Price, currency)
}

pub(super) fn compare_at_price(row: &Row, currency: Currency) -> Result<Option<i64>, Fault> {
    let given = !row.cell(Column::CompareAtPrice).is_empty();
    given.then(|| amount(row, Column::CompareAtPrice, currency)).transpose()
}

fn amount(row: &Row, column: Column, currency: Currency) -> Result<i64, Fault> {
    money::parse_decimal(row.cell(column), currency)
        .map_err(|error| row.fault(column, "invalid_price", error.to_string()))
}

/// Pieces in stock; blank is none.
pub(super) fn quantity(row: &Row) -> Result<i64, Fault> {
    let text = row.cell(Column::Quantity);
    let quantity = if text.is_empty() { Ok(0) } else { text.parse::<i64>() };
    match quantity {
        Ok(quantity) if (-MAX_STOCK..=MAX_STOCK).contains(&quantity) => Ok(quantity),
        _ => {
            let detail = format!("must be a whole number from -{MAX_STOCK} to {MAX_STOCK}");
            Err(row.fault(Column::Quantity, "invalid_number", detail))
        }
    }
}

/// Whether a variant is sold when there is none.
pub(super) fn policy(row: &Row) -> Result<bool, Fault> {
    match row.cell(Column::Policy).to_ascii_lowercase().as_str() {
        "" | "deny" => Ok(false),
        "continue" => Ok(true),
        _ => Err(row.fault(Column::Policy, "invalid_policy", "must be deny or continue")),
    }
}

/// The weight in whole grams; blank is none. Weights given in pounds or ounces come as decimals.
pub(super) fn grams(row: &Row) -> Result<i64, Fault> {
    let text = row.cell(Column::Grams);
    let grams = if text.is_empty() { Some(0) } else { rounded(text) };
    grams.filter(|grams| *grams <= MAX_GRAMS).ok_or_else(|| {
        let detail = format!("must be a number from 0 to {MAX_GRAMS}");
        row.fault(Column::Grams, "invalid_number", detail)
    })
}

/// A decimal number that is not negative, rounded half up.
fn rounded(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { whole.parse::<i64>().ok()? };
    whole.checked_add(i64::from(fraction.as_bytes().first().is_some_and(|digit| *digit >= b'5')))
}

/// Where an image stands among the product's others.
pub(super) fn image_position(row: &Row) -> Result<Option<u32>, Fault> {
    match row.cell(Column::ImagePosition) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            row.fault(Column::ImagePosition, "invalid_number", "must be a whole number such as 1")
        }),
    }
}

/// An absolute http or https address.
pub(super) fn image_url(row: &Row) -> Result<String, Fault> {
    let text = Text::<1, 2048>::try_from(row.cell(Column::ImageUrl))
        .map_err(|error| too_long(row, Column::ImageUrl, &error))?;
    let url = text.into_string();
    let absolute = url.starts_with("https://") || url.starts_with("http://");
    let plain = !url.chars().any(|char| char.is_whitespace() || char.is_control());
    if absolute && plain {
        Ok(url)
    } else {
        Err(row.fault(Column::ImageUrl, "invalid_url", "must be an http or https address"))
    }
}

/// NUL was refused when the row was read, and what must be there was looked for: only length is left.
fn too_long(row: &Row, column: Column, error: &crate::http::request::text::BadText) -> Fault {
    row.fault(column, "too_long", error.to_string())
}

#[cfg(test)]
mod tests {
    use csv::ByteRecord;

    use super::super::columns::Header;
    use super::*;

    /// Reads one cell of a row that has nothing else.
    fn read<T>(name: &str, text: &str, with: impl Fn(&Row) -> Result<T, Fault>) -> Result<T, &'static str> {
        let header = Header::read(1, &ByteRecord::from(vec!["Handle", "Title", "Price", name])).unwrap();
        let record = ByteRecord::from(vec!["", "", "", text]);
        let row = header.row(2, &record).unwrap();
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
        for (text, pieces) in [("", 0), ("7", 7), ("-3", -3), ("1000000000", 1_000_000_000)] {
            assert_eq!(read("Variant Inventory Qty", text, quantity), Ok(pieces), "{text}");
        }
        for text in ["1.5", "many", "1000000001", "-1000000001"] {
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
            ("active", Ok(Status::Active)),
            ("Draft", Ok(Status::Draft)),
            ("ARCHIVED", Ok(Status::Archived)),
            ("unlisted", Ok(Status::Draft)),
            ("", Ok(Status::Active)),
            ("gone", Err("invalid_status")),
        ] {
            assert_eq!(read("Status", text, status), expected, "{text}");
        }
        for (text, expected) in [
            ("TRUE", Ok(Status::Active)),
            ("false", Ok(Status::Draft)),
            ("", Ok(Status::Active)),
            ("perhaps", Err("invalid_published")),
        ] {
            assert_eq!(read("Published", text, status), expected, "{text}");
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
        assert_eq!(read("Body (HTML)", &"x".repeat(100_000), body).map(|text| text.len()), Ok(100_000));
        assert_eq!(read("Body (HTML)", &"x".repeat(100_001), body), Err("too_long"));
        assert_eq!(read("Vendor", &"x".repeat(256), |row| word(row, Column::Vendor)), Err("too_long"));
    }

    #[test]
    fn addresses() {
        let url = |text: &str| read("Image Src", text, image_url);
        assert_eq!(url("https://a.example/b@2x.jpg?v=1").as_deref(), Ok("https://a.example/b@2x.jpg?v=1"));
        for text in ["//a.example/b.jpg", "ftp://a.example", "b.jpg", "https://a.example/b c", "javascript:1"]
        {
            assert_eq!(url(text), Err("invalid_url"), "{text}");
        }
        let long = |length: usize| format!("https://a.example/{}", "x".repeat(length - 18));
        assert_eq!(url(&long(2048)), Ok(long(2048)));
        assert_eq!(url(&long(2049)), Err("too_long"));
    }

    #[test]
    fn handles_tell_products_apart() {
        for (handle, title, expected) in [
            ("Blue-Shirt", "Any", Some("blue-shirt")),
            ("", "Blue Shirt", Some("blue-shirt")),
            ("blue-shirt", "", Some("blue-shirt")),
            ("", "", None),
        ] {
            assert_eq!(handle_text(handle, title).as_deref(), expected, "{handle:?} {title:?}");
        }
    }
}
