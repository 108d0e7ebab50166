//! Products of a file that are written together: existing products and taken SKUs are looked up first, then the rest is
//! written in a few statements.

use std::collections::HashMap;

use uuid::Uuid;

use crate::commerce::products::bulk::{self, ProductWrite};
use crate::commerce::products::count::Growth;
use crate::commerce::products::current::CurrentProduct;
use crate::commerce::products::draft::ValidationError;
use crate::commerce::products::{Handle, ProductDraft, ProductError, variants};
use crate::http::request::parameter::Choice;
use crate::tenancy::{Currency, TenantConn};

use super::group::ImportedProduct;

/// The number of variants and images at which a batch is full. The last product may add thousands more.
const ROWS: usize = 1000;
/// The bytes of text at which a batch is full.
const BYTES: usize = 2 << 20;

/// What to do with a product whose handle exists already.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum OnConflict {
    /// Keep the existing product.
    #[default]
    Skip,
    /// Update the existing product from the file.
    Update,
}

impl Choice for OnConflict {
    const WORDS: &'static [(&'static str, Self)] = &[("skip", Self::Skip), ("update", Self::Update)];
}

/// Products to be written, in the order of the file.
#[derive(Default)]
pub(super) struct Batch {
    products: Vec<ImportedProduct>,
    rows: usize,
    bytes: usize,
}

/// The result of writing a batch.
#[derive(Default)]
pub(super) struct Outcome {
    pub created: usize,
    pub updated: usize,
    pub skipped: usize,
    /// How many more products and variants there are now, for the caller to record.
    pub growth: Growth,
    /// The products that conflict with other products.
    pub refused: Vec<(ImportedProduct, ValidationError)>,
}

impl Batch {
    pub(super) fn add(&mut self, imported: ImportedProduct) {
        let draft = &imported.draft;
        self.rows += draft.variants.len() + draft.images.len();
        self.bytes +=
            draft.description.len() + draft.images.iter().map(|image| image.url.len()).sum::<usize>();
        self.products.push(imported);
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows >= ROWS || self.bytes >= BYTES
    }

    /// The handles of the products. They are unique within a file.
    pub(super) fn handles(&self) -> Vec<&str> {
        self.products.iter().filter_map(|imported| handle(&imported.draft)).collect()
    }

    /// Writes the products, except those that are skipped or refused.
    pub(super) fn write(
        self,
        conn: &mut TenantConn<'_>,
        currency: Currency,
        on_conflict: OnConflict,
    ) -> Result<Outcome, ProductError> {
        let known = bulk::find_by_handle(conn, &self.handles())?;
        let mut outcome = Outcome::default();
        let mut wanted = Vec::new();
        for imported in self.products {
            let id = handle(&imported.draft).and_then(|handle| known.get(handle).copied());
            if id.is_some() && on_conflict == OnConflict::Skip {
                outcome.skipped += 1;
            } else {
                wanted.push((id, imported));
            }
        }
        let ids: Vec<Uuid> = wanted.iter().filter_map(|(id, _)| *id).collect();
        let current = bulk::read(conn, &ids)?;
        let wanted = refuse_taken_skus(conn, wanted, &current, &mut outcome)?;
        let writes: Vec<ProductWrite<'_>> = wanted
            .iter()
            .map(|(id, imported)| ProductWrite { id: *id, draft: &imported.draft, current: current.get(id) })
            .collect();
        outcome.growth = bulk::write(conn, &writes, currency)?;
        outcome.updated = writes.iter().filter(|write| write.current.is_some()).count();
        outcome.created = writes.len() - outcome.updated;
        Ok(outcome)
    }
}

fn handle(draft: &ProductDraft) -> Option<&str> {
    draft.handle.as_ref().map(Handle::as_str)
}

/// Removes the products that want a SKU which another product has. They are looked at in the order of the file, because an
/// earlier product of the file may have released the SKU, or taken it. New products get their ids here.
fn refuse_taken_skus(
    conn: &mut TenantConn<'_>,
    wanted: Vec<(Option<Uuid>, ImportedProduct)>,
    current: &HashMap<Uuid, CurrentProduct>,
    outcome: &mut Outcome,
) -> Result<Vec<(Uuid, ImportedProduct)>, ProductError> {
    let all: Vec<&str> = wanted.iter().flat_map(|(_, imported)| skus(&imported.draft)).collect();
    let mut owners = if all.is_empty() { HashMap::new() } else { variants::products_by_sku(conn, &all)? };
    let mut accepted = Vec::with_capacity(wanted.len());
    for (id, imported) in wanted {
        let id = id.unwrap_or_else(Uuid::now_v7);
        let is_taken = |sku: &str| owners.get(sku).is_some_and(|owner| *owner != id);
        let draft = &imported.draft;
        let taken = draft.variants.iter().position(|variant| variant.sku.as_deref().is_some_and(is_taken));
        if let Some(index) = taken {
            let detail = ProductError::SkuTaken { pointer: None }.to_string();
            outcome.refused.push((imported, ValidationError::new(format!("/variants/{index}/sku"), detail)));
            continue;
        }
        let released = current.get(&id).into_iter().flat_map(|current| &current.variants);
        for sku in released.filter_map(|variant| variant.sku.as_deref()) {
            owners.remove(sku);
        }
        owners.extend(skus(draft).map(|sku| (sku.to_owned(), id)));
        accepted.push((id, imported));
    }
    Ok(accepted)
}

fn skus(draft: &ProductDraft) -> impl Iterator<Item = &str> {
    draft.variants.iter().filter_map(|variant| variant.sku.as_deref())
}
