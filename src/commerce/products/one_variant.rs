//! Adding, changing and removing one variant: the product with that one variant more, other or less,
//! so that what holds for whole products holds here.

use uuid::Uuid;

use crate::tenancy::{Currency, TenantConn};

use super::body::{VariantBody, VariantPatch};
use super::draft::Contradiction;
use super::present::{Present, lock};
use super::view::VariantView;
use super::{Draft, ProductError, read, write};

/// Adds a variant to a product, behind the others.
pub fn add(conn: &mut TenantConn<'_>, product: Uuid, body: VariantBody) -> Result<VariantView, ProductError> {
    let currency = conn.shop_context()?.currency;
    let present = lock(conn, product)?;
    let mut draft = present.as_draft()?;
    let mut variant = body.into_draft(&draft.options, currency, "").map_err(ProductError::from)?;
    if variant.id.take().is_some() {
        return Err(Contradiction::new("/id", "a new variant gets an id of its own").into());
    }
    let place = draft.variants.len();
    draft.variants.push(variant);
    put(conn, &present, &draft, currency).map_err(|error| error.in_variant(place))?;
    let mut view = read::find(conn, product)?;
    view.variants.pop().ok_or(ProductError::NotFound)
}

/// Changes a variant by what a body gives of it.
pub fn change(
    conn: &mut TenantConn<'_>,
    product: Uuid,
    id: Uuid,
    patch: VariantPatch,
) -> Result<VariantView, ProductError> {
    let currency = conn.shop_context()?.currency;
    let present = lock(conn, product)?;
    let mut draft = present.as_draft()?;
    let place = draft.variants.iter().position(|variant| variant.id == Some(id));
    let place = place.ok_or(ProductError::NotFound)?;
    draft.variants[place] = patch.apply(draft.variants[place].clone(), &draft.options, currency)?;
    put(conn, &present, &draft, currency).map_err(|error| error.in_variant(place))?;
    let view = read::find(conn, product)?;
    view.variants.into_iter().find(|variant| variant.id == id).ok_or(ProductError::NotFound)
}

/// Removes a variant; a product keeps at least one.
pub fn remove(conn: &mut TenantConn<'_>, product: Uuid, id: Uuid) -> Result<(), ProductError> {
    let currency = conn.shop_context()?.currency;
    let present = lock(conn, product)?;
    let mut draft = present.as_draft()?;
    let before = draft.variants.len();
    draft.variants.retain(|variant| variant.id != Some(id));
    if draft.variants.len() == before {
        return Err(ProductError::NotFound);
    }
    if draft.variants.is_empty() {
        return Err(Contradiction::new("", "a product keeps at least one variant; delete the product").into());
    }
    write::overwrite(conn, &present, &draft, currency)
}

fn put(
    conn: &mut TenantConn<'_>,
    present: &Present,
    draft: &Draft,
    currency: Currency,
) -> Result<(), ProductError> {
    draft.check()?;
    write::overwrite(conn, present, draft, currency)
}
