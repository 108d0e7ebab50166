//! What the products of a file have in common with those of the shop: handles, and SKUs that others have.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use uuid::Uuid;

use crate::commerce::products::draft::ValidationError;
use crate::commerce::products::{Handle, ProductDraft, ProductError, bulk, variants};
use crate::tenancy::TenantConn;

use super::columns::Header;
use super::fault::Fault;
use super::fault_location::locate;
use super::group::ImportedProduct;
use super::report::OnConflict;

/// Products that are to be written, each with its id when it exists.
#[derive(Default)]
pub(super) struct Wanted {
    pub products: Vec<(Option<Uuid>, ImportedProduct)>,
    /// How many others exist, and are to be kept.
    pub skipped: usize,
}

impl Wanted {
    /// Finds which products exist.
    pub(super) fn among(
        conn: &mut TenantConn<'_>,
        products: Vec<ImportedProduct>,
        on_conflict: OnConflict,
    ) -> Result<Self, ProductError> {
        let handles: Vec<&str> = products.iter().filter_map(|imported| handle(&imported.draft)).collect();
        let known = if handles.is_empty() { HashMap::new() } else { bulk::find_by_handle(conn, &handles)? };
        let mut wanted = Self::default();
        for imported in products {
            let id = handle(&imported.draft).and_then(|handle| known.get(handle).copied());
            if id.is_some() && on_conflict == OnConflict::Skip {
                wanted.skipped += 1;
            } else {
                wanted.products.push((id, imported));
            }
        }
        Ok(wanted)
    }

    /// The ids of those that exist.
    pub(super) fn existing(&self) -> Vec<Uuid> {
        self.products.iter().filter_map(|(id, _)| *id).collect()
    }
}

pub(super) fn handle(draft: &ProductDraft) -> Option<&str> {
    draft.handle.as_ref().map(Handle::as_str)
}

/// Which SKUs the products of a file have taken and released so far, where the database does not know it yet. Hashes of them:
/// see [`ShopifyReader`](super::shopify::ShopifyReader).
#[derive(Default)]
pub(super) struct Claims {
    taken: HashSet<u64>,
    released: HashSet<u64>,
    hashes: RandomState,
}

/// The products of a batch, sorted by whether another product has one of their SKUs.
#[derive(Default)]
pub(super) struct Sorted {
    /// New products have got an id.
    pub accepted: Vec<(Uuid, ImportedProduct)>,
    pub refused: Vec<Refused>,
}

/// A product that wants a SKU which another product has.
pub(super) struct Refused {
    imported: ImportedProduct,
    error: ValidationError,
}

impl Refused {
    /// The fault of the file.
    pub(super) fn fault(&self, header: &Header) -> Fault {
        let fault = locate(&self.error, self.imported.line, &self.imported.lines, header);
        Fault { code: "sku_taken", ..fault }
    }
}

impl Claims {
    /// Refuses the products that want a SKU which another product has. They are looked at in the order of the file, because an
    /// earlier product of the file may have released the SKU, or taken it. `current` has the SKUs of a product that exists.
    pub(super) fn sort<'c, S>(
        &mut self,
        conn: &mut TenantConn<'_>,
        wanted: Vec<(Option<Uuid>, ImportedProduct)>,
        current: impl Fn(&Uuid) -> S,
    ) -> Result<Sorted, ProductError>
    where
        S: Iterator<Item = &'c str>,
    {
        let all: Vec<&str> = wanted.iter().flat_map(|(_, imported)| skus(&imported.draft)).collect();
        let owners = if all.is_empty() { HashMap::new() } else { variants::products_by_sku(conn, &all)? };
        let mut sorted = Sorted::default();
        for (id, imported) in wanted {
            let id = id.unwrap_or_else(Uuid::now_v7);
            let variants = &imported.draft.variants;
            let is_taken = |sku: &str| self.is_taken(sku, owners.get(sku).is_some_and(|owner| *owner != id));
            let taken = variants.iter().position(|variant| variant.sku.as_deref().is_some_and(is_taken));
            if let Some(index) = taken {
                let detail = ProductError::SkuTaken { pointer: None }.to_string();
                let error = ValidationError::new(format!("/variants/{index}/sku"), detail);
                sorted.refused.push(Refused { imported, error });
                continue;
            }
            self.released.extend(current(&id).map(|sku| self.hashes.hash_one(sku)));
            self.taken.extend(skus(&imported.draft).map(|sku| self.hashes.hash_one(sku)));
            sorted.accepted.push((id, imported));
        }
        Ok(sorted)
    }

    fn is_taken(&self, sku: &str, has_owner: bool) -> bool {
        let hash = self.hashes.hash_one(sku);
        self.taken.contains(&hash) || (has_owner && !self.released.contains(&hash))
    }
}

fn skus(draft: &ProductDraft) -> impl Iterator<Item = &str> {
    draft.variants.iter().filter_map(|variant| variant.sku.as_deref())
}
