//! What the client asks for, and what it is told.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::request::parameter::Choice;
use crate::http::request::query::parameters;

use super::fault::{Fault, Faults, MAX_FAULTS};
use super::place::HEADER;

parameters! {
    /// How to import.
    pub(super) struct Options {
        /// What to do with a product whose handle exists already.
        on_conflict: OnConflict,
        /// Report what the import would do, without doing it.
        dry_run: bool,
        /// Import the valid products even if others have faults.
        partial: bool,
        /// What to do with the variants of an updated product that the file does not name.
        variants: Unnamed,
        /// What to do with the quantities of an updated product's variants.
        stock: StockOf,
    }
}

parameters! {
    /// How to import stock.
    pub(super) struct StockOptions {
        /// Report what the import would do, without doing it.
        dry_run: bool,
        /// Set the stock of the products without errors even if others have some.
        partial: bool,
    }
}

impl From<StockOptions> for Options {
    fn from(options: StockOptions) -> Self {
        let StockOptions { dry_run, partial } = options;
        Self { on_conflict: Some(OnConflict::Update), dry_run, partial, ..Self::default() }
    }
}

/// What to do with products that exist already.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rules {
    pub on_conflict: OnConflict,
    pub variants: Unnamed,
    pub stock: StockOf,
}

impl Rules {
    pub(super) fn of(options: &Options) -> Self {
        Self {
            on_conflict: options.on_conflict.unwrap_or_default(),
            variants: options.variants.unwrap_or_default(),
            stock: options.stock.unwrap_or_default(),
        }
    }
}

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

/// What to do with variants that the file does not name.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Unnamed {
    /// Keep them.
    #[default]
    Keep,
    /// Put those of the file in their place.
    Replace,
}

impl Choice for Unnamed {
    const WORDS: &'static [(&'static str, Self)] = &[("keep", Self::Keep), ("replace", Self::Replace)];
}

/// What to do with the quantities of variants that exist already.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum StockOf {
    /// Set their stock to that of the file.
    #[default]
    Set,
    /// Keep their stock: the file may be older than what was sold.
    Keep,
}

impl Choice for StockOf {
    const WORDS: &'static [(&'static str, Self)] = &[("set", Self::Set), ("keep", Self::Keep)];
}

/// What an import did; for a dry run, what it would do. Each product of the file is counted once: as created, updated,
/// unchanged, skipped or failed.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = ImportReport)]
pub(super) struct Report {
    /// The products of the file.
    pub products_total: usize,
    pub created: usize,
    /// Those of which something changed.
    pub updated: usize,
    /// Those that were as in the file already.
    pub unchanged: usize,
    /// Those that existed already, and were left alone.
    pub skipped: usize,
    /// Those with errors.
    pub failed: usize,
    /// Variants of updated products that are gone.
    pub variants_removed: usize,
    /// Images of updated products that are gone.
    pub images_removed: usize,
    pub errors_total: usize,
    /// The first 100 errors.
    pub errors: Vec<Fault>,
    pub warnings_total: usize,
    /// The first 100 warnings: what was not taken as it stands.
    pub warnings: Vec<Fault>,
    /// The columns with content that is lost, those that matter most first.
    pub ignored_columns: Vec<String>,
    /// Tracked variants that begin at 0, because the file has no column of quantities.
    #[serde(skip)]
    pub without_quantity: usize,
}

impl Report {
    /// Of a file that cannot be read as a catalogue.
    pub(super) fn of_fault(fault: Fault) -> Self {
        Self { errors_total: 1, errors: vec![fault], ..Self::default() }
    }

    /// Counts a product with errors.
    pub(super) fn fail(&mut self, faults: Faults) {
        self.failed += 1;
        add(&mut self.errors, &mut self.errors_total, faults);
    }

    /// Adds warnings.
    pub(super) fn warn(&mut self, warnings: Faults) {
        add(&mut self.warnings, &mut self.warnings_total, warnings);
    }

    /// Whether there is room for no more errors.
    pub(super) fn is_full(&self) -> bool {
        self.errors.len() >= MAX_FAULTS
    }

    /// The report at the end, when it is known how many quantities are missing.
    pub(super) fn ended(mut self) -> Self {
        if self.without_quantity > 0 {
            let detail =
                format!("the file has no quantities: {} tracked variants start at 0", self.without_quantity);
            self.warn(Fault::of_row(HEADER, "no_quantities", detail).into());
        }
        self
    }

    /// What was done, in a sentence for whoever was interrupted.
    pub(super) fn done(&self) -> String {
        let Self { created, updated, .. } = self;
        format!(
            "Before that, {created} products were created and {updated} updated; they stay. Send the file again for the rest."
        )
    }
}

fn add(known: &mut Vec<Fault>, total: &mut usize, faults: Faults) {
    let mut all = Faults { kept: std::mem::take(known), total: *total };
    all.merge(faults);
    (*known, *total) = (all.kept, all.total);
}
