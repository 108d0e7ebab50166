//! The handle that all rows of a product share.

use csv::ByteRecord;

use crate::commerce::products::Handle;
use crate::http::request::text::normal_form;

use super::columns::{Column, Header};

/// A handle of the file.
pub(super) struct FileHandle {
    pub handle: Handle,
    /// Whether the cell has another one, which is none here.
    pub is_odd: bool,
}

/// The handle of a record that is not checked yet. `None` when the cells of the handle and of the title are empty.
pub(super) fn of_record(header: &Header, cells: &ByteRecord) -> Option<FileHandle> {
    let cell = |column| header.peek(cells, column).unwrap_or("");
    of_cells(cell(Column::Handle), cell(Column::Title))
}

/// As in Shopify a handle is in lower case, and is made from the title when the file leaves it out. One that cannot be a handle
/// becomes one as a title does. So importing a file again finds the same products.
pub(super) fn of_cells(handle: &str, title: &str) -> Option<FileHandle> {
    if handle.is_empty() {
        let made = || FileHandle { handle: Handle::from_title(title), is_odd: false };
        return (!title.is_empty()).then(made);
    }
    let lower = lower(handle);
    Some(match lower.parse() {
        Ok(handle) => FileHandle { handle, is_odd: false },
        Err(_) => FileHandle { handle: Handle::from_title(&lower), is_odd: true },
    })
}

/// The form in which handles are compared.
pub(super) fn lower(handle: &str) -> String {
    normal_form(&normal_form(handle).to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_read_or_made() {
        for (handle, title, expected) in [
            ("Blue-Shirt", "Any", Some(("blue-shirt", false))),
            ("", "Blue Shirt", Some(("blue-shirt", false))),
            ("blue-shirt", "", Some(("blue-shirt", false))),
            ("ice™-box", "Ice box", Some(("icetm-box", true))),
            ("❄\u{fe0f}-cool™", "Cool", Some(("cooltm", true))),
            ("honey-(forest)", "Honey", Some(("honey-forest", true))),
            ("a.b", "", Some(("a-b", true))),
            ("", "", None),
        ] {
            let made = of_cells(handle, title).map(|made| (String::from(made.handle), made.is_odd));
            let expected = expected.map(|(text, is_odd)| (text.to_owned(), is_odd));
            assert_eq!(made, expected, "{handle:?} {title:?}");
        }
    }
}
