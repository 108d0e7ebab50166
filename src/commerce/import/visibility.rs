//! Who shall see a product, by its status and what else hides it. Nothing is shown to more people than before.

use crate::commerce::products::Status;

use super::cells;
use super::columns::{Column, Row};
use super::fault::{Fault, Faults};

/// What a file says of who sees a product.
#[derive(Debug, Default)]
pub(super) struct Visibility {
    /// None if the cell is blank.
    status: Option<Status>,
    /// Why it is not shown to everybody, although it is active: a warning.
    hidden: Option<Fault>,
    /// Whether that holds without a status, too.
    is_unpublished: bool,
}

impl Visibility {
    /// Reads the leading row of a product. Old exports have no status, but say whether the product is published.
    pub(super) fn read(row: &Row, faults: &mut Faults) -> Self {
        let is_published = faults.value_or_default(cells::published(row));
        let (status, is_unlisted) = faults.value_or_default(cells::status(row));
        let is_unpublished = is_published == Some(false);
        let gift = [Column::GiftCard, Column::Fulfillment].into_iter().find(|column| {
            let cell = row.cell(*column);
            cell.eq_ignore_ascii_case(if *column == Column::GiftCard { "true" } else { "gift_card" })
        });
        let hidden = if let Some(column) = gift {
            let detail = "gift cards are not sold as such here, so it comes in as a draft";
            Some(row.fault(column, "gift_card", detail))
        } else if is_unlisted {
            let detail =
                "only those who know its address see it, which there is not here, so it comes in as a draft";
            Some(row.fault(Column::Status, "unlisted", detail))
        } else if is_unpublished {
            let detail = "it is not shown in the online store, so it comes in as a draft";
            Some(row.fault(Column::Published, "unpublished", detail))
        } else {
            None
        };
        Self { status, hidden, is_unpublished }
    }

    /// The status that a product shall have, by the one that it has. None for a new product.
    pub(super) fn resolve(&self, present: Option<Status>, warnings: &mut Faults) -> Status {
        let status = self.status.or(present).unwrap_or_default();
        let is_decided = self.status.is_some() || self.is_unpublished || present.is_none();
        match &self.hidden {
            Some(warning) if status == Status::Active && is_decided => {
                warnings.add(warning.clone());
                Status::Draft
            }
            _ => status,
        }
    }
}
