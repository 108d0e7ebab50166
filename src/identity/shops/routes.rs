//! Routes for the caller's shops.

use rocket::{State, delete, get, patch, post};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Entry, Event};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{FORBIDDEN, INVALID_FIELD, LIMIT_REACHED, SECOND_FACTOR_MISSING};
use crate::http::request::origin::Origin;
use crate::http::request::patch::patch_body;
use crate::http::request::query::parameters;
use crate::http::request::text::{Line, Prose};
use crate::http::{
    Answered, Body, Created, Fetched, IfMatch, Integer, NoBody, Once, OptionalBody, Page, Paging, Problem,
    Query, Resource, SignedIn,
};
use crate::identity::error::{EMAIL_NOT_VERIFIED, NOT_RESTORABLE, SLUG_TAKEN};
use crate::identity::{IdentityError, Verification, examples, verification};
use crate::tenancy::lifecycle;
use crate::tenancy::registry::{self, ShopChanges};
use crate::tenancy::{Currency, NewShop, OwnerTx, PublicConn, Role, ShopName, Slug};

use super::count;
use super::view::{ShopView, shown};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    tagged("Shops", "The shops that the caller belongs to.", [
        endpoint!(create, "openShop", "Open a shop")
            .about(
                "The caller becomes its owner. When this answers, the shop's tables are there; `POST /auth/switch` gives \
                 a token to work in it. Where addresses have to be proved, the caller's is.",
            )
            .takes(json!({
                "name": "The Attic",
                "slug": "the-attic",
                "description": "Things that deserve a second home.",
                "currency": "EUR",
            }))
            .creates(&format!("/shops/{}", examples::SHOP), examples::shop())
            .may_fail(&[&EMAIL_NOT_VERIFIED, &SLUG_TAKEN, &LIMIT_REACHED]),
        endpoint!(list, "listMyShops", "List my shops")
            .about("Newest first, each with the caller's role in it.")
            .answers(examples::shop()),
        endpoint!(read, "getShop", "Get a shop").about("One of mine.").answers(examples::shop()),
        endpoint!(update, "updateShop", "Change a shop")
            .about(
                "Only by an owner of the shop. The currency stays: prices are amounts of it. `order_hold_minutes` holds for \
                 orders from then on; with 0 an order that is never paid holds its stock for ever. With `require_second_factor` the shop's staff and \
                 owners must have a second factor; whoever switches it on must have one.",
            )
            .takes(json!({ "description": "Open on Saturdays." }))
            .answers(examples::shop())
            .may_fail(&[&FORBIDDEN, &SECOND_FACTOR_MISSING, &SLUG_TAKEN]),
        endpoint!(close, "deleteShop", "Delete a shop")
            .about(
                "Only by an owner, who confirms it with the shop's slug: in the body or, for clients that send none with \
                 DELETE, in the query. The shop is closed at once, and erased with all \
                 that is in it at `erase_after`; until then it can be restored, and its slug stays taken. Deleting it \
                 again changes nothing.",
            )
            .takes(json!({ "slug": "the-attic" }))
            .answers(examples::deleted_shop())
            .may_fail(&[&FORBIDDEN]),
        endpoint!(restore, "restoreShop", "Restore a deleted shop")
            .about("Only by an owner, and only until it is erased. The shop returns to the state it had.")
            .answers(examples::shop())
            .may_fail(&[&FORBIDDEN, &NOT_RESTORABLE]),
    ])
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewShop)]
struct NewShopBody {
    name: Line,
    slug: Slug,
    #[serde(default)]
    description: Prose,
    currency: Option<Currency>,
    /// How long a customer's order waits for its payment, 60 if left out; 0 means for ever.
    #[schema(inline)]
    order_hold_minutes: Option<HoldMinutes>,
}

/// Up to 30 days.
type HoldMinutes = Integer<0, 43_200>;

fn minutes(hold: HoldMinutes) -> i32 {
    i32::try_from(hold.get()).unwrap_or(i32::MAX)
}

#[post("/shops", data = "<body>")]
async fn create(
    signed_in: SignedIn,
    verification: &State<Verification>,
    origin: Origin,
    once: Once,
    body: Body<NewShopBody>,
) -> Result<Answered<Resource<Created<ShopView>>>, Problem> {
    let NewShopBody { name, slug, description, currency, order_hold_minutes } = body.0;
    let new = NewShop {
        slug,
        name: name.into_string(),
        description: description.into_string(),
        currency: currency.unwrap_or(Currency::USD),
        order_hold_minutes: order_hold_minutes.map(minutes),
    };
    let (engine, caller, verification) = (signed_in.tenancy().clone(), signed_in.caller, **verification);
    let act = move |owner: &mut OwnerTx<'_>| {
        // Stays empty when the answer is one that was given before.
        let mut opened = None;
        let answered = once.run(caller.user, owner, |owner| {
            verification::require_proved(owner.pg(), verification, caller.user)?;
            count::check(owner, engine.quotas(), caller.user)?;
            let shop = engine.provision(owner, caller.user, &new)?;
            let entry = origin.entry(Event::ShopOpened, caller.user).in_shop(shop.id);
            audit::record(owner.pg(), &entry)?;
            opened = Some(entry);
            let view = ShopView::from((shop, Role::Owner));
            Ok::<_, IdentityError>(Resource(Created(format!("/shops/{}", view.id), view)))
        })?;
        Ok::<_, IdentityError>((answered, opened))
    };
    let (answered, opened) = signed_in.tenancy().as_owner(Some(caller), act).await?;
    opened.inspect(Entry::log);
    Ok(answered)
}

