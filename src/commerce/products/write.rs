//! Creating, replacing and deleting products.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::tenant::products;
use crate::tenancy::{Currency, TenantConn};

use super::body::{ProductBody, ProductPatch};
use super::bulk::{self, Planned};
use super::draft::Contradiction;
use super::present::{Present, lock};
use super::view::ProductView;
use super::{Draft, Handle, ProductError, assortment, read};

/// Creates a product from a body.
pub fn create(conn: &mut TenantConn<'_>, body: ProductBody) -> Result<ProductView, ProductError> {
    let currency = conn.shop_context()?.currency;
    let is_short = body.is_short();
    let written = body.into_draft(currency).map_err(ProductError::from).and_then(|draft| {
        refuse_ids(&draft)?;
        insert(conn, &draft, currency)
    });
    let id = written.map_err(|error| if is_short { error.in_variant(0) } else { error })?;
    read::find(conn, id)
}

/// Replaces a product by a body.
pub fn replace(conn: &mut TenantConn<'_>, id: Uuid, body: ProductBody) -> Result<ProductView, ProductError> {
    let currency = conn.shop_context()?.currency;
    let present = lock(conn, id)?;
    let is_short = body.is_short();
    let written = body.into_draft(currency).map_err(ProductError::from);
    let written = written.and_then(|draft| overwrite(conn, &present, &draft, currency));
    written.map_err(|error| if is_short { error.in_variant(0) } else { error })?;
    read::find(conn, id)
}

/// The variants of a new product get ids of their own.
fn refuse_ids(draft: &Draft) -> Result<(), Contradiction> {
    match draft.variants.iter().position(|variant| variant.id.is_some()) {
        Some(index) => {
            let detail = "a new variant gets an id of its own";
            Err(Contradiction::new(format!("/variants/{index}/id"), detail))
        }
        None => Ok(()),
    }
}

/// Changes a product by what a body gives of it.
pub fn change(conn: &mut TenantConn<'_>, id: Uuid, patch: ProductPatch) -> Result<ProductView, ProductError> {
    let currency = conn.shop_context()?.currency;
    let present = lock(conn, id)?;
    let draft = patch.apply(present.as_draft()?, currency)?;
    overwrite(conn, &present, &draft, currency)?;
    read::find(conn, id)
}

/// Deletes a product. Orders keep what they say of it.
pub fn delete(conn: &mut TenantConn<'_>, id: Uuid) -> Result<(), ProductError> {
    // The cascade would lock the variants in no order, and could deadlock with an order being placed.
    lock(conn, id)?;
    diesel::delete(products::table.find(id)).execute(conn.pg())?;
    Ok(())
}

/// What a draft says of the product's own row.
#[derive(Insertable)]
#[diesel(table_name = products)]
struct Fields<'a> {
    handle: &'a str,
    title: &'a str,
    description: &'a str,
    vendor: &'a str,
    product_type: &'a str,
    tags: &'a [String],
    status: &'static str,
    options: &'a [String],
    updated_at: DateTime<Utc>,
}

impl<'a> Fields<'a> {
    fn of(draft: &'a Draft, handle: &'a str, updated_at: DateTime<Utc>) -> Self {
        Self {
            handle,
            title: &draft.title,
            description: &draft.description,
            vendor: &draft.vendor,
            product_type: &draft.product_type,
            tags: &draft.tags,
            status: draft.status.as_str(),
            options: &draft.options,
            updated_at,
        }
    }
}

/// Locks a product for what is to be done to it, and finds it as it then is.
pub fn lock_and_find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<ProductView, ProductError> {
    lock(conn, id)?;
    read::find(conn, id)
}

/// Inserts a product. A handle made from the title gives way to one that is taken; a given one does not.
pub fn insert(conn: &mut TenantConn<'_>, draft: &Draft, currency: Currency) -> Result<Uuid, ProductError> {
    let (id, now) = (Uuid::now_v7(), Utc::now());
    assortment::refuse_taken_skus(conn, id, &draft.variants)?;
    match &draft.handle {
        Some(handle) => {
            if !insert_row(conn, id, handle, draft, now)? {
                return Err(ProductError::HandleTaken);
            }
        }
        None => insert_under_free_handle(conn, id, draft, now)?,
    }
    bulk::write_contents(conn, &[Planned { id, draft, present: None }], currency)?;
    Ok(id)
}

/// Tries `shirt`, `shirt-2` … `shirt-9`, then one that nobody else has.
fn insert_under_free_handle(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<(), ProductError> {
    let wanted = Handle::from_title(&draft.title);
    if insert_row(conn, id, &wanted, draft, now)? {
        return Ok(());
    }
    let numbered = (2..10).map(|number| number.to_string());
    for suffix in numbered.chain([id.simple().to_string()]) {
        if insert_row(conn, id, &wanted.with_suffix(&suffix), draft, now)? {
            return Ok(());
        }
    }
    Err(ProductError::HandleTaken)
}

/// False when the handle is taken; the transaction stays usable.
fn insert_row(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    handle: &Handle,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<bool, ProductError> {
    let inserted = diesel::insert_into(products::table)
        .values((products::id.eq(id), products::created_at.eq(now), Fields::of(draft, handle.as_str(), now)))
        .on_conflict(products::handle)
        .do_nothing()
        .execute(conn.pg())?;
    Ok(inserted == 1)
}

/// Makes a product what the draft says. A variant keeps its id, and with it its history and its place in
/// orders, when the draft names the id or has the same option values.
pub fn overwrite(
    conn: &mut TenantConn<'_>,
    present: &Present,
    draft: &Draft,
    currency: Currency,
) -> Result<(), ProductError> {
    let id = present.product.id;
    assortment::refuse_taken_skus(conn, id, &draft.variants)?;
    bulk::write(conn, &[Planned { id, draft, present: Some(present) }], currency)
}
