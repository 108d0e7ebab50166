//! Routes of the storefront.

use rocket::{Route, get, routes};

use crate::commerce::products::read::Key;
use crate::commerce::products::routes::{FILTERS, selected};
use crate::commerce::products::{self, Handle, ProductError, Status};
use crate::http::problem::NOT_FOUND;
use crate::http::{Engine, Fetched, Page, Paging, Problem, Query, Shared};
use crate::tenancy::Slug;

use super::read;
use super::view::StorefrontProduct;

/// Seconds for which a cache may show what it has: how long a change may stay unseen.
const KEPT: u32 = 60;

pub(crate) fn routes() -> Vec<Route> {
    routes![list, read_one]
}

#[get("/storefront/<slug>/products")]
async fn list(tenancy: Engine, slug: &str, query: Query) -> Result<Shared<Page<StorefrontProduct>>, Problem> {
    let slug = shop(slug)?;
    let paging = Paging::of(query, FILTERS)?;
    let selection = selected(&paging, Some(Status::Active))?;
    let sort = selection.sort;
    let products = tenancy.in_storefront(slug, move |conn| products::read::list(conn, selection)).await?;
    let page = paging.page(products, |view| Key::new(&view.product, sort))?;
    Ok(Shared(KEPT, page.map(StorefrontProduct::from)))
}

#[get("/storefront/<slug>/products/<handle>")]
async fn read_one(
    tenancy: Engine,
    slug: &str,
    handle: &str,
) -> Result<Shared<Fetched<StorefrontProduct>>, Problem> {
    let slug = shop(slug)?;
    // What is no handle is nobody's.
    let handle: Handle = handle.parse().map_err(|_| ProductError::NotFound)?;
    let product = tenancy.in_storefront(slug, move |conn| read::find(conn, &handle)).await?;
    Ok(Shared(KEPT, Fetched(product.into())))
}

/// What is no slug is no shop's.
fn shop(slug: &str) -> Result<Slug, Problem> {
    slug.parse().map_err(|_| NOT_FOUND.because("there is no such shop"))
}
