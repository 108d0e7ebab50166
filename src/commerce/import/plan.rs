//! What becomes of a product of the file: a new product, or the present one with what the file has.

use std::collections::HashMap;

use uuid::Uuid;

use crate::commerce::products::current::CurrentProduct;
use crate::commerce::products::{Handle, ImageDraft, ProductDraft, ProductError, Status};

use super::columns::{Column, Header};
use super::fault::{Fault, Faults};
use super::fault_location::locate;
use super::kind::FileOf;
use super::place::Start;
use super::plan_stock;
use super::plan_variants::{Unpriced, Variants};
use super::product::ImportedProduct;
use super::report::Rules;

/// What an import does with a product.
#[derive(Debug)]
pub(super) struct Plan {
    pub handle: String,
    pub draft: ProductDraft,
    /// Whether anything is written.
    pub is_changed: bool,
    pub variants_removed: usize,
    pub images_removed: usize,
    /// Tracked variants that begin at 0, because the file has no column of quantities.
    pub without_quantity: usize,
    /// The present variants whose stock changes, each with its row.
    pub counted: Vec<(Uuid, Start)>,
    pub warnings: Faults,
}

/// Plans the products of a file.
#[derive(Clone, Copy)]
pub(super) struct Planner<'a> {
    pub header: &'a Header,
    pub rules: Rules,
}

impl Planner<'_> {
    /// What becomes of a product; or what keeps it from being written.
    pub(super) fn plan(
        &self,
        imported: ImportedProduct,
        current: Option<&CurrentProduct>,
    ) -> Result<Result<Plan, Faults>, ProductError> {
        let handle = String::from(imported.handle.clone());
        let present = current.map(CurrentProduct::as_draft).transpose()?;
        let planned = match self.header.kind {
            FileOf::Products => self.merged(imported, present.as_ref()),
            FileOf::Stock => self.stocked(imported, present.as_ref()),
        };
        Ok(match planned {
            Ok((mut plan, starts)) => {
                plan.count_stock(current, &starts);
                plan.is_changed = present.as_ref() != Some(&plan.draft);
                plan.warnings = plan.warnings.of_product(&handle);
                Ok(plan)
            }
            Err(faults) => Err(faults.of_product(&handle)),
        })
    }

    /// The present product with the stock of the file; and the row of each variant.
    fn stocked(
        &self,
        imported: ImportedProduct,
        present: Option<&ProductDraft>,
    ) -> Result<(Plan, Vec<Option<Start>>), Faults> {
        let (draft, starts) = plan_stock::stocked(self.header, &imported, present)?;
        Ok((Plan::new(imported.handle, draft, imported.warnings), starts))
    }

    /// The present product with what the file has; and the row of each variant.
    fn merged(
        &self,
        imported: ImportedProduct,
        present: Option<&ProductDraft>,
    ) -> Result<(Plan, Vec<Option<Start>>), Faults> {
        let variants = Variants::of(self.header, self.rules, &imported, present)?;
        let mut warnings = imported.warnings;
        let mut draft = present.cloned().unwrap_or_else(|| ProductDraft::new(imported.handle.clone()));
        draft.title = imported.title;
        for (column, own, given) in [
            (Column::Body, &mut draft.description, imported.description),
            (Column::Vendor, &mut draft.vendor, imported.vendor),
            (Column::Type, &mut draft.product_type, imported.product_type),
        ] {
            if self.header.has(column) {
                *own = given;
            }
        }
        if self.header.has(Column::Tags) {
            draft.tags = imported.tags;
        }
        let shown = present.map(|present| present.status);
        draft.status = imported.visibility.resolve(shown, &mut warnings);
        draft.status = self.priced(draft.status, shown, &variants.unpriced, &mut warnings)?;
        let before = present.map_or(&[][..], |present| &present.images);
        if self.header.has(Column::ImageUrl) {
            draft.images = imported.images.instead_of(before, self.header);
        }
        let images_removed = missing(before, &draft.images);
        let Variants { options, drafts, starts, removed, without_quantity, .. } = variants;
        (draft.options, draft.variants) = (options, drafts);
        let draft = draft.checked().map_err(|error| locate(&error, imported.start, &starts, self.header))?;
        let plan = Plan {
            variants_removed: removed,
            images_removed,
            without_quantity,
            ..Plan::new(imported.handle, draft, warnings)
        };
        Ok((plan, starts))
    }

    /// The status of a product of which some variants have no price in the file: nothing is sold for nothing by mistake.
    fn priced(
        &self,
        status: Status,
        shown: Option<Status>,
        unpriced: &[Unpriced],
        warnings: &mut Faults,
    ) -> Result<Status, Faults> {
        let mut priced = status;
        for variant in unpriced {
            let at_row = |detail: &str| {
                Fault::of_row(variant.start, "missing_price", detail).at(self.header.name(Column::Price), "")
            };
            match (variant.is_new, shown) {
                (true, Some(_)) if status == Status::Active => {
                    return Err(at_row("a new variant of a product that is sold must have a price").into());
                }
                (true, _) => {
                    warnings.add(at_row("there is no price, so it is 0, and the product is a draft"));
                    priced = if status == Status::Active { Status::Draft } else { status };
                }
                (false, _) => {
                    if self.header.has(Column::Price) {
                        warnings.add(at_row("a price cannot be blank, so it stays as it is"));
                    }
                    if variant.price == 0 && status == Status::Active && shown != Some(Status::Active) {
                        warnings.add(at_row("there is no price, so the product stays as it is"));
                        priced = shown.unwrap_or_default();
                    }
                }
            }
        }
        Ok(priced)
    }
}

impl Plan {
    fn new(handle: Handle, draft: ProductDraft, warnings: Faults) -> Self {
        Self {
            handle: handle.into(),
            draft,
            is_changed: true,
            variants_removed: 0,
            images_removed: 0,
            without_quantity: 0,
            counted: Vec::new(),
            warnings,
        }
    }

    /// Finds the present variants whose stock changes. Where it does not, the draft has none.
    fn count_stock(&mut self, current: Option<&CurrentProduct>, starts: &[Option<Start>]) {
        let rows = current.map_or(&[][..], |current| &current.variants);
        let stock: HashMap<Uuid, i64> = rows.iter().map(|row| (row.id, row.stock)).collect();
        for (draft, start) in self.draft.variants.iter_mut().zip(starts) {
            let Some((id, known)) = draft.id.and_then(|id| Some((id, *stock.get(&id)?))) else { continue };
            if draft.stock == Some(known) {
                draft.stock = None;
            }
            if let (Some(_), Some(start)) = (draft.stock, start) {
                self.counted.push((id, *start));
            }
        }
    }
}

/// How many of the images before are not there any more.
fn missing(before: &[ImageDraft], after: &[ImageDraft]) -> usize {
    before.iter().filter(|image| !after.iter().any(|after| after.url == image.url)).count()
}
