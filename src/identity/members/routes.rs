//! Routes for who belongs to a shop.

use std::sync::Arc;

use rocket::response::status::NoContent;
use rocket::{delete, get, patch};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::{self, Event};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{FORBIDDEN, LIMIT_REACHED, SHOP_DELETING};
use crate::http::request::origin::Origin;
use crate::http::{Body, Fetched, Id, NoBody, Page, Paging, Problem, SignedIn};
use crate::identity::error::LAST_OWNER;
use crate::identity::{IdentityError, examples};
use crate::tenancy::{OwnerTx, Role, ShopName, registry};

use super::queries::{self, Member};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    let about = "Who belongs to a shop, and with what role. Only its owners may look at that or change it.";
    tagged("Members", about, [
        endpoint!(list, "listMembers", "List the members")
            .about("In the order in which they registered.")
            .answers(examples::member())
            .may_fail(&[&FORBIDDEN]),
        endpoint!(change, "updateMember", "Change a member's role")
            .about(
                "A lower role holds from the member's next request on. A higher one is offered, and stands in \
                 `offered_role` until the member accepts it (`GET /me/invitations`); another change withdraws it. A shop \
                 always keeps an owner.",
            )
            .takes(json!({ "role": "staff" }))
            .answers(examples::member())
            .may_fail(&[&FORBIDDEN, &SHOP_DELETING, &LAST_OWNER, &LIMIT_REACHED]),
        endpoint!(remove, "removeMember", "Remove a member")
            .about(
                "The member is out at once, and the member's API keys for the shop are gone. Anybody may leave a shop \
                 this way, and join it again; but whoever was removed by an owner cannot join again, except by an \
                 invitation from after that. The last owner hands the shop over first, or deletes it.",
            )
            .may_fail(&[&FORBIDDEN, &SHOP_DELETING, &LAST_OWNER]),
    ])
}

#[get("/shops/<id>/members")]
async fn list(signed_in: SignedIn, id: ShopName, paging: Paging) -> Result<Page<Member>, Problem> {
    let (caller, after, limit) = (signed_in.caller, paging.after()?, paging.fetch());
    let found = signed_in.run(move |conn| {
        let shop = registry::id_in_path(conn, caller.user, &id)?;
        queries::list(conn, caller, shop, after, limit)
    });
    paging.page(found.await?, |member| member.user_id)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberPatch {
    role: Role,
}

#[patch("/shops/<id>/members/<user>", data = "<body>")]
async fn change(
    signed_in: SignedIn,
    origin: Origin,
    id: ShopName,
    user: Id,
    body: Body<MemberPatch>,
) -> Result<Fetched<Member>, Problem> {
    let (caller, role) = (signed_in.caller, body.0.role);
    let quotas = Arc::clone(signed_in.tenancy().quotas());
    let act = move |owner: &mut OwnerTx<'_>| {
        let shop = registry::id_in_path(owner, caller.user, &id)?;
        let (member, before) = queries::change_role(owner, &quotas, caller, shop, user.0, role)?;
        let event = if member.role == role { Event::RoleChanged } else { Event::RoleOffered };
        let entry = origin.entry(event, caller.user).to(user.0).in_shop(shop);
        let entry = entry.with("role_before", before.as_str()).with("role", role.as_str());
        audit::record(owner.pg(), &entry)?;
        Ok::<_, IdentityError>((member, entry))
    };
    let (member, entry) = signed_in.tenancy().as_owner(Some(caller), act).await?;
    entry.log();
    Ok(Fetched(member))
}

#[delete("/shops/<id>/members/<user>", data = "<_nothing>")]
async fn remove(
    signed_in: SignedIn,
    origin: Origin,
    id: ShopName,
    user: Id,
    _nothing: NoBody,
) -> Result<NoContent, Problem> {
    let caller = signed_in.caller;
    let act = move |owner: &mut OwnerTx<'_>| {
        let shop = registry::id_in_path(owner, caller.user, &id)?;
        let role = queries::remove(owner, caller, shop, user.0)?;
        let event = if user.0 == caller.user { Event::MemberLeft } else { Event::MemberRemoved };
        let entry = origin.entry(event, caller.user).to(user.0).in_shop(shop).with("role", role.as_str());
        audit::record(owner.pg(), &entry)?;
        Ok::<_, IdentityError>(entry)
    };
    signed_in.tenancy().as_owner(Some(caller), act).await?.log();
    Ok(NoContent)
}
