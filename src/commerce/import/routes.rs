//! The route for importing a catalogue.

use rocket::{State, post};
use serde_json::json;

use crate::commerce::products::error::HANDLE_TAKEN;
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::LIMIT_REACHED;
use crate::http::request::scopes::ProductsWrite;
use crate::http::{Answered, Fetched, Once, Problem, Query, Spools, Staff, Tenant, Upload};

use super::course::Course;
use super::error::{IMPORT_FAILED, IMPORT_RUNNING};
use super::report::{Options, Report};

/// Of Shopify's columns those that a simple product needs.
const FILE: &str = "\
Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Grams
linen-cap,Linen Cap,Shophouse,Size,S,CAP-S,19.00,80
linen-cap,,,,M,CAP-M,19.00,90
";

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let done = json!({ "created": 1, "updated": 0, "skipped": 0, "errors": [], "ignored_columns": [] });
    tagged("Import", "Bringing a catalogue along.", [endpoint!(import, "Import products")
        .about(
            "Takes Shopify's product CSV. The whole file is checked first; its faults are told by line and column. It is all or \
             nothing unless `partial` is true. Then the good products are written in several transactions, and when the import \
             ends in the middle, the products that were written stay; `detail` says how many. Sent again, they are skipped or \
             updated. A shop has one import at a time. A file with more products or \
             variants than the shop may have is not imported at all, also with `partial`. A dry run only reads.",
        )
        .takes(FILE.into())
        .answers(done)
        .may_fail(&[&IMPORT_FAILED, &IMPORT_RUNNING, &HANDLE_TAKEN, &LIMIT_REACHED])])
}

#[post("/products/import", data = "<file>")]
async fn import(
    tenant: Tenant<Staff, ProductsWrite>,
    query: Query<Options>,
    once: Once,
    spools: &State<Spools>,
    file: Upload<'_>,
) -> Result<Answered<Fetched<Report>>, Problem> {
    let file = tenant.receive(spools, file).await?;
    Ok(Course::new(tenant, once, &query.0).run(spools, file).await?)
}
