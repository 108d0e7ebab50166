//! Which products of a file the shop has, by their handles.

use std::collections::HashMap;

use uuid::Uuid;

use crate::commerce::products::{Handle, ProductDraft, ProductError, bulk};
use crate::tenancy::TenantConn;

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
