//! The images of a product.

use std::collections::VecDeque;

use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::tenant::images;
use crate::tenancy::TenantConn;

use super::view::ImageRow;
use super::{ImageDraft, ProductError};

/// A product's images, in order.
pub(super) fn of(conn: &mut TenantConn<'_>, product: Uuid) -> Result<Vec<ImageRow>, ProductError> {
    Ok(images::table
        .filter(images::product_id.eq(product))
        .order((images::position, images::id))
        .select(ImageRow::as_select())
        .load(conn.pg())?)
}

/// Makes a product's images what the draft says. An address that stays keeps its id.
pub(super) fn replace(
    conn: &mut TenantConn<'_>,
    product: Uuid,
    present: &[ImageRow],
    drafts: &[ImageDraft],
) -> Result<(), ProductError> {
    let same = present.len() == drafts.len()
        && present.iter().zip(drafts).all(|(row, draft)| row.url == draft.url && row.alt == draft.alt);
    if same {
        return Ok(());
    }
    diesel::delete(images::table.filter(images::product_id.eq(product))).execute(conn.pg())?;
    insert(conn, product, drafts, present)
}

/// Inserts a product's images, under the ids that their addresses had in `earlier`.
pub(super) fn insert(
    conn: &mut TenantConn<'_>,
    product: Uuid,
    drafts: &[ImageDraft],
    earlier: &[ImageRow],
) -> Result<(), ProductError> {
    if drafts.is_empty() {
        return Ok(());
    }
    let mut known: VecDeque<(&str, Uuid)> = earlier.iter().map(|row| (row.url.as_str(), row.id)).collect();
    let mut id_of = |url: &str| {
        let place = known.iter().position(|(earlier, _)| *earlier == url);
        place.and_then(|place| known.remove(place)).map_or_else(Uuid::now_v7, |(_, id)| id)
    };
    let rows: Vec<_> = (1_i32..)
        .zip(drafts)
        .map(|(position, draft)| {
            (
                images::id.eq(id_of(&draft.url)),
                images::product_id.eq(product),
                images::url.eq(&draft.url),
                images::alt.eq(&draft.alt),
                images::position.eq(position),
            )
        })
        .collect();
    diesel::insert_into(images::table).values(rows).execute(conn.pg())?;
    Ok(())
}
