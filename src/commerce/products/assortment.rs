//! The variants of a product: locking them, matching them with a draft, and writing them.

use std::collections::{HashMap, HashSet};

use chrono::Utc;
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::commerce::stock::{self, Change};
use crate::schema::tenant::variants;
use crate::tenancy::{Currency, TenantConn};

use super::draft::Contradiction;
use super::view::VariantRow;
use super::{ProductError, VariantDraft};

impl VariantRow {
    /// The draft that would leave the variant as it is.
    pub fn as_draft(&self) -> VariantDraft {
        VariantDraft {
            id: Some(self.id),
            sku: self.sku.clone(),
            options: self.options.clone(),
            price: self.price,
            compare_at_price: self.compare_at_price,
            track_stock: Some(self.track_stock),
            allow_oversell: self.allow_oversell,
            stock: None,
            barcode: self.barcode.clone(),
            grams: self.grams,
        }
    }
}

/// Locks a product's variants by id, the order in which orders lock them too; returns them by position.
pub(super) fn lock(conn: &mut TenantConn<'_>, product: Uuid) -> Result<Vec<VariantRow>, ProductError> {
    let mut rows: Vec<VariantRow> = variants::table
        .filter(variants::product_id.eq(product))
        .order(variants::id)
        .select(VariantRow::as_select())
        .for_no_key_update()
        .load(conn.pg())?;
    rows.sort_by_key(|row| (row.position, row.id));
    Ok(rows)
}

/// Locks the variants of many products, whose rows are locked, by id. Orders that take them wait, and in no circle.
pub fn lock_all(conn: &mut TenantConn<'_>, products: &[Uuid]) -> Result<(), ProductError> {
    let mut ids: Vec<Uuid> = Vec::new();
    for products in products.chunks(CHUNK) {
        let of_products = variants::table.filter(variants::product_id.eq_any(products));
        ids.extend(of_products.select(variants::id).load::<Uuid>(conn.pg())?);
    }
    ids.sort_unstable();
    for ids in ids.chunks(CHUNK) {
        let in_order = variants::table.filter(variants::id.eq_any(ids)).order(variants::id);
        in_order.select(variants::id).for_no_key_update().load::<Uuid>(conn.pg())?;
    }
    Ok(())
}

/// Who has these SKUs: the product of each.
pub fn owners(conn: &mut TenantConn<'_>, skus: &[&str]) -> Result<HashMap<String, Uuid>, ProductError> {
    let taken = variants::table.filter(variants::sku.eq_any(skus));
    let rows: Vec<(String, Uuid)> =
        taken.select((variants::sku.assume_not_null(), variants::product_id)).load(conn.pg())?;
    Ok(rows.into_iter().collect())
}

/// Refuses SKUs that other products have. Under the wall PostgreSQL does not say which key was double, so it
/// is found out before.
pub(super) fn refuse_taken_skus(
    conn: &mut TenantConn<'_>,
    product: Uuid,
    drafts: &[VariantDraft],
) -> Result<(), ProductError> {
    let skus: Vec<&str> = drafts.iter().filter_map(|draft| draft.sku.as_deref()).collect();
    if skus.is_empty() {
        return Ok(());
    }
    let taken: Option<String> = variants::table
        .filter(variants::sku.eq_any(skus).and(variants::product_id.ne(product)))
        .select(variants::sku.assume_not_null())
        .first(conn.pg())
        .optional()?;
    match taken {
        Some(taken) => {
            let place = drafts.iter().position(|draft| draft.sku.as_ref() == Some(&taken));
            Err(ProductError::SkuTaken { pointer: place.map(|index| format!("/variants/{index}/sku")) })
        }
        None => Ok(()),
    }
}

/// The variants of a product as they are, and as they are to be.
pub(super) struct Assortment<'a> {
    pub product: Uuid,
    pub present: &'a [VariantRow],
    pub drafts: &'a [VariantDraft],
}

/// Makes the variants of products what the drafts say. A variant keeps its id, and with it its history and its
/// place in orders, when a draft names the id or has the same option values.
pub(super) fn write(
    conn: &mut TenantConn<'_>,
    products: &[Assortment<'_>],
    currency: Currency,
) -> Result<(), ProductError> {
    let mut matched = Vec::new();
    for assortment in products {
        let kept = match_rows(assortment.present, assortment.drafts)?;
        for (index, (draft, row)) in assortment.drafts.iter().zip(kept).enumerate() {
            let id = row.map_or_else(Uuid::now_v7, |row| row.id);
            matched.push(Matched { id, product: assortment.product, position: position(index), draft, row });
        }
    }
    remove_others(conn, products, &matched)?;
    free_skus(conn, &matched)?;
    upsert(conn, &matched, currency)?;
    let changes = |of_new: bool| -> Vec<Change> {
        matched.iter().filter(|matched| matched.row.is_none() == of_new).map(Matched::change).collect()
    };
    stock::record(conn, &changes(false), "product changed")?;
    Ok(stock::record(conn, &changes(true), "initial stock")?)
}

/// A draft, and the row that it takes the place of.
struct Matched<'a> {
    id: Uuid,
    product: Uuid,
    position: i32,
    draft: &'a VariantDraft,
    row: Option<&'a VariantRow>,
}

