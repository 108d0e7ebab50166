//! Routes for who belongs to a shop.

use chrono::{DateTime, Utc};
use rocket::http::Status;
use rocket::{Route, delete, get, patch, post, routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::request::origin::Origin;
use crate::http::{Answered, Body, Created, Fetched, Id, Once, Page, Paging, Problem, Query, SignedIn};
use crate::identity::{Email, IdentityError};
use crate::tenancy::{OwnerTx, Role, ShopId};

use super::queries::{self, Added, Member};

pub(in crate::identity) fn routes() -> Vec<Route> {
    routes![list, add, change, remove]
}

#[get("/shops/<id>/members")]
async fn list(signed_in: SignedIn, id: Id, query: Query) -> Result<Page<Member>, Problem> {
    let paging = Paging::of(query, &[])?;
    let (caller, after, limit) = (signed_in.caller, paging.after()?, paging.fetch());
    let found = signed_in.run(move |conn| queries::list(conn, caller, ShopId(id.0), after, limit)).await?;
    paging.page(found, |member| member.user_id)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::identity) struct NewMember {
    email: Email,
    role: Role,
}

/// Somebody who was added to a shop: a user, or whoever presents the invitation.
#[derive(Serialize, ToSchema)]
pub(in crate::identity) struct AddedMember {
    /// Null while nobody has the address.
    user_id: Option<Uuid>,
    email: String,
    name: String,
    role: Role,
    created_at: DateTime<Utc>,
    /// Only for an address that nobody has.
    invitation: Option<InvitationView>,
}

/// What registering must present. It is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(in crate::identity) struct InvitationView {
    token: String,
    expires_at: DateTime<Utc>,
}

impl From<Added> for AddedMember {
    fn from(added: Added) -> Self {
        match added {
            Added::Member(Member { user_id, email, name, role, created_at }) => {
                Self { user_id: Some(user_id), email, name, role, created_at, invitation: None }
            }
            Added::Invited(invited) => Self {
                user_id: None,
                email: invited.email,
                name: String::new(),
                role: invited.role,
                created_at: invited.created_at,
                invitation: Some(InvitationView { token: invited.token, expires_at: invited.expires_at }),
            },
        }
    }
}

#[post("/shops/<id>/members", data = "<body>")]
async fn add(
    signed_in: SignedIn,
    origin: Origin,
    id: Id,
    once: Once,
    body: Body<NewMember>,
) -> Result<Answered, Problem> {
    let (NewMember { email, role }, caller, shop) = (body.0, signed_in.caller, ShopId(id.0));
    let act = move |owner: &mut OwnerTx<'_>| {
        // Stays empty when the answer is one that was given before.
        let mut who = None;
        let answered = once.run(caller.user, owner, |owner| {
            let added = AddedMember::from(queries::add(owner, caller, shop, &email, role)?);
            who = Some(added.user_id);
            let place = added.user_id.map(|user| format!("/{user}")).unwrap_or_default();
            Ok::<_, IdentityError>(Created(format!("/shops/{shop}/members{place}"), added))
        })?;
        Ok::<_, IdentityError>((answered, who))
    };
    let (answered, who) = signed_in.tenancy().as_owner(Some(caller), act).await?;
    if let Some(user) = who {
        let event = if user.is_some() { "member_added" } else { "member_invited" };
        origin.audit_act(event, user, Some(caller.user), Some(shop));
    }
    Ok(answered)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::identity) struct MemberPatch {
    role: Role,
}

#[patch("/shops/<id>/members/<user>", data = "<body>")]
async fn change(
    signed_in: SignedIn,
    origin: Origin,
    id: Id,
    user: Id,
    body: Body<MemberPatch>,
) -> Result<Fetched<Member>, Problem> {
    let (caller, shop, role) = (signed_in.caller, ShopId(id.0), body.0.role);
    let act = signed_in
        .tenancy()
        .as_owner(Some(caller), move |owner| queries::change_role(owner, caller, shop, user.0, role));
    let member: Result<_, IdentityError> = act.await;
    let member = member?;
    origin.audit_act("role_changed", Some(user.0), Some(caller.user), Some(shop));
    Ok(Fetched(member))
}

#[delete("/shops/<id>/members/<user>")]
async fn remove(signed_in: SignedIn, origin: Origin, id: Id, user: Id) -> Result<Status, Problem> {
    let (caller, shop) = (signed_in.caller, ShopId(id.0));
    let act =
        signed_in.tenancy().as_owner(Some(caller), move |owner| queries::remove(owner, caller, shop, user.0));
    let removed: Result<(), IdentityError> = act.await;
    removed?;
    origin.audit_act("member_removed", Some(user.0), Some(caller.user), Some(shop));
    Ok(Status::NoContent)
}
