//! The variants of a product: locking them, matching them with a draft, and writing them.

use chrono::Utc;
use diesel::prelude::*;
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

/// Makes a product's variants what the drafts say. A variant keeps its id, and with it its history and its
/// place in orders, when a draft names the id or has the same option values.
pub(super) fn replace(
    conn: &mut TenantConn<'_>,
    product: Uuid,
    present: &[VariantRow],
    drafts: &[VariantDraft],
    currency: Currency,
) -> Result<(), ProductError> {
    let kept = match_rows(present, drafts)?;
    let is_kept = |row: &VariantRow| kept.iter().flatten().any(|kept| kept.id == row.id);
    let gone: Vec<Uuid> = present.iter().filter(|row| !is_kept(row)).map(|row| row.id).collect();
    if !gone.is_empty() {
        diesel::delete(variants::table.filter(variants::id.eq_any(gone))).execute(conn.pg())?;
    }
    // So that two variants can exchange their SKUs.
    let changes_sku = |draft: &VariantDraft, row: &VariantRow| row.sku.is_some() && row.sku != draft.sku;
    let renamed: Vec<Uuid> = drafts
        .iter()
        .zip(&kept)
        .filter_map(|(draft, row)| row.filter(|row| changes_sku(draft, row)).map(|row| row.id))
        .collect();
    if !renamed.is_empty() {
        diesel::update(variants::table.filter(variants::id.eq_any(renamed)))
            .set(variants::sku.eq(None::<String>))
            .execute(conn.pg())?;
    }
    let mut fresh = Vec::new();
    for (index, (draft, row)) in drafts.iter().zip(kept).enumerate() {
        match row {
            Some(row) => update(conn, row, index, draft)?,
            None => fresh.push((index, draft)),
        }
    }
    insert(conn, product, fresh.into_iter(), currency)
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

fn update(
    conn: &mut TenantConn<'_>,
    row: &VariantRow,
    index: usize,
    draft: &VariantDraft,
) -> Result<(), ProductError> {
    let stock = draft.stock.unwrap_or(row.stock);
    let track_stock = draft.track_stock.unwrap_or(row.track_stock || draft.stock.is_some());
    diesel::update(variants::table.find(row.id))
        .set((
            variants::sku.eq(&draft.sku),
            variants::options.eq(&draft.options),
            variants::price.eq(draft.price),
            variants::compare_at_price.eq(draft.compare_at_price),
            variants::track_stock.eq(track_stock),
            variants::allow_oversell.eq(draft.allow_oversell),
            variants::stock.eq(stock),
            variants::barcode.eq(&draft.barcode),
            variants::grams.eq(draft.grams),
            variants::position.eq(position(index)),
            variants::updated_at.eq(Utc::now()),
        ))
        .execute(conn.pg())?;
    let change = Change { variant: row.id, delta: stock - row.stock, order: None };
    Ok(stock::record(conn, &[change], "product changed")?)
}

/// Inserts variants, each with its place in the product.
pub(super) fn insert<'a>(
    conn: &mut TenantConn<'_>,
    product: Uuid,
    drafts: impl Iterator<Item = (usize, &'a VariantDraft)>,
    currency: Currency,
) -> Result<(), ProductError> {
    let now = Utc::now();
    let mut changes = Vec::new();
    let rows: Vec<_> = drafts
        .map(|(index, draft)| {
            let (id, stock) = (Uuid::now_v7(), draft.stock.unwrap_or(0));
            changes.push(Change { variant: id, delta: stock, order: None });
            (
                variants::id.eq(id),
                variants::product_id.eq(product),
                variants::sku.eq(&draft.sku),
                variants::options.eq(&draft.options),
                variants::price.eq(draft.price),
                variants::compare_at_price.eq(draft.compare_at_price),
                variants::currency.eq(currency.code()),
                variants::track_stock.eq(draft.track_stock.unwrap_or(draft.stock.is_some())),
                variants::allow_oversell.eq(draft.allow_oversell),
                variants::stock.eq(stock),
                variants::barcode.eq(&draft.barcode),
                variants::grams.eq(draft.grams),
                variants::position.eq(position(index)),
                (variants::created_at.eq(now), variants::updated_at.eq(now)),
            )
        })
        .collect();
    // A statement may bind 65,535 values; a row binds 15.
    for chunk in chunks(rows, 1000) {
        diesel::insert_into(variants::table).values(chunk).execute(conn.pg())?;
    }
    Ok(stock::record(conn, &changes, "initial stock")?)
}

fn chunks<T>(rows: Vec<T>, size: usize) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<T> = rows.by_ref().take(size).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// Positions count from 1.
fn position(index: usize) -> i32 {
    i32::try_from(index + 1).unwrap_or(i32::MAX)
}
