//! The variants of products: locking them, matching them with drafts, and writing them.

use std::collections::{HashMap, HashSet};

use chrono::Utc;
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::commerce::stock::{self, StockChange};
use crate::schema::tenant::variants;
use crate::tenancy::{Currency, TenantConn};

use super::draft::{DEFAULT_VALUE, ValidationError};
use super::view::VariantRow;
use super::{ProductError, VariantDraft};

impl VariantRow {
    /// A draft that, when written, would change nothing.
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

/// Locks the variants of a product by id, in the same order as the placing of orders does. Returns them by position.
pub(super) fn lock_variants(
    conn: &mut TenantConn<'_>,
    product: Uuid,
) -> Result<Vec<VariantRow>, ProductError> {
    let mut rows: Vec<VariantRow> = variants::table
        .filter(variants::product_id.eq(product))
        .order(variants::id)
        .select(VariantRow::as_select())
        .for_no_key_update()
        .load(conn.pg())?;
    rows.sort_by_key(|row| (row.position, row.id));
    Ok(rows)
}

/// Locks the variants of many products by id; the products must be locked already. The placing of orders locks variants in
/// the same order, so that there is no deadlock.
pub fn lock_variants_of_all(conn: &mut TenantConn<'_>, products: &[Uuid]) -> Result<(), ProductError> {
    let mut ids: Vec<Uuid> = Vec::new();
    for products in products.chunks(CHUNK) {
        let of_products = variants::table.filter(variants::product_id.eq_any(products));
        let find = conn.prepared_for_rows(products.len(), of_products.select(variants::id));
        ids.extend(find.load::<Uuid>(conn.pg())?);
    }
    ids.sort_unstable();
    for ids in ids.chunks(CHUNK) {
        let in_order = variants::table.filter(variants::id.eq_any(ids)).order(variants::id);
        let lock = in_order.select(variants::id).for_no_key_update();
        conn.prepared_for_rows(ids.len(), lock).load::<Uuid>(conn.pg())?;
    }
    Ok(())
}

/// The variants of a product: as they are, and as they shall be.
pub(super) struct ProductVariants<'a> {
    pub product_id: Uuid,
    pub current: &'a [VariantRow],
    pub drafts: &'a [VariantDraft],
}

/// Replaces the variants of products by the drafts. A variant keeps its id when a draft names the id, or has the same option
/// values, or else the same SKU, if no other variant of the product has it; its stock movements and order lines then still refer to it.
pub(super) fn write_variants(
    conn: &mut TenantConn<'_>,
    products: &[ProductVariants<'_>],
    currency: Currency,
    reason: &str,
) -> Result<(), ProductError> {
    let mut matched = Vec::new();
    for product in products {
        let rows = match_rows(product.current, product.drafts)?;
        for (index, (draft, row)) in product.drafts.iter().zip(rows).enumerate() {
            let id = row.map_or_else(Uuid::now_v7, |row| row.id);
            matched.push(Matched {
                id,
                product_id: product.product_id,
                position: position(index),
                draft,
                row,
            });
        }
    }
    delete_unmatched(conn, products, &matched)?;
    upsert(conn, &matched, currency)?;
    let changes = |is_new: bool| -> Vec<StockChange> {
        matched.iter().filter(|matched| matched.row.is_none() == is_new).map(Matched::stock_change).collect()
    };
    stock::record(conn, &changes(false), reason)?;
    Ok(stock::record(conn, &changes(true), "initial stock")?)
}

/// A draft, and the row that it updates; a draft without one is a new variant.
struct Matched<'a> {
    id: Uuid,
    product_id: Uuid,
    position: i32,
    draft: &'a VariantDraft,
    row: Option<&'a VariantRow>,
}