impl Matched<'_> {
    fn stock(&self) -> i64 {
        self.draft.stock.unwrap_or(self.row.map_or(0, |row| row.stock))
    }

    fn track_stock(&self) -> bool {
        let as_it_was = self.row.is_some_and(|row| row.track_stock);
        self.draft.track_stock.unwrap_or(as_it_was || self.draft.stock.is_some())
    }

    fn change(&self) -> Change {
        let delta = self.stock() - self.row.map_or(0, |row| row.stock);
        Change { variant: self.id, delta, order: None }
    }
}

/// Deletes the variants that no draft takes the place of.
fn remove_others(
    conn: &mut TenantConn<'_>,
    products: &[Assortment<'_>],
    matched: &[Matched<'_>],
) -> Result<(), ProductError> {
    let kept: HashSet<Uuid> = matched.iter().map(|matched| matched.id).collect();
    let present = products.iter().flat_map(|assortment| assortment.present);
    let gone: Vec<Uuid> = present.map(|row| row.id).filter(|id| !kept.contains(id)).collect();
    if !gone.is_empty() {
        diesel::delete(variants::table.filter(variants::id.eq_any(gone))).execute(conn.pg())?;
    }
    Ok(())
}

/// So that variants can exchange their SKUs.
fn free_skus(conn: &mut TenantConn<'_>, matched: &[Matched<'_>]) -> Result<(), ProductError> {
    let changes_sku = |matched: &&Matched<'_>| {
        matched.row.is_some_and(|row| row.sku.is_some() && row.sku != matched.draft.sku)
    };
    let renamed: Vec<Uuid> = matched.iter().filter(changes_sku).map(|matched| matched.id).collect();
    if !renamed.is_empty() {
        diesel::update(variants::table.filter(variants::id.eq_any(renamed)))
            .set(variants::sku.eq(None::<String>))
            .execute(conn.pg())?;
    }
    Ok(())
}

/// A statement may bind 65,535 values; a row binds 15.
const CHUNK: usize = 1000;

fn upsert(
    conn: &mut TenantConn<'_>,
    matched: &[Matched<'_>],
    currency: Currency,
) -> Result<(), ProductError> {
    let now = Utc::now();
    for chunk in matched.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|matched| {
                let draft = matched.draft;
                (
                    variants::id.eq(matched.id),
                    variants::product_id.eq(matched.product),
                    variants::sku.eq(&draft.sku),
                    variants::options.eq(&draft.options),
                    variants::price.eq(draft.price),
                    variants::compare_at_price.eq(draft.compare_at_price),
                    variants::currency.eq(currency.code()),
                    variants::track_stock.eq(matched.track_stock()),
                    variants::allow_oversell.eq(draft.allow_oversell),
                    variants::stock.eq(matched.stock()),
                    variants::barcode.eq(&draft.barcode),
                    variants::grams.eq(draft.grams),
                    variants::position.eq(matched.position),
                    (variants::created_at.eq(now), variants::updated_at.eq(now)),
                )
            })
            .collect();
        diesel::insert_into(variants::table)
            .values(rows)
            .on_conflict(variants::id)
            .do_update()
            .set((
                variants::sku.eq(excluded(variants::sku)),
                variants::options.eq(excluded(variants::options)),
                variants::price.eq(excluded(variants::price)),
                variants::compare_at_price.eq(excluded(variants::compare_at_price)),
                variants::track_stock.eq(excluded(variants::track_stock)),
                variants::allow_oversell.eq(excluded(variants::allow_oversell)),
                variants::stock.eq(excluded(variants::stock)),
                variants::barcode.eq(excluded(variants::barcode)),
                variants::grams.eq(excluded(variants::grams)),
                variants::position.eq(excluded(variants::position)),
                variants::updated_at.eq(excluded(variants::updated_at)),
            ))
            .execute(conn.pg())?;
    }
    Ok(())
}

/// The row that each draft takes the place of.
fn match_rows<'a>(
    present: &'a [VariantRow],
    drafts: &[VariantDraft],
) -> Result<Vec<Option<&'a VariantRow>>, Contradiction> {
    let mut free: Vec<&VariantRow> = present.iter().collect();
    let mut take = |wanted: &dyn Fn(&VariantRow) -> bool| {
        free.iter().position(|row| wanted(row)).map(|place| free.swap_remove(place))
    };
    // Named ids first, so that no other draft takes their rows by its values.
    let mut kept = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let row = draft.id.and_then(|id| take(&|row| row.id == id));
        if draft.id.is_some() && row.is_none() {
            let pointer = format!("/variants/{index}/id");
            return Err(Contradiction::new(pointer, "the product has no variant with this id"));
        }
        kept.push(row);
    }
    for (draft, row) in drafts.iter().zip(&mut kept) {
        if row.is_none() {
            *row = take(&|row| row.options == draft.options);
        }
    }
    Ok(kept)
}

/// Positions count from 1.
fn position(index: usize) -> i32 {
    i32::try_from(index + 1).unwrap_or(i32::MAX)
}
