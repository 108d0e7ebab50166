//! Products of a file that are written together: what is there already, whose SKUs are taken, and the rest in a few
//! statements.

use std::collections::HashMap;

use uuid::Uuid;

use crate::commerce::products::bulk::{self, Planned};
use crate::commerce::products::draft::Contradiction;
use crate::commerce::products::present::Present;
use crate::commerce::products::{Draft, Handle, ProductError, assortment};
use crate::tenancy::{Currency, TenantConn};

use super::group::Imported;

/// Variants and images of a batch, after which it is full. The last product may bring thousands more.
const ROWS: usize = 1000;
/// Bytes of text of a batch, after which it is full.
const BYTES: usize = 2 << 20;

/// What is to become of a product whose handle is there already.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum OnConflict {
    /// It stays as it is.
    #[default]
    Skip,
    /// It becomes what the file says.
    Update,
}

/// Products that wait to be written, in the order of the file.
#[derive(Default)]
pub(super) struct Batch {
    products: Vec<Imported>,
    rows: usize,
    bytes: usize,
}

/// What became of a batch.
#[derive(Default)]
pub(super) struct Outcome {
    pub created: usize,
    pub updated: usize,
    pub skipped: usize,
    /// The products that contradict others.
    pub refused: Vec<(Imported, Contradiction)>,
}

impl Batch {
    pub(super) fn add(&mut self, imported: Imported) {
        let draft = &imported.draft;
        self.rows += draft.variants.len() + draft.images.len();
        self.bytes +=
            draft.description.len() + draft.images.iter().map(|image| image.url.len()).sum::<usize>();
        self.products.push(imported);
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows >= ROWS || self.bytes >= BYTES
    }

    /// The handles, each of which comes once in a file.
    pub(super) fn handles(&self) -> Vec<&str> {
        self.products.iter().filter_map(|imported| handle(&imported.draft)).collect()
    }

    /// Writes the products that are to be written.
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
        let present = bulk::read(conn, &ids)?;
        let wanted = refuse_taken_skus(conn, wanted, &present, &mut outcome)?;
        let planned: Vec<Planned<'_>> = wanted
            .iter()
            .map(|(id, imported)| Planned { id: *id, draft: &imported.draft, present: present.get(id) })
            .collect();
        bulk::write(conn, &planned, currency)?;
        outcome.updated = planned.iter().filter(|planned| planned.present.is_some()).count();
        outcome.created = planned.len() - outcome.updated;
        Ok(outcome)
    }
}

fn handle(draft: &Draft) -> Option<&str> {
    draft.handle.as_ref().map(Handle::as_str)
}

/// Takes out the products that want a SKU which another has when their turn comes, in the order of the file: a product
/// before them may have given it up, or taken it. New products get their ids.
fn refuse_taken_skus(
    conn: &mut TenantConn<'_>,
    wanted: Vec<(Option<Uuid>, Imported)>,
    present: &HashMap<Uuid, Present>,
    outcome: &mut Outcome,
) -> Result<Vec<(Uuid, Imported)>, ProductError> {
    let all: Vec<&str> = wanted.iter().flat_map(|(_, imported)| skus(&imported.draft)).collect();
    let mut owners = if all.is_empty() { HashMap::new() } else { assortment::owners(conn, &all)? };
    let mut sound = Vec::with_capacity(wanted.len());
    for (id, imported) in wanted {
        let id = id.unwrap_or_else(Uuid::now_v7);
        let is_taken = |sku: &str| owners.get(sku).is_some_and(|owner| *owner != id);
        let draft = &imported.draft;
        let place = draft.variants.iter().position(|variant| variant.sku.as_deref().is_some_and(is_taken));
        if let Some(index) = place {
            let detail = ProductError::SkuTaken { pointer: None }.to_string();
            outcome.refused.push((imported, Contradiction::new(format!("/variants/{index}/sku"), detail)));
            continue;
        }
        let given_up = present.get(&id).into_iter().flat_map(|present| &present.variants);
        for sku in given_up.filter_map(|variant| variant.sku.as_deref()) {
            owners.remove(sku);
        }
        owners.extend(skus(draft).map(|sku| (sku.to_owned(), id)));
        sound.push((id, imported));
    }
    Ok(sound)
}

fn skus(draft: &Draft) -> impl Iterator<Item = &str> {
    draft.variants.iter().filter_map(|variant| variant.sku.as_deref())
}
