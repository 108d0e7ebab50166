//! Parsing single cells: keywords, texts, amounts and URLs.

use std::collections::HashSet;

use crate::commerce::money::{self, BadMoney};
use crate::commerce::products::Status;
use crate::commerce::products::fields::{Alt, Description, MAX_URL};
use crate::commerce::stock::level::MAX_STOCK;
use crate::http::request::text::{BadText, Identifier, Line, OptionalIdentifier, is_hidden};
use crate::tenancy::Currency;

use super::columns::{Column, Row};
use super::fault::Fault;
use super::numbers;

/// The largest weight of a variant, in grams.
const MAX_GRAMS: i64 = 1_000_000_000;

pub(super) fn title(row: &Row) -> Result<String, Fault> {
    if row.cell(Column::Title).is_empty() {
        return Err(row.fault(
            Column::Title,
            "missing_title",
            "the first row of a product must have its title",
        ));
    }
    text::<Line>(row, Column::Title)
}

/// The option's name or its value, which must not be empty.
pub(super) fn identifier(row: &Row, column: Column) -> Result<String, Fault> {
    text::<Identifier>(row, column)
}

/// The vendor or the type.
pub(super) fn optional_identifier(row: &Row, column: Column) -> Result<String, Fault> {
    text::<OptionalIdentifier>(row, column)
}

/// The text that describes an image.
pub(super) fn alt(row: &Row) -> Result<String, Fault> {
    text::<Alt>(row, Column::ImageAlt)
}

/// A cell as text of some kind.
fn text<T>(row: &Row, column: Column) -> Result<String, Fault>
where
    T: for<'a> TryFrom<&'a str, Error = BadText> + Into<String>,
{
    T::try_from(row.cell(column)).map(Into::into).map_err(|error| bad_text(row, column, &error))
}

/// The description, with the white space around it: it can matter in HTML.
pub(super) fn body(row: &Row) -> Result<String, Fault> {
    let text = row.untrimmed(Column::Body);
    Description::untrimmed(text).map_err(|error| bad_text(row, Column::Body, &error))
}

/// A SKU or barcode, without the apostrophe that Shopify puts before numbers so that spreadsheets take them for text.
pub(super) fn number_as_text(row: &Row, column: Column) -> Result<Option<String>, Fault> {
    let text = row.cell(column);
    match text.strip_prefix('\'').unwrap_or(text) {
        "" => Ok(None),
        text => Identifier::try_from(text)
            .map(|text| Some(text.into_string()))
            .map_err(|error| bad_text(row, column, &error)),
    }
}

/// The tags, without duplicates; case is ignored.
pub(super) fn tags(row: &Row) -> Result<Vec<String>, Fault> {
    let (mut tags, mut known) = (Vec::new(), HashSet::new());
    for tag in row.cell(Column::Tags).split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        let tag = Identifier::try_from(tag).map_err(|error| bad_text(row, Column::Tags, &error))?;
        if known.insert(tag.as_str().to_lowercase()) {
            tags.push(tag.into_string());
        }
    }
    Ok(tags)
}

/// The status, if the cell is not blank; and whether the product is shown only to those who know its address.
pub(super) fn status(row: &Row) -> Result<(Option<Status>, bool), Fault> {
    match row.cell(Column::Status).to_ascii_lowercase().as_str() {
        "" => Ok((None, false)),
        "active" => Ok((Some(Status::Active), false)),
        "unlisted" => Ok((Some(Status::Active), true)),
        "draft" => Ok((Some(Status::Draft), false)),
        "archived" => Ok((Some(Status::Archived), false)),
        _ => {
            let detail = "must be active, draft, archived or unlisted";
            Err(row.fault(Column::Status, "invalid_status", detail))
        }
    }
}

/// Whether the online store shows the product, if the cell is not blank.
pub(super) fn published(row: &Row) -> Result<Option<bool>, Fault> {
    match row.cell(Column::Published).to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "true" | "yes" | "1" => Ok(Some(true)),
        "false" | "no" | "0" => Ok(Some(false)),
        _ => Err(row.fault(Column::Published, "invalid_published", "must be true or false")),
    }
}

/// An amount of money, if the cell is not blank.
pub(super) fn amount(row: &Row, column: Column, currency: Currency) -> Result<Option<i64>, Fault> {
    let text = row.cell(column);
    if text.is_empty() {
        return Ok(None);
    }
    let read = numbers::plain(text).ok_or(BadMoney::NotANumber);
    let error = match read.and_then(|text| money::parse_decimal(&text, currency)) {
        Ok(amount) => return Ok(Some(amount)),
        Err(error) => error,
    };
    let advice = numbers::advice(text).filter(|_| error == BadMoney::NotANumber);
    Err(row.fault(column, "invalid_price", advised(advice, text, error.to_string())))
}

/// Pieces in stock, if the cell is not blank; also below zero, as Shopify exports them after overselling.
pub(super) fn quantity(row: &Row) -> Result<Option<i64>, Fault> {
    let text = row.cell(Column::Quantity);
    // What Shopify writes of a location that does not have the variant.
    if text.is_empty() || text.eq_ignore_ascii_case("not stocked") {
        return Ok(None);
    }
    match numbers::whole(text) {
        Some(quantity) if (-MAX_STOCK..=MAX_STOCK).contains(&quantity) => Ok(Some(quantity)),
        read => {
            let detail = format!("must be a whole number from -{MAX_STOCK} to {MAX_STOCK}");
            let advice = numbers::advice(text).filter(|_| read.is_none() && text.contains(','));
            Err(row.fault(Column::Quantity, "invalid_number", advised(advice, text, detail)))
        }
    }
}

/// The way to write a number, or else what it must be.
fn advised(advice: Option<String>, text: &str, or_else: String) -> String {
    advice.map_or(or_else, |advice| format!("{text:?} is not clear: {advice}"))
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
    let grams = if text.is_empty() { Some(0) } else { numbers::rounded(text) };
    grams.filter(|grams| *grams <= MAX_GRAMS).ok_or_else(|| {
        let detail = format!("must be a number from 0 to {MAX_GRAMS}");
        let advice = numbers::advice(text).filter(|_| text.contains(','));
        row.fault(Column::Grams, "invalid_number", advised(advice, text, detail))
    })
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

/// An absolute http or https URL. One without a scheme is absolute in every browser, and a blank is written `%20`.
pub(super) fn image_url(row: &Row) -> Result<String, Fault> {
    let text = row.cell(Column::ImageUrl).replace(' ', "%20");
    let text = if text.starts_with("//") { format!("https:{text}") } else { text };
    let plain = !text.chars().any(|char| char.is_whitespace() || is_hidden(char));
    let absolute = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
    if absolute && plain && text.chars().count() <= MAX_URL {
        Ok(text)
    } else {
        let detail = format!(
            "must be an http or https address of at most {MAX_URL} characters; the image is left out"
        );
        Err(row.fault(Column::ImageUrl, "invalid_url", detail))
    }
}

fn bad_text(row: &Row, column: Column, error: &BadText) -> Fault {
    let code = match error {
        BadText::Length { .. } => "too_long",
        BadText::Character(_) => "invalid_character",
    };
    row.fault(column, code, error.to_string())
}

#[cfg(test)]
mod tests;
