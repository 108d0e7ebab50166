//! The route for joining a shop.

use rocket::{Either, post};

use crate::audit::Entry;
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::NOT_FOUND;
use crate::http::request::origin::Origin;
use crate::http::{Answered, Created, Fetched, NoBody, Once, Problem, Resource, Segment, SignedIn};
use crate::identity::error::REMOVED_FROM_SHOP;
use crate::identity::shops::view::ShopView;
use crate::identity::{examples, members};
use crate::tenancy::{OwnerTx, Slug, registry};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    let about = "The catalogue of a shop, for everybody, and becoming one of its customers.";
    tagged("Storefront", about, [endpoint!(join, "joinShop", "Join a shop")
        .about(
            "The caller becomes a customer of the shop. For whoever belongs to it already, nothing changes, and the \
             answer is 200. Whoever left the shop may join again; whoever was removed by an owner may not, until an owner \
             adds or invites the person.",
        )
        .creates(&format!("/shops/{}", examples::SHOP), examples::joined_shop())
        .may_fail(&[&REMOVED_FROM_SHOP])])
}

/// Who joins is new to the shop, or belongs to it already.
type Joined = Either<Resource<Created<ShopView>>, Resource<Fetched<ShopView>>>;

#[post("/storefront/<slug>/join", data = "<_nothing>")]
async fn join(
    signed_in: SignedIn,
    once: Once,
    origin: Origin,
    slug: Segment<Slug>,
    _nothing: NoBody,
) -> Result<Answered<Joined>, Problem> {
    let slug = slug.0.ok_or_else(no_such_shop)?;
    let user = signed_in.caller.user;
    let act = move |owner: &mut OwnerTx<'_>| {
        // Stays empty for a member, and when the answer is one that was given before.
        let mut joined = None;
        let answered = once.run(user, owner, |owner| {
            let shop = registry::active_by_slug(owner, &slug)?.ok_or_else(no_such_shop)?;
            joined = members::join(owner, shop, user, &origin)?;
            let view = ShopView::from(registry::find(owner, user, shop)?);
            Ok::<_, Problem>(match joined {
                Some(_) => Either::Left(Resource(Created(format!("/shops/{shop}"), view))),
                None => Either::Right(Resource(Fetched(view))),
            })
        })?;
        Ok::<_, Problem>((answered, joined))
    };
    let (answered, joined) = signed_in.tenancy().as_owner(Some(signed_in.caller), act).await?;
    joined.inspect(Entry::log);
    Ok(answered)
}

fn no_such_shop() -> Problem {
    NOT_FOUND.because("there is no such shop")
}
