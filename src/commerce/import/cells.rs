//! Parsing single cells: money, numbers, keywords, texts and URLs.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use crate::commerce::money;
use crate::commerce::products::{Handle, Status};
use crate::commerce::stock::level::MAX_STOCK;
use crate::http::request::text::{Line, Prose, Text, Word};
use crate::tenancy::Currency;

use super::columns::{Column, Row};
use super::fault::Fault;

/// The largest weight of a variant, in grams.
const MAX_GRAMS: i64 = 1_000_000_000;

/// The handle that all rows of a product share. As in Shopify it is in lower case, and is made from the title when the file
/// leaves it out, so that importing a file again finds the same products. `None` when both cells are empty.
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

/// A text of one line that is not empty.
pub(super) fn line(row: &Row, column: Column) -> Result<String, Fault> {
    Line::try_from(row.cell(column)).map(Line::into_string).map_err(|error| too_long(row, column, &error))
}

/// A text of one line that may be empty.
pub(super) fn word(row: &Row, column: Column) -> Result<String, Fault> {
    Word::try_from(row.cell(column)).map(Word::into_string).map_err(|error| too_long(row, column, &error))
}

/// The description, unchanged: white space can matter in HTML.
pub(super) fn body(row: &Row) -> Result<String, Fault> {
    let text = row.untrimmed(Column::Body);
    Prose::try_from(text).map(|_| text.to_owned()).map_err(|error| too_long(row, Column::Body, &error))
}

/// A SKU or barcode, without the apostrophe that Shopify puts before numbers so that spreadsheets take them for text.
pub(super) fn number_as_text(row: &Row, column: Column) -> Result<Option<String>, Fault> {
    let text = row.cell(column);
    match text.strip_prefix('\'').unwrap_or(text) {
        "" => Ok(None),
        text => Line::try_from(text)
            .map(|line| Some(line.into_string()))
            .map_err(|error| too_long(row, column, &error)),
    }
}

/// The tags, without duplicates; case is ignored.
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

/// The status. Old exports have no status, but say whether the product is published.
pub(super) fn status(row: &Row) -> Result<Status, Fault> {
    let (status, published) = (row.cell(Column::Status), row.cell(Column::Published));
    match status.to_ascii_lowercase().as_str() {
        "active" => Ok(Status::Active),
        // An unlisted product is sold to those who know its URL. There is no such status here, and to publish the
        // product would be worse than to hide it.
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

/// Pieces in stock, also below zero, as Shopify exports them after overselling; 0 if the cell is empty.
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

/// Whether a variant may be sold when there is not enough in stock.
pub(super) fn policy(row: &Row) -> Result<bool, Fault> {
    match row.cell(Column::Policy).to_ascii_lowercase().as_str() {
        "" | "deny" => Ok(false),
        "continue" => Ok(true),
        _ => Err(row.fault(Column::Policy, "invalid_policy", "must be deny or continue")),
    }
}

/// The weight in whole grams; 0 if the cell is empty. Weights converted from pounds or ounces have decimals.
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

/// The position of an image among those of the product.
pub(super) fn image_position(row: &Row) -> Result<Option<u32>, Fault> {
    match row.cell(Column::ImagePosition) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            row.fault(Column::ImagePosition, "invalid_number", "must be a whole number such as 1")
        }),
    }
}

/// An absolute http or https URL.
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

/// The fault for a text that is too long. NUL and missing texts were refused before, so that no other error is possible.
fn too_long(row: &Row, column: Column, error: &crate::http::request::text::BadText) -> Fault {
    row.fault(column, "too_long", error.to_string())
}

#[cfg(test)]
mod tests;
