//! What the client asks of an import, and what it is told.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::request::parameter::Choice;
use crate::http::request::query::parameters;

use super::fault::Fault;

/// The most faults in a response.
pub(super) const MAX_FAULTS: usize = 100;

parameters! {
    /// How to import.
    pub(super) struct Options {
        /// What to do with a product whose handle exists already.
        on_conflict: OnConflict,
        /// Report what the import would do, without doing it.
        dry_run: bool,
        /// Import the valid products even if others have faults.
        partial: bool,
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

/// What an import did; for a dry run, what it would do.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = ImportReport)]
pub(super) struct Report {
    pub created: usize,
    pub updated: usize,
    pub skipped: usize,
    pub errors: Vec<Fault>,
    pub ignored_columns: Vec<String>,
}

impl Report {
    /// Adds faults, and keeps the first ones of the file.
    pub(super) fn add_faults(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.errors.extend(faults);
        self.errors.sort_by_key(|fault| fault.line);
        self.errors.truncate(MAX_FAULTS);
    }

    /// Whether there is room for no more faults.
    pub(super) fn is_full(&self) -> bool {
        self.errors.len() >= MAX_FAULTS
    }
}