#[get("/shops")]
async fn list(signed_in: SignedIn, paging: Paging) -> Result<Page<ShopView>, Problem> {
    let (user, before, limit) = (signed_in.caller.user, paging.after()?, paging.fetch());
    let shops = signed_in.run(move |conn| registry::list_of(conn, user, before, limit)).await?;
    Ok(paging.page(shops, |(shop, _)| shop.id)?.map(ShopView::from))
}

#[get("/shops/<id>")]
async fn read(signed_in: SignedIn, id: ShopName) -> Result<Resource<Fetched<ShopView>>, Problem> {
    let user = signed_in.caller.user;
    let found = signed_in.run(move |conn| {
        let shop = registry::id_in_path(conn, user, &id)?;
        registry::find(conn, user, shop)
    });
    let found = found.await?;
    Ok(shown(found))
}

patch_body! {
    /// Part of a shop. The currency is not among it: prices are amounts of it.
    struct ShopPatch {
        name: Line,
        slug: Slug,
        description: Prose,
        order_hold_minutes: HoldMinutes,
        require_second_factor: bool,
    }
}

#[patch("/shops/<id>", data = "<body>")]
async fn update(
    signed_in: SignedIn,
    origin: Origin,
    id: ShopName,
    if_match: IfMatch,
    body: Body<ShopPatch>,
) -> Result<Resource<Fetched<ShopView>>, Problem> {
    let ShopPatch { name, slug, description, order_hold_minutes, require_second_factor } = body.0;
    let changes = ShopChanges {
        name: name.given().map(Line::into_string),
        slug: slug.given().map(String::from),
        description: description.given().map(Prose::into_string),
        order_hold_minutes: order_hold_minutes.given().map(minutes),
        require_second_factor: require_second_factor.given(),
    };
    let user = signed_in.caller.user;
    let required = changes.require_second_factor.map(|is_required| {
        let event = if is_required { Event::SecondFactorRequired } else { Event::SecondFactorNotRequired };
        origin.entry(event, user)
    });
    let act = move |conn: &mut PublicConn<'_>| {
        let shop = registry::id_in_path(conn, user, &id)?;
        if_match.check(|| registry::lock_and_find(conn, user, shop).map(shown))?;
        let changed = registry::update(conn, user, shop, &changes)?;
        let required = required.map(|entry| entry.in_shop(shop));
        if let Some(entry) = &required {
            audit::record(conn.pg(), entry).map_err(IdentityError::from)?;
        }
        Ok::<_, Problem>((changed, required))
    };
    let (changed, required) = signed_in.run(act).await?;
    required.inspect(Entry::log);
    Ok(shown(changed))
}

/// The slug, typed once more: nobody deletes a shop by a wrong id.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShopConfirmation {
    slug: Slug,
}

parameters! {
    /// The same, for clients that send no body with DELETE.
    struct Confirmation {
        /// The shop's slug as confirmation, in place of the body.
        slug: Slug,
    }
}

impl ShopConfirmation {
    /// The slug, from the query or from the body; both must be the same.
    fn slug(query: Query<Confirmation>, body: OptionalBody<Self>) -> Result<Slug, Problem> {
        match (query.0.slug, body.0) {
            (Some(slug), Ok(body)) if slug != body.slug => {
                Err(INVALID_FIELD.at("/slug", "must be the same as in the query"))
            }
            (Some(slug), _) => Ok(slug),
            (None, body) => Ok(body?.slug),
        }
    }
}

#[delete("/shops/<id>", data = "<body>")]
async fn close(
    signed_in: SignedIn,
    origin: Origin,
    id: ShopName,
    confirmation: Query<Confirmation>,
    if_match: IfMatch,
    body: OptionalBody<ShopConfirmation>,
) -> Result<Resource<Fetched<ShopView>>, Problem> {
    let (slug, caller) = (ShopConfirmation::slug(confirmation, body)?, signed_in.caller);
    let grace = signed_in.tenancy().grace();
    let act = move |owner: &mut OwnerTx<'_>| {
        let shop = registry::id_in_path(owner, caller.user, &id)?;
        let entry = origin.entry(Event::ShopDeleted, caller.user).in_shop(shop);
        if_match.check(|| registry::lock_and_find(owner, caller.user, shop).map(shown))?;
        let deleted = lifecycle::delete_owned(owner, caller, shop, &slug, grace)?;
        audit::record(owner.pg(), &entry).map_err(IdentityError::from)?;
        Ok::<_, Problem>((deleted, entry))
    };
    let (deleted, entry) = signed_in.tenancy().as_owner(Some(caller), act).await?;
    entry.log();
    Ok(shown((deleted, Role::Owner)))
}

#[post("/shops/<id>/restore", data = "<_nothing>")]
async fn restore(
    signed_in: SignedIn,
    origin: Origin,
    id: ShopName,
    once: Once,
    if_match: IfMatch,
    _nothing: NoBody,
) -> Result<Answered<Resource<Fetched<ShopView>>>, Problem> {
    let caller = signed_in.caller;
    let act = move |owner: &mut OwnerTx<'_>| {
        let shop = registry::id_in_path(owner, caller.user, &id)?;
        let mut done = None;
        let answered = once.run(caller.user, owner, |owner| {
            if_match.check(|| registry::lock_and_find(owner, caller.user, shop).map(shown))?;
            let restored = lifecycle::restore_owned(owner, caller, shop)?;
            let entry = origin.entry(Event::ShopRestored, caller.user).in_shop(shop);
            audit::record(owner.pg(), &entry).map_err(IdentityError::from)?;
            done = Some(entry);
            Ok::<_, Problem>(shown((restored, Role::Owner)))
        })?;
        Ok::<_, Problem>((answered, done))
    };
    let (answered, done) = signed_in.tenancy().as_owner(Some(caller), act).await?;
    done.inspect(Entry::log);
    Ok(answered)
}
