//! Routes for inviting people to a shop.

use std::sync::Arc;

use rocket::response::status::NoContent;
use rocket::{delete, get, post};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Entry, Event};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{FORBIDDEN, LIMIT_REACHED, SHOP_DELETING, TOO_MANY_ATTEMPTS};
use crate::http::request::origin::Origin;
use crate::http::{
    Answered, Body, Created, Fetched, Id, NoBody, Once, Page, Paging, Problem, Secret, SignedIn,
};
use crate::identity::error::ALREADY_MEMBER;
use crate::identity::{Email, IdentityError, examples};
use crate::tenancy::{OwnerTx, Role, ShopName, registry};

use super::invitations::{self, Invitation, IssuedInvitation};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    let about = "Who belongs to a shop, and with what role. Only its owners may look at that or change it.";
    tagged("Members", about, [
        endpoint!(invite, "inviteMember", "Invite somebody")
            .about(
                "Always makes an invitation, whoever has the address, and makes nobody a member: the invited person \
                 accepts or declines it. A message with the token goes to the address. The answer has the token too, this \
                 one time, for handing over: it is good for whoever holds it, with any account, so give it only to the \
                 person. The invitation is open for seven days; inviting the address again replaces it. A shop writes to \
                 an address once in five minutes. For a member, change the role.",
            )
            .takes(json!({ "email": "new-clerk@example.com", "role": "staff" }))
            .creates(&examples::invitation_path(), examples::issued_invitation())
            .may_fail(&[&FORBIDDEN, &SHOP_DELETING, &ALREADY_MEMBER, &LIMIT_REACHED, &TOO_MANY_ATTEMPTS]),
        endpoint!(list, "listInvitations", "List the invitations")
            .about("The open ones, newest first. One with a `user_id` is the offer of a higher role to that member.")
            .answers(examples::invitation())
            .may_fail(&[&FORBIDDEN]),
        endpoint!(read, "getInvitation", "Get an invitation")
            .about("While it is open.")
            .answers(examples::invitation())
            .may_fail(&[&FORBIDDEN]),
        endpoint!(resend, "resendInvitation", "Send an invitation again")
            .about(
                "Makes a new token, also for another seven days, and sends it; the old one is dead. Not within five \
                 minutes of the last message.",
            )
            .answers(examples::issued_invitation())
            .may_fail(&[&FORBIDDEN, &SHOP_DELETING, &LIMIT_REACHED, &TOO_MANY_ATTEMPTS]),
        endpoint!(revoke, "revokeInvitation", "Revoke an invitation")
            .about("Nobody can accept it any more.")
            .may_fail(&[&FORBIDDEN, &SHOP_DELETING]),
    ])
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMember {
    email: Email,
    role: Role,
}

#[post("/shops/<id>/members", data = "<body>")]
async fn invite(
    signed_in: SignedIn,
    origin: Origin,
    id: ShopName,
    once: Once,
    body: Body<NewMember>,
) -> Result<Secret<Answered<Created<IssuedInvitation>>>, Problem> {
    let (NewMember { email, role }, caller) = (body.0, signed_in.caller);
    let quotas = Arc::clone(signed_in.tenancy().quotas());
    let act = move |owner: &mut OwnerTx<'_>| {
        let shop = registry::id_in_path(owner, caller.user, &id)?;
        // Stays empty when the answer is one that was given before.
        let mut done = None;
        let answered = once.run(caller.user, owner, |owner| {
            let issued = invitations::invite(owner, &quotas, caller, shop, &email, role)?;
            let entry = origin.entry(Event::MemberInvited, caller.user).in_shop(shop);
            let entry = entry.to(issued.about.user_id).with("role", role.as_str());
            audit::record(owner.pg(), &entry)?;
            done = Some(entry);
            let place = format!("/shops/{shop}/invitations/{}", issued.about.id);
            Ok::<_, IdentityError>(Created(place, issued))
        })?;
        Ok::<_, IdentityError>((answered, done))
    };
    let (answered, done) = signed_in.tenancy().as_owner(Some(caller), act).await?;
    done.inspect(Entry::log);
    Ok(Secret(answered))
}

#[get("/shops/<id>/invitations")]
async fn list(signed_in: SignedIn, id: ShopName, paging: Paging) -> Result<Page<Invitation>, Problem> {
    let (caller, before, limit) = (signed_in.caller, paging.after()?, paging.fetch());
    let found = signed_in.run(move |conn| {
        let shop = registry::id_in_path(conn, caller.user, &id)?;
        invitations::list(conn, caller, shop, before, limit)
    });
    paging.page(found.await?, |invitation| invitation.id)
}

#[get("/shops/<id>/invitations/<invitation>")]
async fn read(signed_in: SignedIn, id: ShopName, invitation: Id) -> Result<Fetched<Invitation>, Problem> {
    let caller = signed_in.caller;
    let found = signed_in.run(move |conn| {
        let shop = registry::id_in_path(conn, caller.user, &id)?;
        invitations::find(conn, caller, shop, invitation.0)
    });
    Ok(Fetched(found.await?))
}

#[post("/shops/<id>/invitations/<invitation>/resend", data = "<_nothing>")]
async fn resend(
    signed_in: SignedIn,
    origin: Origin,
    id: ShopName,
    invitation: Id,
    once: Once,
    _nothing: NoBody,
) -> Result<Secret<Answered<Fetched<IssuedInvitation>>>, Problem> {
    let caller = signed_in.caller;
    let quotas = Arc::clone(signed_in.tenancy().quotas());
    let act = move |owner: &mut OwnerTx<'_>| {
        let shop = registry::id_in_path(owner, caller.user, &id)?;
        let mut done = None;
        let answered = once.run(caller.user, owner, |owner| {
            let issued = invitations::resend(owner, &quotas, caller, shop, invitation.0)?;
            let entry = origin.entry(Event::InvitationResent, caller.user).in_shop(shop);
            let entry = entry.to(issued.about.user_id).with("role", issued.about.role.as_str());
            audit::record(owner.pg(), &entry)?;
            done = Some(entry);
            Ok::<_, IdentityError>(Fetched(issued))
        })?;
        Ok::<_, IdentityError>((answered, done))
    };
    let (answered, done) = signed_in.tenancy().as_owner(Some(caller), act).await?;
    done.inspect(Entry::log);
    Ok(Secret(answered))
}

#[delete("/shops/<id>/invitations/<invitation>", data = "<_nothing>")]
async fn revoke(
    signed_in: SignedIn,
    origin: Origin,
    id: ShopName,
    invitation: Id,
    _nothing: NoBody,
) -> Result<NoContent, Problem> {
    let caller = signed_in.caller;
    let act = move |owner: &mut OwnerTx<'_>| {
        let shop = registry::id_in_path(owner, caller.user, &id)?;
        invitations::revoke(owner, caller, shop, invitation.0)?;
        let entry = origin.entry(Event::InvitationRevoked, caller.user).in_shop(shop);
        audit::record(owner.pg(), &entry)?;
        Ok::<_, IdentityError>(entry)
    };
    signed_in.tenancy().as_owner(Some(caller), act).await?.log();
    Ok(NoContent)
}
