//! What the API says of exporting the catalogue.

use crate::http::Staff;
use crate::http::openapi::{Operation, get, tagged};
use crate::http::problem::INVALID_PARAMETER;

pub(crate) fn operations() -> Vec<Operation> {
    tagged("Export", "Taking a catalogue along.", [export()])
}

fn export() -> Operation {
    get("/products/export", "Export products")
        .about(
            "All products as Shopify's product CSV, oldest first, as they are at one moment, sent while they are read. Imported \
             into another shop of the same currency, the file gives the same catalogue. Shopify's format has no place for some \
             things: ids, times, and the stock of variants whose stock is not tracked. Cells are not changed for \
             spreadsheets, which may take some for formulas. A connection that is cut before the end of the answer means \
             that the file is not whole.",
        )
        .at_least::<Staff>()
        .serves("text/csv", "The file.")
        .may_fail(&[&INVALID_PARAMETER])
}
