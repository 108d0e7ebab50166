//! Writing and reading many products, in a few statements for all of them.

use std::collections::HashMap;

use chrono::Utc;
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::schema::tenant::products;
use crate::tenancy::{Currency, TenantConn};

use super::contents::Contents;
use super::count::Growth;
use super::current::CurrentProduct;
use super::images::{ProductImages, write_images};
use super::search_index::{self, SearchEntry};
use super::variants::{ProductVariants, write_variants};
use super::view::ProductRow;
use super::{Handle, ProductDraft, ProductError};

/// One product to write.
pub struct ProductWrite<'a> {
    /// Its id.
    pub id: Uuid,
    /// What it shall become.
    pub draft: &'a ProductDraft,
    /// Its current rows, locked; none for a new product.
    pub current: Option<&'a CurrentProduct>,
}

/// Creates or replaces products. The statements grow with the number of rows; give a few thousand variants and images at the
/// most. The caller records how many more there are. `reason` is that of the movements of stock that existed before.
pub fn write(
    conn: &mut TenantConn<'_>,
    writes: &[ProductWrite<'_>],
    currency: Currency,
    reason: &str,
) -> Result<Growth, ProductError> {
    if writes.is_empty() {
        return Ok(Growth::default());
    }
    let (kept, changed): (Vec<_>, Vec<_>) = writes.iter().partition(|write| write.keeps_row());
    touch(conn, &kept)?;
    write_rows(conn, &changed)?;
    write_contents(conn, writes, currency, reason)
}

/// Notes when products changed of which the rows stay as they are: a long description is not written again for a price.
fn touch(conn: &mut TenantConn<'_>, kept: &[&ProductWrite<'_>]) -> Result<(), ProductError> {
    let ids: Vec<Uuid> = kept.iter().map(|write| write.id).collect();
    if !ids.is_empty() {
        let touched = diesel::update(products::table.filter(products::id.eq_any(&ids)));
        let touch = touched.set(products::updated_at.eq(Utc::now()));
        conn.prepared_for_rows(ids.len(), touch).execute(conn.pg())?;
    }
    Ok(())
}

/// Writes the rows of `products`. They are bound value by value: Citus cannot take lists of texts out of one array.
fn write_rows(conn: &mut TenantConn<'_>, writes: &[&ProductWrite<'_>]) -> Result<(), ProductError> {
    if writes.is_empty() {
        return Ok(());
    }
    let now = Utc::now();
    let rows: Vec<_> = writes
        .iter()
        .map(|write| {
            let draft = write.draft;
            (
                products::id.eq(write.id),
                products::created_at.eq(now),
                products::updated_at.eq(now),
                products::handle.eq(write.handle()),
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

/// Writes what belongs to products whose rows exist: variants, images, search words and tags.
pub(super) fn write_contents(
    conn: &mut TenantConn<'_>,
    writes: &[ProductWrite<'_>],
    currency: Currency,
    reason: &str,
) -> Result<Growth, ProductError> {
    let variants: Vec<ProductVariants<'_>> = writes.iter().map(ProductWrite::variants).collect();
    write_variants(conn, &variants, currency, reason)?;
    let images: Vec<ProductImages<'_>> = writes.iter().map(ProductWrite::images).collect();
    write_images(conn, &images)?;
    let (changed, new): (Vec<_>, Vec<_>) =
        writes.iter().filter(|write| write.changes_search()).partition(|write| write.current.is_some());
    search_index::replace(conn, &changed.into_iter().map(ProductWrite::search_entry).collect::<Vec<_>>())?;
    search_index::insert(conn, &new.into_iter().map(ProductWrite::search_entry).collect::<Vec<_>>())?;
    Ok(growth(writes))
}

/// How many more products and variants there are when these are written.
pub fn growth(writes: &[ProductWrite<'_>]) -> Growth {
    let mut growth = Growth::default();
    for write in writes {
        growth += write.growth();
    }
    growth
}

impl<'a> ProductWrite<'a> {
    /// The draft's handle, or the product's current one. A new product without a handle does not come here: `write::insert`
    /// finds a free handle and inserts the row itself.
    fn handle(&self) -> &'a str {
        let given = self.draft.handle.as_ref().map(Handle::as_str);
        given.or(self.current.map(|current| current.product.handle.as_str())).unwrap_or_default()
    }

    /// Whether its own row stays as it is.
    fn keeps_row(&self) -> bool {
        let same = |ProductRow {
                        title, description, vendor, product_type, tags, status, options, ..
                    }: &ProductRow| {
            let draft = self.draft;
            (title, description, vendor, product_type)
                == (&draft.title, &draft.description, &draft.vendor, &draft.product_type)
                && (tags, options, status.as_str()) == (&draft.tags, &draft.options, draft.status.as_str())
        };
        self.current.is_some_and(|current| same(&current.product) && self.handle() == current.product.handle)
    }

    fn growth(&self) -> Growth {
        let ProductVariants { current, drafts, .. } = self.variants();
        Growth::new(self.current.is_none().into(), current.len(), drafts.len())
    }

    fn variants(&self) -> ProductVariants<'a> {
        let current = self.current.map_or(&[][..], |current| &current.variants);
        ProductVariants { product_id: self.id, current, drafts: &self.draft.variants }
    }

    fn images(&self) -> ProductImages<'a> {
        let current = self.current.map_or(&[][..], |current| &current.images);
        ProductImages { product_id: self.id, current, drafts: &self.draft.images }
    }

    /// Whether its search words or tags change.
    fn changes_search(&self) -> bool {
        let same = |current: &CurrentProduct| {
            (&current.product.title, &current.product.tags) == (&self.draft.title, &self.draft.tags)
        };
        !self.current.is_some_and(same)
    }

    fn search_entry(&self) -> SearchEntry<'a> {
        SearchEntry { product_id: self.id, title: &self.draft.title, tags: &self.draft.tags }
    }
}

/// Reads products that are locked already.
pub fn read(conn: &mut TenantConn<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, CurrentProduct>, ProductError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let of_products = products::table.filter(products::id.eq_any(ids)).select(ProductRow::as_select());
    let rows: Vec<ProductRow> = conn.prepared_for_rows(ids.len(), of_products).load(conn.pg())?;
    let mut contents = Contents::of(conn, ids)?;
    let current = |product: ProductRow| {
        let (variants, images) = contents.take(product.id);
        (product.id, CurrentProduct { product, variants, images })
    };
    Ok(rows.into_iter().map(current).collect())
}

/// Locks the products with these handles, by id, and returns their ids.
pub fn lock_by_handle(conn: &mut TenantConn<'_>, handles: &[&str]) -> Result<Vec<Uuid>, ProductError> {
    let by_handle = products::table.filter(products::handle.eq_any(handles)).order(products::id);
    let lock = by_handle.select(products::id).for_update();
    Ok(conn.prepared_for_rows(handles.len(), lock).load(conn.pg())?)
}

/// The ids of the products with these handles, by handle.
pub fn find_by_handle(
    conn: &mut TenantConn<'_>,
    handles: &[&str],
) -> Result<HashMap<String, Uuid>, ProductError> {
    let by_handle = products::table.filter(products::handle.eq_any(handles));
    let find = by_handle.select((products::handle, products::id));
    let rows: Vec<(String, Uuid)> = conn.prepared_for_rows(handles.len(), find).load(conn.pg())?;
    Ok(rows.into_iter().collect())
}
