//! The route for joining a shop.

use rocket::{Route, post, routes};

use crate::http::problem::NOT_FOUND;
use crate::http::{Answered, Created, Fetched, Once, Problem, Rendered, Reply, Resource, SignedIn};
use crate::identity::shops::routes::ShopView;
use crate::identity::users;
use crate::tenancy::{self, OwnerTx, Role, ShopId, Slug, registry};

pub(in crate::identity) fn routes() -> Vec<Route> {
    routes![join]
}

/// Who joins is new to the shop, or belongs to it already.
enum Joined {
    New(Resource<Created<ShopView>>),
    Already(Resource<Fetched<ShopView>>),
}

impl Reply for Joined {
    fn render(&self) -> serde_json::Result<Rendered> {
        match self {
            Self::New(shop) => shop.render(),
            Self::Already(shop) => shop.render(),
        }
    }
}

#[post("/storefront/<slug>/join")]
async fn join(signed_in: SignedIn, once: Once, slug: &str) -> Result<Answered, Problem> {
    let slug: Slug = slug.parse().map_err(|_| no_such_shop())?;
    let user = signed_in.caller.user;
    let act = move |owner: &mut OwnerTx<'_>| {
        once.run(user, owner, |owner| {
            let shop = registry::active_by_slug(owner, &slug)?.ok_or_else(no_such_shop)?;
            enter(owner, shop, user)
        })
    };
    signed_in.tenancy().as_owner(Some(signed_in.caller), act).await
}

fn enter(owner: &mut OwnerTx<'_>, shop: ShopId, user: uuid::Uuid) -> Result<Joined, Problem> {
    let person = users::find_locked(owner, user)?;
    let is_new = tenancy::join(owner, shop, user, (&person.email, &person.name), Role::Customer)?;
    let view = ShopView::from(registry::find(owner, user, shop)?);
    Ok(if is_new {
        Joined::New(Resource(Created(format!("/shops/{shop}"), view)))
    } else {
        Joined::Already(Resource(Fetched(view)))
    })
}

fn no_such_shop() -> Problem {
    NOT_FOUND.because("there is no such shop")
}
