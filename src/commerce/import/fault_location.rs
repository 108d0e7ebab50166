//! The line and column of a file at which a validation error shows.

use crate::commerce::products::draft::ValidationError;

use super::columns::{Column, Header};
use super::fault::{Fault, Faults};
use super::place::Start;

/// Turns a validation error of a product into a fault with a line and a column. `first` is the product's
/// leading row, `starts` are the rows of its variants.
pub(super) fn locate(
    error: &ValidationError,
    first: Start,
    starts: &[Option<Start>],
    header: &Header,
) -> Faults {
    let mut parts = error.pointer.split('/').skip(1);
    let (list, index, field) = (parts.next(), parts.next(), parts.next());
    let index = index.and_then(|index| index.parse::<usize>().ok());
    let (code, column) = match (list, field) {
        (Some("variants"), Some("options")) => ("duplicate_variant", Some(Column::OptionValue(0))),
        (Some("options"), _) => ("duplicate_option", index.map(Column::OptionName)),
        (Some("tags"), _) => ("too_many_tags", Some(Column::Tags)),
        _ => ("contradiction", None),
    };
    let row = if list == Some("variants") { index.and_then(|index| *starts.get(index)?) } else { None };
    let fault = Fault::of_row(row.unwrap_or(first), code, error.detail.clone());
    fault.at(column.and_then(|column| header.name(column)), "").into()
}

#[cfg(test)]
mod tests {
    use super::super::shopify::tests::read;

    #[test]
    fn validation_errors_are_shown_at_their_row() {
        let header = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,SKU,Price,Tags";
        let tags = (0..251).map(|tag| tag.to_string()).collect::<Vec<_>>().join(" ,");
        for (rows, line, code, column) in [
            ("a,A,Size,S,,,,1,\na,,,S,,,,1,", 3, "duplicate_variant", "Option1 Value"),
            ("a,A,Size,S,size,S,,1,\na,,,M,,M,,1,", 2, "duplicate_option", "Option2 Name"),
            (&format!("a,A,,,,,,1,\"{tags}\""), 2, "too_many_tags", "Tags"),
        ] {
            let csv = format!("{header}\n{rows}\n");
            let faults = read(csv, "USD").remove(0).unwrap_err().kept;
            let [fault] = faults.as_slice() else { panic!("{faults:?}") };
            assert_eq!(
                (fault.line, fault.code, fault.column.as_deref()),
                (line, code, Some(column)),
                "{rows}"
            );
        }
    }
}
