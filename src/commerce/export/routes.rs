//! The route for exporting the catalogue.

use rocket::http::ContentType;
use rocket::{Route, get, routes};

use crate::http::{Download, Problem, Query, Staff, Tenant};

use super::run::{ExportError, run};

pub(crate) fn routes() -> Vec<Route> {
    routes![export]
}

#[get("/products/export")]
async fn export(tenant: Tenant<Staff>, query: Query) -> Result<Download, Problem> {
    query.only(&[])?;
    let written = tenant.download("products.csv", ContentType::CSV, |conn, outlet| run(conn, outlet));
    Ok(written.await?)
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Product(error) => error.into(),
            ExportError::Tenancy(error) => error.into(),
            ExportError::Sending(_) => Self::internal(&error),
        }
    }
}
