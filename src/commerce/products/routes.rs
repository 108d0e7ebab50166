//! Routes for the catalogue.

use rocket::http::Status as HttpStatus;
use rocket::{Route, delete, get, patch, post, put, routes};

use crate::http::request::query::refuse;
use crate::http::{
    Answered, Body, Created, Customer, Fetched, Id, IfMatch, Once, Page, Paging, Problem, Query, Resource,
    Staff, Tenant,
};
use crate::tenancy::TenantConn;

use super::body::{ProductBody, ProductPatch, VariantBody, VariantPatch};
use super::read::{self, Key, Selection, Sort};
use super::search_words::Search;
use super::view::{ProductView, VariantView};
use super::{Status, variant_changes, write};

pub(crate) fn routes() -> Vec<Route> {
    routes![list, read_one, create, replace, change, remove, add_variant, change_variant, remove_variant]
}

#[get("/products")]
async fn list(tenant: Tenant<Customer>, query: Query) -> Result<Page<ProductView>, Problem> {
    let paging = Paging::of(query, &[&["status"], FILTERS].concat())?;
    let status = paging.query().parsed("status", "active, draft or archived")?;
    let selection = selected(&paging, status)?;
    let sort = selection.sort;
    let products = tenant.run(move |conn| read::list(conn, selection)).await?;
    paging.page(products, |view| Key::new(&view.product, sort))
}

/// What every list of products can be asked for, whoever asks.
pub(in crate::commerce) const FILTERS: &[&str] = &["vendor", "product_type", "tag", "q", "sort"];

/// The products that a query asks for.
pub(in crate::commerce) fn selected(paging: &Paging, status: Option<Status>) -> Result<Selection, Problem> {
    let query = paging.query();
    let selection = Selection {
        status,
        vendor: query.text("vendor").map(str::to_owned),
        product_type: query.text("product_type").map(str::to_owned),
        tag: query.text("tag").map(str::to_owned),
        search: query.parsed::<Search>("q", "1 to 8 words")?.unwrap_or_default(),
        sort: query.parsed::<Sort>("sort", "created_at, -created_at, title or -title")?.unwrap_or_default(),
        after: paging.after::<Key>()?,
        limit: paging.fetch(),
    };
    if selection.after.as_ref().is_some_and(|key| key.sort != selection.sort) {
        return Err(refuse("cursor", "belongs to another order"));
    }
    Ok(selection)
}

type Product = Resource<Fetched<ProductView>>;

fn shown(view: ProductView) -> Product {
    Resource(Fetched(view))
}

#[get("/products/<id>")]
async fn read_one(tenant: Tenant<Customer>, id: Id) -> Result<Product, Problem> {
    Ok(shown(tenant.run(move |conn| read::find(conn, id.0)).await?))
}

#[post("/products", data = "<body>")]
async fn create(tenant: Tenant<Staff>, once: Once, body: Body<ProductBody>) -> Result<Answered, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            let view = write::create(conn, body.0)?;
            Ok::<_, Problem>(Resource(Created(format!("/products/{}", view.product.id), view)))
        })
    };
    tenant.run(act).await
}

#[put("/products/<id>", data = "<body>")]
async fn replace(
    tenant: Tenant<Staff>,
    id: Id,
    if_match: IfMatch,
    body: Body<ProductBody>,
) -> Result<Product, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        if_match.check(|| write::lock_and_find(conn, id.0).map(shown))?;
        Ok::<_, Problem>(write::replace(conn, id.0, body.0)?)
    };
    Ok(shown(tenant.run(act).await?))
}

#[patch("/products/<id>", data = "<body>")]
async fn change(
    tenant: Tenant<Staff>,
    id: Id,
    if_match: IfMatch,
    body: Body<ProductPatch>,
) -> Result<Product, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        if_match.check(|| write::lock_and_find(conn, id.0).map(shown))?;
        Ok::<_, Problem>(write::change(conn, id.0, body.0)?)
    };
    Ok(shown(tenant.run(act).await?))
}

#[delete("/products/<id>")]
async fn remove(tenant: Tenant<Staff>, id: Id, if_match: IfMatch) -> Result<HttpStatus, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        if_match.check(|| write::lock_and_find(conn, id.0).map(shown))?;
        Ok::<_, Problem>(write::delete(conn, id.0)?)
    };
    tenant.run(act).await?;
    Ok(HttpStatus::NoContent)
}

#[post("/products/<id>/variants", data = "<body>")]
async fn add_variant(
    tenant: Tenant<Staff>,
    id: Id,
    once: Once,
    body: Body<VariantBody>,
) -> Result<Answered, Problem> {
    let product = id.0;
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            let view = variant_changes::add(conn, product, body.0)?;
            Ok::<_, Problem>(Created(format!("/products/{product}/variants/{}", view.id), view))
        })
    };
    tenant.run(act).await
}

/// A variant has no tag of its own: `If-Match` names its product's.
#[patch("/products/<id>/variants/<variant>", data = "<body>")]
async fn change_variant(
    tenant: Tenant<Staff>,
    id: Id,
    variant: Id,
    if_match: IfMatch,
    body: Body<VariantPatch>,
) -> Result<Fetched<VariantView>, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        if_match.check(|| write::lock_and_find(conn, id.0).map(shown))?;
        Ok::<_, Problem>(variant_changes::change(conn, id.0, variant.0, body.0)?)
    };
    Ok(Fetched(tenant.run(act).await?))
}

#[delete("/products/<id>/variants/<variant>")]
async fn remove_variant(
    tenant: Tenant<Staff>,
    id: Id,
    variant: Id,
    if_match: IfMatch,
) -> Result<HttpStatus, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        if_match.check(|| write::lock_and_find(conn, id.0).map(shown))?;
        Ok::<_, Problem>(variant_changes::remove(conn, id.0, variant.0)?)
    };
    tenant.run(act).await?;
    Ok(HttpStatus::NoContent)
}
