//! Routes for the caller's own invitations.

use rocket::{State, get, post};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Entry, Event};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::request::origin::Origin;
use crate::http::{Answered, Body, Fetched, Id, NoBody, Once, Page, Paging, Problem, SignedIn};
use crate::identity::error::{ALREADY_MEMBER, EMAIL_NOT_VERIFIED, INVALID_INVITATION, REMOVED_FROM_SHOP};
use crate::identity::shops::view::ShopView;
use crate::identity::{IdentityError, Verification, examples};
use crate::tenancy::{OwnerTx, registry};

use super::acceptance::{self, MyInvitation, Which};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    let about =
        "Invitations to shops. Whoever accepts one is a member; only then does the shop see the name.";
    let token = || json!({ "token": examples::REFRESH_TOKEN });
    tagged("My invitations", about, [
        endpoint!(list, "listMyInvitations", "List my invitations")
            .about(
                "Newest first: those for the address that I have proved, and offers of a higher role in a shop that I \
                 belong to. An invitation for any other address needs its token.",
            )
            .answers(examples::my_invitation()),
        endpoint!(accept, "acceptInvitation", "Accept an invitation")
            .about(
                "I am a member from then on, or have the higher role. Whoever invited must still be an owner, and the shop \
                 must be open. Whoever was removed from the shop needs an invitation from after that.",
            )
            .answers(examples::joined_shop())
            .may_fail(&[&EMAIL_NOT_VERIFIED, &ALREADY_MEMBER, &REMOVED_FROM_SHOP]),
        endpoint!(decline, "declineInvitation", "Decline an invitation")
            .about("Nobody can accept it any more.")
            .answers(examples::my_invitation()),
        endpoint!(accept_by_token, "acceptInvitationByToken", "Accept an invitation by its token")
            .about(
                "With any account: whoever was handed the token may accept. The offer of a higher role is for its member \
                 alone.",
            )
            .takes(token())
            .answers(examples::joined_shop())
            .may_fail(&[&INVALID_INVITATION, &EMAIL_NOT_VERIFIED, &ALREADY_MEMBER, &REMOVED_FROM_SHOP]),
        endpoint!(decline_by_token, "declineInvitationByToken", "Decline an invitation by its token")
            .about("Nobody can accept it any more.")
            .takes(token())
            .answers(examples::my_invitation())
            .may_fail(&[&INVALID_INVITATION]),
    ])
}

#[get("/me/invitations")]
async fn list(signed_in: SignedIn, paging: Paging) -> Result<Page<MyInvitation>, Problem> {
    let (user, before, limit) = (signed_in.caller.user, paging.after()?, paging.fetch());
    let found = signed_in.run(move |conn| acceptance::list_of(conn, user, before, limit));
    paging.page(found.await?, |invitation| invitation.id)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationToken {
    token: String,
}

#[post("/me/invitations/<id>/accept", data = "<_nothing>")]
async fn accept(
    signed_in: SignedIn,
    verification: &State<Verification>,
    origin: Origin,
    id: Id,
    once: Once,
    _nothing: NoBody,
) -> Result<Answered<Fetched<ShopView>>, Problem> {
    accepted(signed_in, **verification, origin, once, Which::Id(id.0)).await
}

#[post("/me/invitations/accept", data = "<body>")]
async fn accept_by_token(
    signed_in: SignedIn,
    verification: &State<Verification>,
    origin: Origin,
    once: Once,
    body: Body<InvitationToken>,
) -> Result<Answered<Fetched<ShopView>>, Problem> {
    accepted(signed_in, **verification, origin, once, Which::token(&body.0.token)).await
}

async fn accepted(
    signed_in: SignedIn,
    verification: Verification,
    origin: Origin,
    once: Once,
    which: Which,
) -> Result<Answered<Fetched<ShopView>>, Problem> {
    let caller = signed_in.caller;
    let act = move |owner: &mut OwnerTx<'_>| {
        // Stays empty when the answer is one that was given before.
        let mut done = None;
        let answered = once.run(caller.user, owner, |owner| {
            let (shop, entry) =
                acceptance::accept(owner, verification, caller.user, &which, &origin).map_err(at_token)?;
            done = Some(entry);
            let view = ShopView::from(registry::find(owner, caller.user, shop)?);
            Ok::<_, Problem>(Fetched(view))
        })?;
        Ok::<_, Problem>((answered, done))
    };
    let (answered, done) = signed_in.tenancy().as_owner(Some(caller), act).await?;
    done.inspect(Entry::log);
    Ok(answered)
}

#[post("/me/invitations/<id>/decline", data = "<_nothing>")]
async fn decline(
    signed_in: SignedIn,
    origin: Origin,
    id: Id,
    once: Once,
    _nothing: NoBody,
) -> Result<Answered<Fetched<MyInvitation>>, Problem> {
    declined(signed_in, origin, once, Which::Id(id.0)).await
}

#[post("/me/invitations/decline", data = "<body>")]
async fn decline_by_token(
    signed_in: SignedIn,
    origin: Origin,
    once: Once,
    body: Body<InvitationToken>,
) -> Result<Answered<Fetched<MyInvitation>>, Problem> {
    declined(signed_in, origin, once, Which::token(&body.0.token)).await
}

async fn declined(
    signed_in: SignedIn,
    origin: Origin,
    once: Once,
    which: Which,
) -> Result<Answered<Fetched<MyInvitation>>, Problem> {
    let caller = signed_in.caller;
    let act = move |owner: &mut OwnerTx<'_>| {
        let mut done = None;
        let answered = once.run(caller.user, owner, |owner| {
            let declined = acceptance::decline(owner, caller.user, &which).map_err(at_token)?;
            let entry = origin.entry(Event::InvitationDeclined, caller.user).in_shop(declined.shop.id);
            audit::record(owner.pg(), &entry).map_err(IdentityError::from)?;
            done = Some(entry);
            Ok::<_, Problem>(Fetched(declined))
        })?;
        Ok::<_, Problem>((answered, done))
    };
    let (answered, done) = signed_in.tenancy().as_owner(Some(caller), act).await?;
    done.inspect(Entry::log);
    Ok(answered)
}

/// Points at the token of these bodies.
fn at_token(error: IdentityError) -> Problem {
    match error {
        IdentityError::InvalidInvitation => INVALID_INVITATION.at("/token", error.to_string()),
        error => error.into(),
    }
}
