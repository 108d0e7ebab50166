//! Adding, changing and removing one variant. Each is done as a change of the whole product, so that the same rules hold.

use uuid::Uuid;

use crate::tenancy::{Currency, TenantConn};

use super::body::{VariantBody, VariantPatch};
use super::current::{CurrentProduct, lock_product};
use super::draft::ValidationError;
use super::view::VariantView;
use super::{ProductDraft, ProductError, read, write};

/// Adds a variant to a product, as the last one.
pub fn add(conn: &mut TenantConn<'_>, product: Uuid, body: VariantBody) -> Result<VariantView, ProductError> {
    let currency = conn.shop_context()?.currency;
    let current = lock_product(conn, product)?;
    let mut draft = current.as_draft()?;
    let mut variant = body.into_draft(&draft.options, currency, "").map_err(ProductError::from)?;
    if variant.id.take().is_some() {
        return Err(ValidationError::new("/id", "a new variant gets an id of its own").into());
    }
    let index = draft.variants.len();
    draft.variants.push(variant);
    check_and_write(conn, &current, draft, currency).map_err(|error| error.relative_to_variant(index))?;
    let mut view = read::find(conn, product)?;
    view.variants.pop().ok_or(ProductError::NotFound)
}

/// Changes the fields of a variant that the body has.
pub fn change(
    conn: &mut TenantConn<'_>,
    product: Uuid,
    id: Uuid,
    patch: VariantPatch,
) -> Result<VariantView, ProductError> {
    let currency = conn.shop_context()?.currency;
    let current = lock_product(conn, product)?;
    let mut draft = current.as_draft()?;
    let index = draft.variants.iter().position(|variant| variant.id == Some(id));
    let index = index.ok_or(ProductError::VariantNotFound)?;
    draft.variants[index] = patch.apply(draft.variants[index].clone(), &draft.options, currency)?;
    check_and_write(conn, &current, draft, currency).map_err(|error| error.relative_to_variant(index))?;
    let view = read::find(conn, product)?;
    view.variants.into_iter().find(|variant| variant.id == id).ok_or(ProductError::NotFound)
}

/// Removes a variant; a product keeps at least one.
pub fn remove(conn: &mut TenantConn<'_>, product: Uuid, id: Uuid) -> Result<(), ProductError> {
    let currency = conn.shop_context()?.currency;
    let current = lock_product(conn, product)?;
    let mut draft = current.as_draft()?;
    let before = draft.variants.len();
    draft.variants.retain(|variant| variant.id != Some(id));
    if draft.variants.len() == before {
        return Err(ProductError::VariantNotFound);
    }
    if draft.variants.is_empty() {
        return Err(
            ValidationError::new("", "a product keeps at least one variant; delete the product").into()
        );
    }
    check_and_write(conn, &current, draft, currency)
}

fn check_and_write(
    conn: &mut TenantConn<'_>,
    current: &CurrentProduct,
    draft: ProductDraft,
    currency: Currency,
) -> Result<(), ProductError> {
    write::overwrite(conn, current, &draft.checked()?, currency)
}
