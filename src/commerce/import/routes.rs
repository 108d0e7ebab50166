//! The routes for importing a catalogue and its stock.

use rocket::{State, post};
use serde_json::json;

use crate::commerce::products::error::HANDLE_TAKEN;
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::LIMIT_REACHED;
use crate::http::request::scopes::{ProductsWrite, StockWrite};
use crate::http::{Once, Prefer, Preferred, Problem, Query, Spools, Staff, Tenant, Upload};

use super::course::Course;
use super::error::{IMPORT_CANCELLED, IMPORT_FAILED, IMPORT_RUNNING};
use super::jobs::{self, run::Jobs};
use super::kind::FileOf;
use super::report::{Options, StockOptions};
use super::write::Answer;

/// Of Shopify's columns those that a simple product needs.
const FILE: &str = "\
Handle,Title,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Cost per item
linen-cap,Linen Cap,FALSE,Size,S,CAP-S,19.00,7.50
linen-cap,,,,M,CAP-M,19.00,7.50
";

const STOCK: &str = "\
Handle,Title,Option1 Name,Option1 Value,SKU,Location,On hand
shirt,Shirt,Size,S,SHIRT-S,Shop,4
shirt,Shirt,Size,S,SHIRT-S,Warehouse,20
";

/// Where an import can be watched.
const BEGUN: &str = "/imports/01a2059f-d013-7a2e-9f55-3f1d6a0c4b21";

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let warning = json!({
        "row": 2, "line": 2, "handle": "linen-cap", "column": "Published", "value": "FALSE", "code": "unpublished",
        "detail": "it is not shown in the online store, so it comes in as a draft",
    });
    let done = json!({
        "products_total": 1, "created": 1, "updated": 0, "unchanged": 0, "skipped": 0, "failed": 0,
        "variants_removed": 0, "images_removed": 0, "errors_total": 0, "errors": [],
        "warnings_total": 1, "warnings": [warning], "ignored_columns": ["Cost per item"],
    });
    let mut stocked = done.clone();
    (stocked["created"], stocked["updated"]) = (json!(0), json!(1));
    (stocked["warnings_total"], stocked["warnings"], stocked["ignored_columns"]) =
        (json!(0), json!([]), json!([]));
    let [list, read_one, cancel] = jobs::routes::endpoints();
    tagged("Import", "Bringing a catalogue along.", [endpoint!(import, "importProducts", "Import products")
        .about(
            "Takes the product CSV of Shopify or of WooCommerce. The whole file is checked first. It is all or nothing unless `partial` is true; then a \
             product with an error is left alone as a whole. New products need the column `Title`, updates `Handle` and `Title`. \
             An update changes what the file has: a missing column leaves the value, and a blank cell overwrites it. Variants \
             that the file does not name stay, unless `variants` is `replace`. What is not taken as it stands is told in \
             `warnings`. A partial import is written in several transactions, and when it ends in the middle, the products that \
             were written stay; `detail` says how many. Sent again, they are skipped or \
             updated. A shop has one import at a time. A file with more products or \
             variants than the shop may have is not imported at all, also with `partial`. A dry run only reads, and has the \
             status that the import would have. When a file is refused, `report` of the problem has the counts and the warnings.",
        )
        .takes(FILE.into())
        .answers(done)
        .begins(BEGUN, &jobs::routes::import("products"))
        .may_fail(&[&IMPORT_FAILED, &IMPORT_RUNNING, &IMPORT_CANCELLED, &HANDLE_TAKEN, &LIMIT_REACHED]),
        endpoint!(import_stock, "importStock", "Import stock")
            .about(
                "Takes Shopify's export of stock, and sets the stock of each variant to the sum of `On hand` of its locations. A \
                 row means the variant with its option values, or else the one with its SKU, if only one of the product has \
                 it. Nothing else changes, and what the file does not name stays. Products and variants that the shop does not \
                 have are errors. Otherwise as an import of products.",
            )
            .takes(STOCK.into())
            .answers(stocked)
            .begins(BEGUN, &jobs::routes::import("stock"))
            .may_fail(&[&IMPORT_FAILED, &IMPORT_RUNNING, &IMPORT_CANCELLED]),
        list, read_one, cancel,
    ])
}

#[post("/products/import", data = "<file>")]
async fn import(
    tenant: Tenant<Staff, ProductsWrite>,
    query: Query<Options>,
    once: Once,
    prefer: Prefer,
    spools: &State<Spools>,
    jobs: &State<Jobs>,
    file: Upload<'_>,
) -> Result<Preferred<Answer>, Problem> {
    let file = tenant.receive(spools, file).await?;
    let course = Course::new(tenant, once, prefer, FileOf::Products, &query.0);
    Ok(Preferred(prefer, course.run(spools, jobs, file).await?))
}

#[post("/stock/import", data = "<file>")]
async fn import_stock(
    tenant: Tenant<Staff, StockWrite>,
    query: Query<StockOptions>,
    once: Once,
    prefer: Prefer,
    spools: &State<Spools>,
    jobs: &State<Jobs>,
    file: Upload<'_>,
) -> Result<Preferred<Answer>, Problem> {
    let file = tenant.receive(spools, file).await?;
    let course = Course::new(tenant, once, prefer, FileOf::Stock, &query.0.into());
    Ok(Preferred(prefer, course.run(spools, jobs, file).await?))
}
