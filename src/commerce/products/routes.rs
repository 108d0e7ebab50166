//! Routes for the catalogue.

use rocket::response::status::NoContent;
use rocket::{delete, get, patch, post, put};
use serde_json::json;

use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::INVALID_FIELD;
use crate::http::request::query::{parameters, refuse};
use crate::http::{
    Answered, Body, Created, Customer, Fetched, Id, IfMatch, NoBody, Once, Page, Paging, Problem, Resource,
    Staff, Tenant,
};
use crate::tenancy::TenantConn;

use super::body::{ProductBody, ProductPatch, VariantBody, VariantPatch};
use super::error::{HANDLE_TAKEN, SKU_TAKEN};
use super::read::{self, Filter, Key, Selection};
use super::view::{ProductView, VariantView};
use super::{Status, examples, variant_changes, write};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let product = "/products/01a2059f-cf12-7740-a72d-07fc3ba2057a";
    let variant = format!("{product}/variants/01a2059f-cf13-7119-92eb-7fcb477796e0");
    tagged("Products", "The catalogue: products with their variants and images.", [
        endpoint!(list, "List products")
            .about("Customers see active products only.")
            .answers(examples::product()),
        endpoint!(read_one, "Get a product")
            .about("Customers find active products only.")
            .answers(examples::product()),
        endpoint!(create, "Create a product")
            .about(
                "Without `variants` there is one, from `price`, `sku` and `stock`; the simplest body is a title and a \
                 price. The handle is made from the title when it is left out.",
            )
            .takes(examples::new_product())
            .creates(product, examples::product())
            .may_fail(&[&HANDLE_TAKEN, &SKU_TAKEN]),
        endpoint!(replace, "Replace a product")
            .about(
                "What is left out becomes as in a new product. A variant with the `id` of a present one takes its place; \
                 present ones that are not named are removed.",
            )
            .takes(examples::new_product())
            .answers(examples::product())
            .may_fail(&[&HANDLE_TAKEN, &SKU_TAKEN]),
        endpoint!(change, "Change a product")
            .about("What is left out stays as it is.")
            .takes(json!({ "title": "Linen Shirt, washed", "tags": ["linen", "summer"] }))
            .answers(examples::product())
            .may_fail(&[&HANDLE_TAKEN, &SKU_TAKEN]),
        endpoint!(remove, "Delete a product").about("Past orders keep what they say of it."),
        endpoint!(add_variant, "Add a variant")
            .about("It needs a value for each of the product's options. `If-Match` holds the product's tag.")
            .takes(examples::new_variant())
            .creates(&variant, examples::variant("L", "LINEN-L", 3))
            .may_fail(&[&SKU_TAKEN]),
        endpoint!(change_variant, "Change a variant")
            .about(
                "What is left out stays as it is. Stock has a route of its own, which asks for a reason. `If-Match` \
                 holds the product's tag: a variant has none of its own.",
            )
            .takes(json!({ "price": { "amount": 4900 }, "compare_at_price": { "amount": 5900 } }))
            .answers(examples::variant("M", "LINEN-M", 3))
            .may_fail(&[&SKU_TAKEN]),
        endpoint!(remove_variant, "Delete a variant")
            .about("A product keeps at least one. `If-Match` holds the product's tag.")
            .may_fail(&[&INVALID_FIELD]),
    ])
}

parameters! {
    /// What only members can ask for.
    struct ByStatus {
        /// Only products of this status.
        status: Status,
    }
}

#[get("/products")]
async fn list(
    tenant: Tenant<Customer>,
    paging: Paging<(ByStatus, Filter)>,
) -> Result<Page<ProductView>, Problem> {
    let (ByStatus { status }, filter) = &paging.filter;
    let selection = selected(&paging, filter, *status)?;
    let sort = selection.sort();
    let products = tenant.run(move |conn| read::list(conn, selection)).await?;
    paging.page(products, |view| Key::new(&view.product, sort))
}

/// The products that a page is to hold.
pub(in crate::commerce) fn selected<P>(
    paging: &Paging<P>,
    filter: &Filter,
    status: Option<Status>,
) -> Result<Selection, Problem> {
    let (filter, after, limit) = (filter.clone(), paging.after::<Key>()?, paging.fetch());
    let selection = Selection { status, filter, after, limit };
    if selection.after.as_ref().is_some_and(|key| key.sort != selection.sort()) {
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
async fn create(
    tenant: Tenant<Staff>,
    once: Once,
    body: Body<ProductBody>,
) -> Result<Answered<Resource<Created<ProductView>>>, Problem> {
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

#[delete("/products/<id>", data = "<_nothing>")]
async fn remove(
    tenant: Tenant<Staff>,
    id: Id,
    if_match: IfMatch,
    _nothing: NoBody,
) -> Result<NoContent, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        if_match.check(|| write::lock_and_find(conn, id.0).map(shown))?;
        Ok::<_, Problem>(write::delete(conn, id.0)?)
    };
    tenant.run(act).await?;
    Ok(NoContent)
}

#[post("/products/<id>/variants", data = "<body>")]
async fn add_variant(
    tenant: Tenant<Staff>,
    id: Id,
    once: Once,
    if_match: IfMatch,
    body: Body<VariantBody>,
) -> Result<Answered<Created<VariantView>>, Problem> {
    let product = id.0;
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            if_match.check(|| write::lock_and_find(conn, product).map(shown))?;
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

#[delete("/products/<id>/variants/<variant>", data = "<_nothing>")]
async fn remove_variant(
    tenant: Tenant<Staff>,
    id: Id,
    variant: Id,
    if_match: IfMatch,
    _nothing: NoBody,
) -> Result<NoContent, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        if_match.check(|| write::lock_and_find(conn, id.0).map(shown))?;
        Ok::<_, Problem>(variant_changes::remove(conn, id.0, variant.0)?)
    };
    tenant.run(act).await?;
    Ok(NoContent)
}
