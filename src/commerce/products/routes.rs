//! Routes for the catalogue.

use rocket::Either;
use rocket::response::status::NoContent;
use rocket::{delete, get, patch, post, put};
use serde_json::json;
use uuid::Uuid;

use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{INVALID_FIELD, LIMIT_REACHED};
use crate::http::request::query::{parameters, refuse};
use crate::http::request::scopes::{ProductsRead, ProductsWrite};
use crate::http::{
    Answered, Body, Created, Customer, Fetched, Id, IfMatch, NoBody, Once, Page, Paging, Problem, Query,
    Resource, Staff, Tenant,
};
use crate::tenancy::TenantConn;

use super::body::{ProductBody, ProductPatch, VariantBody, VariantPatch};
use super::error::HANDLE_TAKEN;
use super::read::{self, Filter, Key, Selection};
use super::view::{ProductView, VariantView};
use super::{ProductError, Status, examples, variant_changes, write};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let product = "/products/01a2059f-cf12-7740-a72d-07fc3ba2057a";
    let variant = format!("{product}/variants/01a2059f-cf13-7119-92eb-7fcb477796e0");
    tagged("Products", "The catalogue: products with their variants and images.", [
        endpoint!(list, "listProducts", "List products")
            .about("Customers see active products only.")
            .answers(examples::product()),
        endpoint!(read_one, "getProduct", "Get a product")
            .about("Customers find active products only.")
            .answers(examples::product()),
        endpoint!(create, "createProduct", "Create a product")
            .about(
                "Without `variants` there is one, from `price`, `sku` and `stock`; the simplest body is a title and a \
                 price. Only a draft can be without a price. The handle is made from the title when it is left out. \
                 Shopify's option `Title` with the value `Default Title` of a single variant means no options, and is \
                 stored so.",
            )
            .takes_without(json!({ "variants": ["price", "sku", "stock"] }))
            .takes(examples::new_product())
            .creates(product, examples::product())
            .may_fail(&[&HANDLE_TAKEN, &LIMIT_REACHED]),
        endpoint!(replace, "replaceProduct", "Replace a product")
            .about(
                "What is left out becomes as in a new product. A variant takes the place of the present one with its \
                 `id`, or else with its option values, or else with a SKU that no other variant of it has; present ones whose place none takes are \
                 removed.",
            )
            .takes_without(json!({ "variants": ["price", "sku", "stock"] }))
            .takes(examples::new_product())
            .answers(examples::product())
            .may_fail(&[&HANDLE_TAKEN, &LIMIT_REACHED]),
        endpoint!(change, "updateProduct", "Change a product")
            .about("What is left out stays as it is.")
            .takes(json!({ "title": "Linen Shirt, washed", "tags": ["linen", "summer"] }))
            .answers(examples::product())
            .may_fail(&[&HANDLE_TAKEN, &LIMIT_REACHED]),
        endpoint!(remove, "deleteProduct", "Delete a product").about("Past orders keep what they say of it."),
        endpoint!(list_variants, "listProductVariants", "List a product's variants")
            .about("All of them, in order, on one page. Customers see those of active products only.")
            .answers(examples::variant("M", "LINEN-M", 3)),
        endpoint!(read_variant_of, "getProductVariant", "Get a variant of a product")
            .about("Customers find those of active products only.")
            .answers(examples::variant("M", "LINEN-M", 3)),
        endpoint!(read_variant, "getVariant", "Get a variant")
            .about("By its id alone, as orders name it. Customers find those of active products only.")
            .answers(examples::variant("M", "LINEN-M", 3)),
        endpoint!(add_variant, "addVariant", "Add a variant")
            .about("It needs a value for each of the product's options. `If-Match` holds the product's tag.")
            .takes(examples::new_variant())
            .creates(&variant, examples::variant("L", "LINEN-L", 3))
            .may_fail(&[&LIMIT_REACHED]),
        endpoint!(change_variant, "updateVariant", "Change a variant")
            .about(
                "What is left out stays as it is. Stock has a route of its own, which asks for a reason. `If-Match` \
                 holds the variant's tag, or its product's.",
            )
            .takes(json!({ "price": { "amount": 4900 }, "compare_at_price": { "amount": 5900 } }))
            .answers(examples::variant("M", "LINEN-M", 3)),
        endpoint!(remove_variant, "deleteVariant", "Delete a variant")
            .about("A product keeps at least one. `If-Match` holds the variant's tag, or its product's.")
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
    tenant: Tenant<Customer, ProductsRead>,
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
type Variant = Resource<Fetched<VariantView>>;

fn shown(view: ProductView) -> Product {
    Resource(Fetched(view))
}

#[get("/products/<id>")]
async fn read_one(tenant: Tenant<Customer, ProductsRead>, id: Id) -> Result<Product, Problem> {
    Ok(shown(tenant.run(move |conn| read::find(conn, id.0)).await?))
}

#[post("/products", data = "<body>")]
async fn create(
    tenant: Tenant<Staff, ProductsWrite>,
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
    tenant: Tenant<Staff, ProductsWrite>,
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
    tenant: Tenant<Staff, ProductsWrite>,
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
    tenant: Tenant<Staff, ProductsWrite>,
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

#[get("/products/<id>/variants")]
async fn list_variants(
    tenant: Tenant<Customer, ProductsRead>,
    id: Id,
    _query: Query<()>,
) -> Result<Page<VariantView>, Problem> {
    Ok(Page::only(tenant.run(move |conn| read::find(conn, id.0)).await?.variants))
}

#[get("/products/<id>/variants/<variant>")]
async fn read_variant_of(
    tenant: Tenant<Customer, ProductsRead>,
    id: Id,
    variant: Id,
) -> Result<Variant, Problem> {
    let find = move |conn: &mut TenantConn<'_>| read::find_variant(conn, Some(id.0), variant.0);
    Ok(Resource(Fetched(tenant.run(find).await?)))
}

#[get("/variants/<id>")]
async fn read_variant(tenant: Tenant<Customer, ProductsRead>, id: Id) -> Result<Variant, Problem> {
    Ok(Resource(Fetched(tenant.run(move |conn| read::find_variant(conn, None, id.0)).await?)))
}

#[post("/products/<id>/variants", data = "<body>")]
async fn add_variant(
    tenant: Tenant<Staff, ProductsWrite>,
    id: Id,
    once: Once,
    if_match: IfMatch,
    body: Body<VariantBody>,
) -> Result<Answered<Resource<Created<VariantView>>>, Problem> {
    let product = id.0;
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            if_match.check(|| write::lock_and_find(conn, product).map(shown))?;
            let view = variant_changes::add(conn, product, body.0)?;
            let location = format!("/products/{product}/variants/{}", view.id);
            Ok::<_, Problem>(Resource(Created(location, view)))
        })
    };
    tenant.run(act).await
}

