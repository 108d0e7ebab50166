//! Routes for the caller's shops.

use chrono::{DateTime, Utc};
use rocket::{Route, delete, get, patch, post, routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::partial::partial;
use crate::http::text::{Line, Prose};
use crate::http::{Body, Created, Fetched, Id, Page, Paging, Problem, Query, SignedIn};
use crate::tenancy::registry::{self, Shop, ShopChanges};
use crate::tenancy::{Currency, NewShop, Role, ShopId, Slug};

pub(super) fn routes() -> Vec<Route> {
    routes![create, list, read, update, close, restore]
}

/// A shop, as shown to one of its members.
#[derive(Serialize, ToSchema)]
#[schema(as = Shop)]
pub(super) struct ShopView {
    id: Uuid,
    slug: String,
    name: String,
    description: String,
    currency: String,
    state: String,
    /// The caller's.
    role: Role,
    /// Until then a shop that is being deleted can be restored.
    erase_after: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<(Shop, Role)> for ShopView {
    fn from((shop, role): (Shop, Role)) -> Self {
        let Shop { id, slug, name, description, currency, state, erase_after, created_at, updated_at } = shop;
        Self { id, slug, name, description, currency, state, role, erase_after, created_at, updated_at }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewShop)]
pub(super) struct NewShopBody {
    name: Line,
    slug: Slug,
    #[serde(default)]
    description: Prose,
    currency: Option<Currency>,
}

#[post("/shops", data = "<body>")]
async fn create(signed_in: SignedIn, body: Body<NewShopBody>) -> Result<Created<ShopView>, Problem> {
    let NewShopBody { name, slug, description, currency } = body.0;
    let new = NewShop {
        slug,
        name: name.into_string(),
        description: description.into_string(),
        currency: currency.unwrap_or(Currency::USD),
    };
    let shop = signed_in.tenancy().open_shop(signed_in.caller, new).await?;
    Ok(Created(format!("/shops/{}", shop.id), (shop, Role::Owner).into()))
}

#[get("/shops")]
async fn list(signed_in: SignedIn, query: Query) -> Result<Page<ShopView>, Problem> {
    let paging = Paging::of(query, &[])?;
    let (user, before, limit) = (signed_in.caller.user, paging.after()?, paging.fetch());
    let shops = signed_in.run(move |conn| registry::list_of(conn, user, before, limit)).await?;
    Ok(paging.page(shops, |(shop, _)| shop.id)?.map(ShopView::from))
}

#[get("/shops/<id>")]
async fn read(signed_in: SignedIn, id: Id) -> Result<Fetched<ShopView>, Problem> {
    let user = signed_in.caller.user;
    let found = signed_in.run(move |conn| registry::find(conn, user, ShopId(id.0))).await?;
    Ok(Fetched(found.into()))
}

partial! {
    /// Part of a shop. The currency is not among it: prices are amounts of it.
    pub(super) struct ShopPatch {
        name: Line,
        slug: Slug,
        description: Prose,
    }
}

#[patch("/shops/<id>", data = "<body>")]
async fn update(signed_in: SignedIn, id: Id, body: Body<ShopPatch>) -> Result<Fetched<ShopView>, Problem> {
    let ShopPatch { name, slug, description } = body.0;
    let changes = ShopChanges {
        name: name.given().map(Line::into_string),
        slug: slug.given().map(String::from),
        description: description.given().map(Prose::into_string),
    };
    let user = signed_in.caller.user;
    let changed = signed_in.run(move |conn| registry::update(conn, user, ShopId(id.0), &changes)).await?;
    Ok(Fetched(changed.into()))
}

/// The slug, typed once more: nobody deletes a shop by a wrong id.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShopConfirmation {
    slug: Slug,
}

#[delete("/shops/<id>", data = "<body>")]
async fn close(
    signed_in: SignedIn,
    id: Id,
    body: Body<ShopConfirmation>,
) -> Result<Fetched<ShopView>, Problem> {
    let ShopConfirmation { slug } = body.0;
    let shop = signed_in.tenancy().delete_shop(signed_in.caller, ShopId(id.0), slug).await?;
    Ok(Fetched((shop, Role::Owner).into()))
}

#[post("/shops/<id>/restore")]
async fn restore(signed_in: SignedIn, id: Id) -> Result<Fetched<ShopView>, Problem> {
    let shop = signed_in.tenancy().restore_shop(signed_in.caller, ShopId(id.0)).await?;
    Ok(Fetched((shop, Role::Owner).into()))
}
