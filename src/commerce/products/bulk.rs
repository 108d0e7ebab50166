//! Writing products, however many: a few statements for all of them.

use std::collections::HashMap;

use chrono::Utc;
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::commerce::rows::group_by;
use crate::schema::tenant::{images, products, variants};
use crate::tenancy::{Currency, TenantConn};

use super::assortment::{self, Assortment};
use super::finding::{self, Found};
use super::pictures::{self, Pictures};
use super::present::Present;
use super::view::{ImageRow, ProductRow, VariantRow};
use super::{Draft, Handle, ProductError};

/// A product that is to be written.
pub struct Planned<'a> {
    /// Its id.
    pub id: Uuid,
    /// What it is to be.
    pub draft: &'a Draft,
    /// What it is now, locked, if it is there.
    pub present: Option<&'a Present>,
}

/// Makes products what their drafts say. That no other has their SKUs is to be found out before: PostgreSQL would not say
/// whose was double. Statements grow with what is planned: a few thousand rows of variants and images at the most.
pub fn write(
    conn: &mut TenantConn<'_>,
    planned: &[Planned<'_>],
    currency: Currency,
) -> Result<(), ProductError> {
    if planned.is_empty() {
        return Ok(());
    }
    write_rows(conn, planned)?;
    write_contents(conn, planned, currency)
}

/// The products' own rows.
fn write_rows(conn: &mut TenantConn<'_>, planned: &[Planned<'_>]) -> Result<(), ProductError> {
    let now = Utc::now();
    let rows: Vec<_> = planned
        .iter()
        .map(|planned| {
            let draft = planned.draft;
            (
                products::id.eq(planned.id),
                products::created_at.eq(now),
                products::updated_at.eq(now),
                products::handle.eq(planned.handle()),
                products::title.eq(&draft.title),
                products::description.eq(&draft.description),
                products::vendor.eq(&draft.vendor),
                products::product_type.eq(&draft.product_type),
                products::tags.eq(&draft.tags),
                products::status.eq(draft.status.as_str()),
                products::options.eq(&draft.options),
            )
        })
        .collect();
    diesel::insert_into(products::table)
        .values(rows)
        .on_conflict(products::id)
        .do_update()
        .set((
            products::updated_at.eq(excluded(products::updated_at)),
            products::handle.eq(excluded(products::handle)),
            products::title.eq(excluded(products::title)),
            products::description.eq(excluded(products::description)),
            products::vendor.eq(excluded(products::vendor)),
            products::product_type.eq(excluded(products::product_type)),
            products::tags.eq(excluded(products::tags)),
            products::status.eq(excluded(products::status)),
            products::options.eq(excluded(products::options)),
        ))
        .execute(conn.pg())?;
    Ok(())
}

/// What belongs to rows that are there: variants, images, and what they are found by.
pub(super) fn write_contents(
    conn: &mut TenantConn<'_>,
    planned: &[Planned<'_>],
    currency: Currency,
) -> Result<(), ProductError> {
    let assortments: Vec<Assortment<'_>> = planned.iter().map(Planned::assortment).collect();
    assortment::write(conn, &assortments, currency)?;
    let pictures: Vec<Pictures<'_>> = planned.iter().map(Planned::pictures).collect();
    pictures::write(conn, &pictures)?;
    let (changed, new): (Vec<_>, Vec<_>) = planned
        .iter()
        .filter(|planned| planned.is_found_by_other())
        .partition(|planned| planned.present.is_some());
    finding::replace(conn, &changed.into_iter().map(Planned::found).collect::<Vec<_>>())?;
    finding::insert(conn, &new.into_iter().map(Planned::found).collect::<Vec<_>>())
}

impl<'a> Planned<'a> {
    /// The draft's handle, or the one that the product has. A draft of an import has one; that of a new product, whose
    /// handle may be taken, has its row inserted by itself.
    fn handle(&self) -> &'a str {
        let given = self.draft.handle.as_ref().map(Handle::as_str);
        given.or(self.present.map(|present| present.product.handle.as_str())).unwrap_or_default()
    }

    fn assortment(&self) -> Assortment<'a> {
        let present = self.present.map_or(&[][..], |present| &present.variants);
        Assortment { product: self.id, present, drafts: &self.draft.variants }
    }

    fn pictures(&self) -> Pictures<'a> {
        let present = self.present.map_or(&[][..], |present| &present.images);
        Pictures { product: self.id, present, drafts: &self.draft.images }
    }

    fn is_found_by_other(&self) -> bool {
        let same = |present: &Present| {
            (&present.product.title, &present.product.tags) == (&self.draft.title, &self.draft.tags)
        };
        !self.present.is_some_and(same)
    }

    fn found(&self) -> Found<'a> {
        Found { product: self.id, title: &self.draft.title, tags: &self.draft.tags }
    }
}

/// Products that are locked already, as they are.
pub fn read(conn: &mut TenantConn<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Present>, ProductError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<ProductRow> =
        products::table.filter(products::id.eq_any(ids)).select(ProductRow::as_select()).load(conn.pg())?;
    let variant_rows: Vec<VariantRow> = variants::table
        .filter(variants::product_id.eq_any(ids))
        .order((variants::product_id, variants::position, variants::id))
        .select(VariantRow::as_select())
        .load(conn.pg())?;
    let image_rows: Vec<ImageRow> = images::table
        .filter(images::product_id.eq_any(ids))
        .order((images::product_id, images::position, images::id))
        .select(ImageRow::as_select())
        .load(conn.pg())?;
    let mut variants_of = group_by(variant_rows, |row| row.product_id);
    let mut images_of = group_by(image_rows, |row| row.product_id);
    let present = |product: ProductRow| {
        let variants = variants_of.remove(&product.id).unwrap_or_default();
        let images = images_of.remove(&product.id).unwrap_or_default();
        (product.id, Present { product, variants, images })
    };
    Ok(rows.into_iter().map(present).collect())
}

/// Locks the products that have one of these handles, and returns their ids.
pub fn lock_by_handle(conn: &mut TenantConn<'_>, handles: &[&str]) -> Result<Vec<Uuid>, ProductError> {
    let by_handle = products::table.filter(products::handle.eq_any(handles)).order(products::id);
    Ok(by_handle.select(products::id).for_update().load(conn.pg())?)
}

/// Ids by handle of the products that have one of these.
pub fn find_by_handle(
    conn: &mut TenantConn<'_>,
    handles: &[&str],
) -> Result<HashMap<String, Uuid>, ProductError> {
    let by_handle = products::table.filter(products::handle.eq_any(handles));
    let rows: Vec<(String, Uuid)> = by_handle.select((products::handle, products::id)).load(conn.pg())?;
    Ok(rows.into_iter().collect())
}
