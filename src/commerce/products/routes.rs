//! Routes for the catalogue.

use rocket::http::Status as HttpStatus;
use rocket::{Route, delete, get, patch, post, put, routes};

use crate::http::query::refuse;
use crate::http::{Body, Created, Customer, Fetched, Id, Page, Paging, Problem, Query, Staff, Tenant};

use super::body::{ProductBody, ProductPatch, VariantBody, VariantPatch};
use super::read::{self, Key, Selection, Sort};
use super::view::{ProductView, VariantView};
use super::words::Search;
use super::{one_variant, write};

pub(crate) fn routes() -> Vec<Route> {
    routes![list, read_one, create, replace, change, remove, add_variant, change_variant, remove_variant]
}

#[get("/products")]
async fn list(tenant: Tenant<Customer>, query: Query) -> Result<Page<ProductView>, Problem> {
    let paging = Paging::of(query, &["status", "vendor", "product_type", "tag", "q", "sort"])?;
    let query = paging.query();
    let sort = query.parsed::<Sort>("sort", "created_at, -created_at, title or -title")?.unwrap_or_default();
    let selection = Selection {
        status: query.parsed("status", "active, draft or archived")?,
        vendor: query.text("vendor").map(str::to_owned),
        product_type: query.text("product_type").map(str::to_owned),
        tag: query.text("tag").map(str::to_owned),
        search: query.parsed::<Search>("q", "1 to 8 words")?.unwrap_or_default(),
        sort,
        after: paging.after::<Key>()?,
        limit: paging.fetch(),
    };
    if selection.after.as_ref().is_some_and(|key| key.sort != sort) {
        return Err(refuse("cursor", "belongs to another order"));
    }
    let products = tenant.run(move |conn| read::list(conn, selection)).await?;
    paging.page(products, |view| Key::new(&view.product, sort))
}

#[get("/products/<id>")]
async fn read_one(tenant: Tenant<Customer>, id: Id) -> Result<Fetched<ProductView>, Problem> {
    Ok(Fetched(tenant.run(move |conn| read::find(conn, id.0)).await?))
}

#[post("/products", data = "<body>")]
async fn create(tenant: Tenant<Staff>, body: Body<ProductBody>) -> Result<Created<ProductView>, Problem> {
    let view = tenant.run(|conn| write::create(conn, body.0)).await?;
    Ok(Created(format!("/products/{}", view.product.id), view))
}

#[put("/products/<id>", data = "<body>")]
async fn replace(
    tenant: Tenant<Staff>,
    id: Id,
    body: Body<ProductBody>,
) -> Result<Fetched<ProductView>, Problem> {
    Ok(Fetched(tenant.run(move |conn| write::replace(conn, id.0, body.0)).await?))
}

#[patch("/products/<id>", data = "<body>")]
async fn change(
    tenant: Tenant<Staff>,
    id: Id,
    body: Body<ProductPatch>,
) -> Result<Fetched<ProductView>, Problem> {
    Ok(Fetched(tenant.run(move |conn| write::change(conn, id.0, body.0)).await?))
}

#[delete("/products/<id>")]
async fn remove(tenant: Tenant<Staff>, id: Id) -> Result<HttpStatus, Problem> {
    tenant.run(move |conn| write::delete(conn, id.0)).await?;
    Ok(HttpStatus::NoContent)
}

#[post("/products/<id>/variants", data = "<body>")]
async fn add_variant(
    tenant: Tenant<Staff>,
    id: Id,
    body: Body<VariantBody>,
) -> Result<Created<VariantView>, Problem> {
    let product = id.0;
    let view = tenant.run(move |conn| one_variant::add(conn, product, body.0)).await?;
    Ok(Created(format!("/products/{product}/variants/{}", view.id), view))
}

#[patch("/products/<id>/variants/<variant>", data = "<body>")]
async fn change_variant(
    tenant: Tenant<Staff>,
    id: Id,
    variant: Id,
    body: Body<VariantPatch>,
) -> Result<Fetched<VariantView>, Problem> {
    Ok(Fetched(tenant.run(move |conn| one_variant::change(conn, id.0, variant.0, body.0)).await?))
}

#[delete("/products/<id>/variants/<variant>")]
async fn remove_variant(tenant: Tenant<Staff>, id: Id, variant: Id) -> Result<HttpStatus, Problem> {
    tenant.run(move |conn| one_variant::remove(conn, id.0, variant.0)).await?;
    Ok(HttpStatus::NoContent)
}
