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

/// The images of a product as they are, and as they are to be.
pub(super) struct Pictures<'a> {
    pub product: Uuid,
    pub present: &'a [ImageRow],
    pub drafts: &'a [ImageDraft],
}

/// Makes the images of products what the drafts say. An address that stays keeps its id.
pub(super) fn write(conn: &mut TenantConn<'_>, products: &[Pictures<'_>]) -> Result<(), ProductError> {
    let changed: Vec<&Pictures<'_>> = products.iter().filter(|pictures| pictures.differ()).collect();
    let emptied: Vec<Uuid> = changed
        .iter()
        .filter(|pictures| !pictures.present.is_empty())
        .map(|pictures| pictures.product)
        .collect();
    if !emptied.is_empty() {
        diesel::delete(images::table.filter(images::product_id.eq_any(emptied))).execute(conn.pg())?;
    }
    let rows: Vec<_> = changed
        .iter()
        .flat_map(|pictures| {
            (1_i32..).zip(pictures.drafts).zip(pictures.ids()).map(|((position, draft), id)| {
                (
                    images::id.eq(id),
                    images::product_id.eq(pictures.product),
                    images::url.eq(&draft.url),
                    images::alt.eq(&draft.alt),
                    images::position.eq(position),
                )
            })
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(images::table).values(rows).execute(conn.pg())?;
    }
    Ok(())
}

impl Pictures<'_> {
    fn differ(&self) -> bool {
        let same = |(row, draft): (&ImageRow, &ImageDraft)| row.url == draft.url && row.alt == draft.alt;
        self.present.len() != self.drafts.len() || !self.present.iter().zip(self.drafts).all(same)
    }

    /// The id of each draft's image: the one that its address had.
    fn ids(&self) -> Vec<Uuid> {
        let mut known: VecDeque<(&str, Uuid)> =
            self.present.iter().map(|row| (row.url.as_str(), row.id)).collect();
        let mut id_of = |url: &str| {
            let place = known.iter().position(|(earlier, _)| *earlier == url);
            place.and_then(|place| known.remove(place)).map_or_else(Uuid::now_v7, |(_, id)| id)
        };
        self.drafts.iter().map(|draft| id_of(&draft.url)).collect()
    }
}
