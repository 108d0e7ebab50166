//! What the API says of importing a catalogue.

use serde_json::json;

use crate::commerce::products::error::{HANDLE_TAKEN, SKU_TAKEN};
use crate::http::Staff;
use crate::http::openapi::{Operation, post, tagged};

use super::routes::{IMPORT_FAILED, IMPORT_RUNNING};
use super::run::Report;

pub(crate) fn operations() -> Vec<Operation> {
    tagged("Import", "Bringing a catalogue along.", [import()])
}

/// Of Shopify's columns those that a simple product needs.
const FILE: &str = "\
Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Grams
linen-cap,Linen Cap,Shophouse,Size,S,CAP-S,19.00,80
linen-cap,,,,M,CAP-M,19.00,90
";

fn import() -> Operation {
    post("/products/import", "Import products")
        .about(
            "Takes Shopify's product CSV. It is all or nothing unless `partial` is true; the faults of the file are told by \
             line and column. A shop has one import at a time.",
        )
        .at_least::<Staff>()
        .choice("on_conflict", "What becomes of a product whose handle is there already.", &["skip", "update"])
        .filter::<bool>("dry_run", "Only say what would happen.")
        .filter::<bool>("partial", "Take what is good although other products have faults.")
        .takes_csv(FILE)
        .fetches::<Report>(json!({
            "created": 1,
            "updated": 0,
            "skipped": 0,
            "errors": [],
            "ignored_columns": [],
        }))
        .may_fail(&[&IMPORT_FAILED, &IMPORT_RUNNING, &HANDLE_TAKEN, &SKU_TAKEN])
}