/// `If-Match` may name the variant as it was read, or its product.
fn check_variant(
    conn: &mut TenantConn<'_>,
    if_match: &IfMatch,
    product: Uuid,
    variant: Uuid,
) -> Result<(), Problem> {
    if_match.check_any(|| {
        let view = write::lock_and_find(conn, product)?;
        let own = view.variants.iter().find(|own| own.id == variant).cloned();
        let own = own.ok_or(ProductError::VariantNotFound)?;
        Ok::<_, ProductError>([Either::Left(Fetched(own)), Either::Right(Fetched(view))])
    })
}

#[patch("/products/<id>/variants/<variant>", data = "<body>")]
async fn change_variant(
    tenant: Tenant<Staff, ProductsWrite>,
    id: Id,
    variant: Id,
    if_match: IfMatch,
    body: Body<VariantPatch>,
) -> Result<Variant, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        check_variant(conn, &if_match, id.0, variant.0)?;
        Ok::<_, Problem>(variant_changes::change(conn, id.0, variant.0, body.0)?)
    };
    Ok(Resource(Fetched(tenant.run(act).await?)))
}

#[delete("/products/<id>/variants/<variant>", data = "<_nothing>")]
async fn remove_variant(
    tenant: Tenant<Staff, ProductsWrite>,
    id: Id,
    variant: Id,
    if_match: IfMatch,
    _nothing: NoBody,
) -> Result<NoContent, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        check_variant(conn, &if_match, id.0, variant.0)?;
        Ok::<_, Problem>(variant_changes::remove(conn, id.0, variant.0)?)
    };
    tenant.run(act).await?;
    Ok(NoContent)
}
