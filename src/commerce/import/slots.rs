//! The options that a product shall have, and the values that a variant has for them.

use crate::commerce::products::draft::{DEFAULT_OPTION, MAX_OPTIONS};

use super::columns::{Column, Header};
use super::fault::Fault;
use super::options::{Names, is_default_value};
use super::variant::ImportedVariant;

/// An option that the product shall have.
struct Slot {
    /// Its columns in the file: those of the first, second or third option.
    column: usize,
    name: String,
}

/// The options that a product shall have, in order.
pub(super) struct Slots(Vec<Slot>);

impl Slots {
    /// Those that the file names. Of a product that exists, what the file does not say stays.
    pub(super) fn new(
        header: &Header,
        Names(names): &Names,
        variants: &[&ImportedVariant],
        present: Option<&[String]>,
    ) -> Self {
        if present.is_none_or(<[String]>::is_empty) && is_without_options(header, names, variants) {
            return Self(Vec::new());
        }
        let slot = |(column, given): (usize, &String)| {
            let known = present.and_then(|present| present.get(column));
            let (name, value) = (Column::OptionName(column), Column::OptionValue(column));
            let is_blank = header.has(name)
                && header.has(value)
                && variants.iter().all(|variant| variant.values[column].is_empty());
            let name = if given.is_empty() { known.filter(|_| !is_blank) } else { Some(given) };
            Some(Slot { column, name: name?.clone() })
        };
        Self(names.iter().enumerate().filter_map(slot).collect())
    }

    /// The names.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|slot| slot.name.clone()).collect()
    }

    /// A variant's value for each option; none where its row has none.
    pub(super) fn values<'v>(&self, variant: &'v ImportedVariant) -> Vec<Option<&'v str>> {
        let value =
            |slot: &Slot| Some(variant.values[slot.column].as_str()).filter(|value| !value.is_empty());
        self.0.iter().map(value).collect()
    }

    /// The fault of a variant that has a value for an option without a name.
    pub(super) fn without_name(&self, variant: &ImportedVariant, header: &Header) -> Option<Fault> {
        let is_named = |column: &usize| self.0.iter().any(|slot| slot.column == *column);
        let has_value = |column: &usize| {
            let value = &variant.values[*column];
            !value.is_empty() && !is_default_value(value)
        };
        let column = (0..MAX_OPTIONS).filter(|column| !is_named(column)).find(has_value)?;
        let detail = "the first row of the product does not name this option";
        let fault = Fault::of_row(variant.start, "missing_option_name", detail);
        Some(fault.at(header.name(Column::OptionValue(column)), &variant.values[column]))
    }

    /// The fault of a row that lacks a value, and so is no variant of its own.
    pub(super) fn without_value(&self, variant: &ImportedVariant, header: &Header) -> Fault {
        let slot = self.0.iter().find(|slot| variant.values[slot.column].is_empty());
        let (name, column) = slot.map_or(("", 0), |slot| (&slot.name, slot.column));
        let detail = format!("the variant needs a value for the option {name:?}");
        let fault = Fault::of_row(variant.start, "missing_option_value", detail);
        fault.at(header.name(Column::OptionValue(column)), "")
    }
}

/// Whether the file says that a product has no options, as Shopify does it: one variant with the option `Title` and the value
/// `Default Title`.
fn is_without_options(header: &Header, names: &[String; MAX_OPTIONS], variants: &[&ImportedVariant]) -> bool {
    let [variant] = variants else { return false };
    let ([name, names @ ..], [value, values @ ..]) = (names, &variant.values);
    (name.is_empty() || name.eq_ignore_ascii_case(DEFAULT_OPTION))
        && (is_default_value(value) || !header.has(Column::OptionValue(0)))
        && names.iter().chain(values).all(String::is_empty)
}
