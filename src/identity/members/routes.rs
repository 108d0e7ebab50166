//! Routes for who belongs to a shop.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rocket::response::status::NoContent;
use rocket::{State, delete, get, patch, post};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::{self, Entry, Event};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{FORBIDDEN, LIMIT_REACHED, SHOP_DELETING};
use crate::http::request::origin::Origin;
use crate::http::{Answered, Body, Created, Fetched, Id, NoBody, Once, Page, Paging, Problem, SignedIn};
use crate::identity::error::{ALREADY_MEMBER, EMAIL_NOT_VERIFIED, LAST_OWNER};
use crate::identity::{Email, IdentityError, Verification, examples};
use crate::tenancy::{OwnerTx, Role, ShopName, registry};

use super::queries::{self, Added, Member};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    let about = "Who belongs to a shop, and with what role. Only its owners may look at that or change it.";
    tagged("Members", about, [
        endpoint!(list, "List the members")
            .about("In the order in which they registered.")
            .answers(examples::member())
            .may_fail(&[&FORBIDDEN]),
        endpoint!(add, "Add a member")
            .about(
                "The user with this email address is a member at once. When nobody has the address, the answer holds a \
                 token, this one time: whoever registers with the address and the token becomes a member. It is good for \
                 seven days; adding the address again makes a new one. An address alone proves nothing: give the token \
                 only to the person.",
            )
            .takes(json!({ "email": "new-clerk@example.com", "role": "staff" }))
            .creates(&format!("/shops/{}/members", examples::SHOP), examples::added_member())
            .may_fail(&[&FORBIDDEN, &SHOP_DELETING, &ALREADY_MEMBER, &LIMIT_REACHED]),
        endpoint!(change, "Change a member's role")
            .about(
                "It holds from the member's next request on. A shop always keeps an owner. Where addresses have to be \
                 proved, nobody becomes more than a customer before that.",
            )
            .takes(json!({ "role": "staff" }))
            .answers(examples::member())
            .may_fail(&[&FORBIDDEN, &SHOP_DELETING, &EMAIL_NOT_VERIFIED, &LAST_OWNER]),
        endpoint!(remove, "Remove a member")
            .about(
                "The member is out at once, and the member's API keys for the shop are gone. Anybody may leave a shop \
                 this way, and join it again; but whoever was removed by an owner cannot join again, until an owner adds \
                 or invites the person. A shop always keeps an owner.",
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
struct NewMember {
    email: Email,
    role: Role,
}

/// Somebody who was added to a shop: a user, or whoever presents the invitation.
#[derive(Serialize, ToSchema)]
struct AddedMember {
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
struct InvitationView {
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
    id: ShopName,
    once: Once,
    body: Body<NewMember>,
) -> Result<Answered<Created<AddedMember>>, Problem> {
    let (NewMember { email, role }, caller) = (body.0, signed_in.caller);
    let quotas = Arc::clone(signed_in.tenancy().quotas());
    let act = move |owner: &mut OwnerTx<'_>| {
        let shop = registry::id_in_path(owner, caller.user, &id)?;
        // Stays empty when the answer is one that was given before.
        let mut done = None;
        let answered = once.run(caller.user, owner, |owner| {
            let added = AddedMember::from(queries::add(owner, &quotas, caller, shop, &email, role)?);
            let event = if added.user_id.is_some() { Event::MemberAdded } else { Event::MemberInvited };
            let entry = origin.entry(event, caller.user).to(added.user_id).in_shop(shop);
            let entry = entry.with("role", role.as_str());
            audit::record(owner.pg(), &entry)?;
            done = Some(entry);
            let place = added.user_id.map(|user| format!("/{user}")).unwrap_or_default();
            Ok::<_, IdentityError>(Created(format!("/shops/{shop}/members{place}"), added))
        })?;
        Ok::<_, IdentityError>((answered, done))
    };
    let (answered, done) = signed_in.tenancy().as_owner(Some(caller), act).await?;
    done.inspect(Entry::log);
    Ok(answered)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberPatch {
    role: Role,
}

#[patch("/shops/<id>/members/<user>", data = "<body>")]
async fn change(
    signed_in: SignedIn,
    verification: &State<Verification>,
    origin: Origin,
    id: ShopName,
    user: Id,
    body: Body<MemberPatch>,
) -> Result<Fetched<Member>, Problem> {
    let (caller, role, verification) = (signed_in.caller, body.0.role, **verification);
    let act = move |owner: &mut OwnerTx<'_>| {
        let shop = registry::id_in_path(owner, caller.user, &id)?;
        let (member, before) = queries::change_role(owner, verification, caller, shop, user.0, role)?;
        let entry = origin.entry(Event::RoleChanged, caller.user).to(user.0).in_shop(shop);
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
