//! The route for exporting the catalogue.

use rocket::{State, get};

use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::request::scopes::ProductsRead;
use crate::http::{Codings, Download, Problem, Query, Spools, Staff, Tenant, not_written};

use super::run::{ExportError, run};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged("Export", "Taking a catalogue along.", [endpoint!(export, "exportProducts", "Export products").about(
        "All products as Shopify's product CSV, oldest first, as they are at one moment. \
         Imported into another shop of the same currency, the file gives the same catalogue. Shopify's format has no \
         place for ids and times. Cells are not changed \
         for spreadsheets, which may take some for formulas. A connection that is cut before the end of the answer means \
         that the file is not whole.",
    )])
}

#[get("/products/export")]
async fn export(
    tenant: Tenant<Staff, ProductsRead>,
    spools: &State<Spools>,
    codings: Codings,
    _query: Query<()>,
) -> Result<Download, Problem> {
    tenant.download(spools, codings, "products.csv", |conn, file| Ok(run(conn, file)?)).await
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Product(error) => error.into(),
            ExportError::Tenancy(error) => error.into(),
            ExportError::Writing(error) => not_written(&error.into()),
        }
    }
}
