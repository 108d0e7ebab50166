//! Routes of the storefront.

use rocket::get;
use serde_json::{Value, json};

use crate::commerce::products::read::{Filter, Key};
use crate::commerce::products::routes::selected;
use crate::commerce::products::{self, Handle, ProductError, Status};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{NOT_FOUND, SHOP_UPGRADING};
use crate::http::{Engine, Fetched, Page, Paging, Problem, Segment, Shared};
use crate::tenancy::Slug;

use super::read;
use super::view::StorefrontProduct;

/// Seconds for which a cache may show what it has: how long a change may stay unseen.
const KEPT: u32 = 60;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let about = "The catalogue of a shop, for everybody, and becoming one of its customers.";
    tagged(
        "Storefront",
        about,
        [
            endpoint!(list, "listStorefrontProducts", "List a storefront's products")
                .about("Active products only. Caches may keep the answer for a minute.")
                .answers(product())
                .may_fail(&[&SHOP_UPGRADING]),
            endpoint!(read_one, "getStorefrontProduct", "Get a storefront's product")
                .about("By its handle, if it is active. Caches may keep the answer for a minute.")
                .answers(product())
                .may_fail(&[&SHOP_UPGRADING]),
        ],
    )
}

fn product() -> Value {
    let variant = |size: &str, in_stock: bool| {
        json!({
            "id": "01a2059f-cf13-7119-92eb-7fcb477796e0",
            "title": size,
            "options": { "Size": size },
            "price": { "amount": 5900, "currency": "USD" },
            "compare_at_price": null,
            "in_stock": in_stock,
        })
    };
    json!({
        "id": "01a2059f-cf12-7740-a72d-07fc3ba2057a",
        "handle": "linen-shirt",
        "title": "Linen Shirt",
        "description": "<p>Washed linen.</p>",
        "vendor": "Shophouse",
        "product_type": "Shirts",
        "tags": ["linen"],
        "options": ["Size"],
        "variants": [variant("S", true), variant("M", false)],
        "images": [{
            "id": "01a2059f-cf14-7c51-8a3c-0c9a4b0e7f11",
            "url": "https://images.example/linen.jpg",
            "alt": "A linen shirt on a line",
            "position": 1,
        }],
        "created_at": "2026-11-22T23:38:09.042767Z",
        "updated_at": "2026-11-22T23:38:09.042767Z",
    })
}

#[get("/storefront/<slug>/products")]
async fn list(
    tenancy: Engine,
    slug: Segment<Slug>,
    paging: Paging<Filter>,
) -> Result<Shared<Page<StorefrontProduct>>, Problem> {
    let slug = shop(slug)?;
    let selection = selected(&paging, &paging.filter, Some(Status::Active))?;
    let sort = selection.sort();
    let products = tenancy.in_storefront(slug, move |conn| products::read::list(conn, selection)).await?;
    let page = paging.page(products, |view| Key::new(&view.product, sort))?;
    Ok(Shared(KEPT, page.map(StorefrontProduct::from)))
}

#[get("/storefront/<slug>/products/<handle>")]
async fn read_one(
    tenancy: Engine,
    slug: Segment<Slug>,
    handle: Segment<Handle>,
) -> Result<Shared<Fetched<StorefrontProduct>>, Problem> {
    let slug = shop(slug)?;
    let handle = handle.0.ok_or(ProductError::NotFound)?;
    let product = tenancy.in_storefront(slug, move |conn| read::find(conn, &handle)).await?;
    Ok(Shared(KEPT, Fetched(product.into())))
}

/// What is no slug is no shop's.
fn shop(slug: Segment<Slug>) -> Result<Slug, Problem> {
    slug.0.ok_or_else(|| NOT_FOUND.because("there is no such shop"))
}
