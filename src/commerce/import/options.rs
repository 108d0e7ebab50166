//! The cells of options: their names, and the values of a row.

use crate::commerce::products::draft::{DEFAULT_VALUE, MAX_OPTIONS, is_default};
use crate::http::request::text::normal_form;

use super::cells;
use super::columns::{Column, Row};
use super::fault::Faults;

/// The names in the leading row of a product; an empty one means that the row has none.
#[derive(Debug, Default)]
pub(super) struct Names(pub [String; MAX_OPTIONS]);

impl Names {
    /// Reads the names.
    pub(super) fn read(row: &Row, faults: &mut Faults) -> Self {
        let mut names: [String; MAX_OPTIONS] = Default::default();
        for (slot, own) in names.iter_mut().enumerate() {
            if cells_of(row, slot).0.is_empty() {
                continue;
            }
            *own = cells::identifier(row, Column::OptionName(slot)).unwrap_or_else(|fault| {
                faults.add(fault);
                normal_form(row.cell(Column::OptionName(slot)))
            });
        }
        Self(names)
    }

    /// Adds the faults of another row whose names differ. Their case may.
    pub(super) fn compare(&self, row: &Row, faults: &mut Faults) {
        for (slot, own) in self.0.iter().enumerate() {
            let (name, value) = cells_of(row, slot);
            let is_none = own.is_empty() && is_default(name, value);
            if !name.is_empty() && normal_form(name).to_lowercase() != own.to_lowercase() && !is_none {
                let detail = "must be blank, or as in the first row of the product";
                faults.add(row.fault(Column::OptionName(slot), "option_name_differs", detail));
            }
        }
    }
}

/// Reads a variant's values.
pub(super) fn values(row: &Row, faults: &mut Faults) -> [String; MAX_OPTIONS] {
    let mut values: [String; MAX_OPTIONS] = Default::default();
    for (slot, own) in values.iter_mut().enumerate() {
        if !cells_of(row, slot).1.is_empty() {
            *own = faults.value_or_default(cells::identifier(row, Column::OptionValue(slot)));
        }
    }
    values
}

/// Whether a row has a value for any option, and so is a variant. A row of an image may repeat `Default Title`, which means
/// that the product has no options.
pub(super) fn any_value(row: &Row) -> bool {
    let is_image = row.cell(Column::Price).is_empty() && !row.cell(Column::ImageUrl).is_empty();
    let is_none = |value: &str| value.is_empty() || (is_image && is_default_value(value));
    (0..MAX_OPTIONS).any(|slot| !is_none(cells_of(row, slot).1))
}

/// The name and the value of an option in a row.
fn cells_of<'a>(row: &Row<'a>, slot: usize) -> (&'a str, &'a str) {
    (row.cell(Column::OptionName(slot)), row.cell(Column::OptionValue(slot)))
}

/// Whether a value is that of a product without options.
pub(super) fn is_default_value(value: &str) -> bool {
    value.eq_ignore_ascii_case(DEFAULT_VALUE)
}
