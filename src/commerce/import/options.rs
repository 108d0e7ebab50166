//! The options of a product: their names, and the values that a variant has for them.

use crate::commerce::products::draft::{DEFAULT_VALUE, MAX_OPTIONS, is_default};
use crate::http::request::text::normal_form;

use super::cells;
use super::columns::{Column, Row};
use super::fault::Fault;

/// The option names from the first row of a product; an empty name means that there is no such option.
#[derive(Default)]
pub(super) struct Options([String; MAX_OPTIONS]);

impl Options {
    /// Reads the option names from the first row of a product. Returns them with the faults of the names.
    pub(super) fn named_by(row: &Row) -> (Self, Vec<Fault>) {
        let mut names: [String; MAX_OPTIONS] = Default::default();
        let mut faults = Vec::new();
        for (slot, own) in names.iter_mut().enumerate() {
            if cells_of(row, slot).0.is_empty() {
                continue;
            }
            match cells::identifier(row, Column::OptionName(slot)) {
                Ok(name) => *own = name,
                Err(fault) => {
                    *own = normal_form(row.cell(Column::OptionName(slot)));
                    faults.push(fault);
                }
            }
        }
        (Self(names), faults)
    }

    /// The faults of a later row whose option names differ from the first row's.
    pub(super) fn differences(&self, row: &Row) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (slot, own) in self.0.iter().enumerate() {
            let (name, value) = cells_of(row, slot);
            let is_none = own.is_empty() && is_default(name, value);
            if !name.is_empty() && normal_form(name) != *own && !is_none {
                let detail = "must be blank, or as in the first row of the product";
                faults.push(row.fault(Column::OptionName(slot), "option_name_differs", detail));
            }
        }
        faults
    }

    /// Reads a variant's value for each option. Returns them with the faults of the values.
    pub(super) fn values(&self, row: &Row) -> (Vec<String>, Vec<Fault>) {
        let (mut values, mut faults) = (Vec::new(), Vec::new());
        for (slot, name) in self.0.iter().enumerate() {
            let (column, value) = (Column::OptionValue(slot), cells_of(row, slot).1);
            match (name.is_empty(), value.is_empty()) {
                (true, true) => {}
                (true, false) if is_default_value(value) => {}
                (true, false) => {
                    let detail = "the first row of the product does not name this option";
                    faults.push(row.fault(column, "missing_option_name", detail));
                }
                (false, true) => {
                    let detail = format!("the variant needs a value for the option {name:?}");
                    faults.push(row.fault(column, "missing_option_value", detail));
                }
                (false, false) => match cells::identifier(row, column) {
                    Ok(value) => values.push(value),
                    Err(fault) => faults.push(fault),
                },
            }
        }
        (values, faults)
    }

    /// Whether a row has a value for any option, and so is a variant. A row of an image may repeat `Default Title`, which
    /// means that the product has no options.
    pub(super) fn any_value(&self, row: &Row) -> bool {
        let is_image = row.cell(Column::Price).is_empty() && !row.cell(Column::ImageUrl).is_empty();
        (0..MAX_OPTIONS).any(|slot| {
            let value = cells_of(row, slot).1;
            !value.is_empty() && !(is_image && is_default_value(value))
        })
    }

    /// The names of the options.
    pub(super) fn into_names(self) -> Vec<String> {
        self.0.into_iter().filter(|name| !name.is_empty()).collect()
    }
}

/// The name and the value of an option in a row.
fn cells_of<'a>(row: &Row<'a>, slot: usize) -> (&'a str, &'a str) {
    (row.cell(Column::OptionName(slot)), row.cell(Column::OptionValue(slot)))
}

fn is_default_value(value: &str) -> bool {
    value.eq_ignore_ascii_case(DEFAULT_VALUE)
}

#[cfg(test)]
mod tests {
    use csv::ByteRecord;

    use super::super::columns::Header;
    use super::*;

    /// The names, the values, and the codes of all faults of a product of these rows.
    fn read(first: [&str; 4], further: [&str; 4]) -> (Vec<String>, Vec<String>, Vec<&'static str>) {
        let names =
            ["Handle", "Title", "Price", "Option1 Name", "Option1 Value", "Option3 Name", "Option3 Value"];
        let header = Header::read(1, &ByteRecord::from(names.to_vec())).unwrap();
        let record = |cells: [&str; 4]| ByteRecord::from([&["", "", ""], cells.as_slice()].concat());
        let (first, further) = (record(first), record(further));
        let (first, further) = (header.row(2, &first).unwrap(), header.row(3, &further).unwrap());
        let (options, mut faults) = Options::named_by(&first);
        faults.extend(options.differences(&further));
        let (values, wrong) = options.values(&further);
        faults.extend(wrong);
        (options.into_names(), values, faults.into_iter().map(|fault| fault.code).collect())
    }

    #[test]
    fn any_of_the_three_options_may_be_used() {
        let (names, values, faults) = read(["", "", "Size", "S"], ["", "", "Size", "M"]);
        assert_eq!((names, values, faults), (vec!["Size".to_owned()], vec!["M".to_owned()], vec![]));
    }

    #[test]
    fn the_default_title_of_an_option_without_a_name_is_no_value() {
        for default in [["", "Default Title", "", ""], ["", "default title", "", ""]] {
            assert_eq!(read(default, default), (vec![], vec![], vec![]));
        }
        assert_eq!(read(["", "Default Title", "", ""], ["Title", "Default Title", "", ""]).2, [""; 0]);
    }

    #[test]
    fn names_are_short_enough() {
        let long = "x".repeat(256);
        let (_, _, faults) = read([&long, "S", "", ""], ["", &long, "", ""]);
        assert_eq!(faults, ["too_long", "too_long"]);
    }
}
