//! Creating, replacing and deleting products.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::tenant::products;
use crate::tenancy::{Currency, TenantConn};

use super::body::{ProductBody, ProductPatch};
use super::bulk::{self, ProductWrite};
use super::count::{self, Growth};
use super::current::{CurrentProduct, lock_product};
use super::draft::ValidationError;
use super::view::ProductView;
use super::{Handle, ProductDraft, ProductError, read};

/// Why the stock of a variant moves when its product is written.
const CHANGED: &str = "product changed";

/// Creates a product from a body.
pub fn create(conn: &mut TenantConn<'_>, body: ProductBody) -> Result<ProductView, ProductError> {
    let currency = conn.shop_context()?.currency;
    let has_single_variant = body.has_single_variant();
    let written = draft_of(body, currency).and_then(|draft| {
        refuse_ids(&draft)?;
        insert(conn, &draft, currency)
    });
    let id =
        written.map_err(|error| if has_single_variant { error.relative_to_variant(0) } else { error })?;
    read::find(conn, id)
}

/// Replaces a product by a body.
pub fn replace(conn: &mut TenantConn<'_>, id: Uuid, body: ProductBody) -> Result<ProductView, ProductError> {
    let currency = conn.shop_context()?.currency;
    let current = lock_product(conn, id)?;
    let has_single_variant = body.has_single_variant();
    let written = draft_of(body, currency).and_then(|draft| overwrite(conn, &current, &draft, currency));
    written.map_err(|error| if has_single_variant { error.relative_to_variant(0) } else { error })?;
    read::find(conn, id)
}

/// The draft of a whole product. One that is for sale must have a price: nothing is sold for nothing by mistake.
fn draft_of(body: ProductBody, currency: Currency) -> Result<ProductDraft, ProductError> {
    if body.lacks_price() {
        return Err(ProductError::PriceMissing);
    }
    Ok(body.into_draft(currency)?)
}

/// A body for a new product must not name the ids of its variants.
fn refuse_ids(draft: &ProductDraft) -> Result<(), ValidationError> {
    match draft.variants.iter().position(|variant| variant.id.is_some()) {
        Some(index) => {
            let detail = "a new variant gets an id of its own";
            Err(ValidationError::new(format!("/variants/{index}/id"), detail))
        }
        None => Ok(()),
    }
}

/// Changes the fields of a product that the body has.
pub fn change(conn: &mut TenantConn<'_>, id: Uuid, patch: ProductPatch) -> Result<ProductView, ProductError> {
    let currency = conn.shop_context()?.currency;
    let current = lock_product(conn, id)?;
    let draft = patch.apply(current.as_draft()?, currency)?;
    overwrite(conn, &current, &draft, currency)?;
    read::find(conn, id)
}

/// Deletes a product. Orders keep their own copy of what was bought.
pub fn delete(conn: &mut TenantConn<'_>, id: Uuid) -> Result<(), ProductError> {
    // The cascade alone would lock the variants in no defined order, and could deadlock with the placing of an order.
    let current = lock_product(conn, id)?;
    diesel::delete(products::table.find(id)).execute(conn.pg())?;
    count::record(conn, Growth::new(-1, current.variants.len(), 0))
}

/// The columns of `products` that a draft sets.
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
    fn of(draft: &'a ProductDraft, handle: &'a str, updated_at: DateTime<Utc>) -> Self {
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

/// Locks a product and reads it, so that an `If-Match` can be compared before the product is changed.
pub fn lock_and_find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<ProductView, ProductError> {
    lock_product(conn, id)?;
    read::find(conn, id)
}

/// Inserts a product. If the draft names a handle that is taken, this is an error; if it names none, a free one is made from
/// the title.
pub fn insert(
    conn: &mut TenantConn<'_>,
    draft: &ProductDraft,
    currency: Currency,
) -> Result<Uuid, ProductError> {
    let (id, now) = (Uuid::now_v7(), Utc::now());
    match &draft.handle {
        Some(handle) => {
            if !insert_row(conn, id, handle, draft, now)? {
                return Err(ProductError::HandleTaken);
            }
        }
        None => insert_under_free_handle(conn, id, draft, now)?,
    }
    let growth = bulk::write_contents(conn, &[ProductWrite { id, draft, current: None }], currency, CHANGED)?;
    count::record(conn, growth)?;
    Ok(id)
}

/// Tries `shirt`, `shirt-2` … `shirt-9`, then the title with the product's id, which is unique.
fn insert_under_free_handle(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    draft: &ProductDraft,
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

/// Returns false when the handle is taken. The transaction can then go on.
fn insert_row(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    handle: &Handle,
    draft: &ProductDraft,
    now: DateTime<Utc>,
) -> Result<bool, ProductError> {
    let inserted = diesel::insert_into(products::table)
        .values((products::id.eq(id), products::created_at.eq(now), Fields::of(draft, handle.as_str(), now)))
        .on_conflict(products::handle)
        .do_nothing()
        .execute(conn.pg())?;
    Ok(inserted == 1)
}

/// Replaces a product by a draft. A variant keeps its id when the draft names the id, or has the same option values, or else
/// the same SKU, if no other variant of the product has it.
pub fn overwrite(
    conn: &mut TenantConn<'_>,
    current: &CurrentProduct,
    draft: &ProductDraft,
    currency: Currency,
) -> Result<(), ProductError> {
    let id = current.product.id;
    let growth = bulk::write(conn, &[ProductWrite { id, draft, current: Some(current) }], currency, CHANGED)?;
    count::record(conn, growth)
}
