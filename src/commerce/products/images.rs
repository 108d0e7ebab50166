//! Reading and writing the images of products.

use std::collections::VecDeque;

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::schema::tenant::images;
use crate::tenancy::TenantConn;

use super::view::ImageRow;
use super::{ImageDraft, ProductError};

/// The images of a product, in order.
pub(super) fn images_of(conn: &mut TenantConn<'_>, product: Uuid) -> Result<Vec<ImageRow>, ProductError> {
    Ok(images::table
        .filter(images::product_id.eq(product))
        .order((images::position, images::id))
        .select(ImageRow::as_select())
        .load(conn.pg())?)
}

/// The images of a product: as they are, and as they shall be.
pub(super) struct ProductImages<'a> {
    pub product_id: Uuid,
    pub current: &'a [ImageRow],
    pub drafts: &'a [ImageDraft],
}

/// Replaces the images of products by the drafts. An image whose URL stays keeps its id.
pub(super) fn write_images(
    conn: &mut TenantConn<'_>,
    products: &[ProductImages<'_>],
) -> Result<(), ProductError> {
    let changed: Vec<&ProductImages<'_>> = products.iter().filter(|product| product.differ()).collect();
    let emptied: Vec<Uuid> = changed
        .iter()
        .filter(|product| !product.current.is_empty())
        .map(|product| product.product_id)
        .collect();
    if !emptied.is_empty() {
        let delete = diesel::delete(images::table.filter(images::product_id.eq_any(&emptied)));
        conn.prepared_for_rows(emptied.len(), delete).execute(conn.pg())?;
    }
    let rows: Vec<_> = changed.iter().flat_map(|product| product.rows()).collect();
    if !rows.is_empty() {
        // PostgreSQL parses and plans a list of rows row by row, and an array at once.
        diesel::sql_query(
            "INSERT INTO images (id, product_id, url, alt, position) \
             VALUES (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5))",
        )
        .bind::<Array<SqlUuid>, _>(rows.iter().map(|row| row.id).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(rows.iter().map(|row| row.product_id).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(rows.iter().map(|row| row.draft.url.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(rows.iter().map(|row| row.draft.alt.as_str()).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(rows.iter().map(|row| row.position).collect::<Vec<_>>())
        .execute(conn.pg())?;
    }
    Ok(())
}

/// A row to insert.
struct NewImage<'a> {
    id: Uuid,
    product_id: Uuid,
    draft: &'a ImageDraft,
    position: i32,
}

impl<'a> ProductImages<'a> {
    fn rows(&self) -> impl Iterator<Item = NewImage<'a>> {
        let product_id = self.product_id;
        let rows = (1_i32..).zip(self.drafts).zip(self.ids());
        rows.map(move |((position, draft), id)| NewImage { id, product_id, draft, position })
    }
}

impl ProductImages<'_> {
    fn differ(&self) -> bool {
        let same = |(row, draft): (&ImageRow, &ImageDraft)| row.url == draft.url && row.alt == draft.alt;
        self.current.len() != self.drafts.len() || !self.current.iter().zip(self.drafts).all(same)
    }

    /// The id of each draft's image: that of a stored image with the same URL, or a new one.
    fn ids(&self) -> Vec<Uuid> {
        let mut known: VecDeque<(&str, Uuid)> =
            self.current.iter().map(|row| (row.url.as_str(), row.id)).collect();
        let mut id_of = |url: &str| {
            let index = known.iter().position(|(stored, _)| *stored == url);
            index.and_then(|index| known.remove(index)).map_or_else(Uuid::now_v7, |(_, id)| id)
        };
        self.drafts.iter().map(|draft| id_of(&draft.url)).collect()
    }
}