impl Matched<'_> {
    fn stock(&self) -> i64 {
        self.draft.stock.unwrap_or(self.row.map_or(0, |row| row.stock))
    }

    fn track_stock(&self) -> bool {
        let was_tracked = self.row.is_some_and(|row| row.track_stock);
        self.draft.track_stock.unwrap_or(was_tracked || self.draft.stock.is_some())
    }

    fn stock_change(&self) -> StockChange {
        let delta = self.stock() - self.row.map_or(0, |row| row.stock);
        StockChange { variant: self.id, delta, order: None }
    }
}

/// Deletes the rows that no draft updates.
fn delete_unmatched(
    conn: &mut TenantConn<'_>,
    products: &[ProductVariants<'_>],
    matched: &[Matched<'_>],
) -> Result<(), ProductError> {
    let kept: HashSet<Uuid> = matched.iter().map(|matched| matched.id).collect();
    let current = products.iter().flat_map(|product| product.current);
    let unmatched: Vec<Uuid> = current.map(|row| row.id).filter(|id| !kept.contains(id)).collect();
    if !unmatched.is_empty() {
        let delete = diesel::delete(variants::table.filter(variants::id.eq_any(&unmatched)));
        conn.prepared_for_rows(unmatched.len(), delete).execute(conn.pg())?;
    }
    Ok(())
}

/// Rows of one statement. A statement can bind 65,535 values; a row binds 15. Citus cannot take lists of
/// texts, such as a variant's options, out of one array.
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
                    variants::product_id.eq(matched.product_id),
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

/// A rule by which a draft is of a row.
type SameVariant<'a> = dyn Fn(&VariantRow, &VariantDraft) -> bool + 'a;

/// Finds the row that each draft updates.
fn match_rows<'a>(
    current: &'a [VariantRow],
    drafts: &[VariantDraft],
) -> Result<Vec<Option<&'a VariantRow>>, ValidationError> {
    let mut free: Vec<&VariantRow> = current.iter().collect();
    let mut take = |wanted: &dyn Fn(&VariantRow) -> bool| {
        free.iter().position(|row| wanted(row)).map(|index| free.swap_remove(index))
    };
    // Drafts with an id first, so that no other draft takes their rows because its values are the same.
    let mut matched = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let row = draft.id.and_then(|id| take(&|row| row.id == id));
        if draft.id.is_some() && row.is_none() {
            let pointer = format!("/variants/{index}/id");
            return Err(ValidationError::new(pointer, "the product has no variant with this id"));
        }
        matched.push(row);
    }
    let (old, new) =
        (times(current.iter().map(|row| &row.sku)), times(drafts.iter().map(|draft| &draft.sku)));
    let is_unique = |sku: &str| (old.get(sku), new.get(sku)) == (Some(&1), Some(&1));
    // A variant with other values and the same SKU was renamed.
    let rules: [&SameVariant<'_>; 3] = [
        &|row, draft| row.options == draft.options,
        &|row, draft| has_no_value(&row.options) && has_no_value(&draft.options),
        &|row, draft| row.sku == draft.sku && row.sku.as_deref().is_some_and(is_unique),
    ];
    for same in rules {
        for (draft, row) in drafts.iter().zip(&mut matched) {
            if row.is_none() {
                *row = take(&|row| same(row, draft));
            }
        }
    }
    Ok(matched)
}

/// Whether a variant has no option values; `Default Title` alone is none.
fn has_no_value(values: &[String]) -> bool {
    match values {
        [] => true,
        [value] => value.eq_ignore_ascii_case(DEFAULT_VALUE),
        _ => false,
    }
}

/// How many variants have each SKU.
fn times<'a>(skus: impl Iterator<Item = &'a Option<String>>) -> HashMap<&'a str, usize> {
    let mut times = HashMap::new();
    for sku in skus.flatten() {
        *times.entry(sku.as_str()).or_default() += 1;
    }
    times
}

/// Positions count from 1.
fn position(index: usize) -> i32 {
    i32::try_from(index + 1).unwrap_or(i32::MAX)
}
