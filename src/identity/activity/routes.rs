//! Routes for reading the audit trail.

use chrono::{DateTime, Utc};
use rocket::get;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use uuid::Uuid;

use crate::audit::{Event, Filter, Recorded};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{FORBIDDEN, Problem};
use crate::http::request::parameter::Parameter;
use crate::http::request::query::parameters;
use crate::http::request::time::Time;
use crate::http::{Page, Paging, SignedIn};
use crate::identity::examples;
use crate::tenancy::{ShopName, registry};

use super::queries;

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    let about = "Who did what to whom, and from where. It is kept for as long as the operator has set; nobody can change it.";
    tagged("Audit", about, [
        endpoint!(of_shop, "listAuditEvents", "List what was done in a shop")
            .about(
                "Only for its owners, newest first: roles, members and invitations, keys for the shop, closing and restoring \
                 it, and what the operator did with it. How its members sign in is not among it. A user who was erased is a \
                 bare id. Among `details` are the role, and the role before.",
            )
            .answers(examples::audit_event())
            .may_fail(&[&FORBIDDEN]),
        endpoint!(of_me, "listMyActivity", "List what happened to my account")
            .about(
                "Newest first: signing in, also in vain, sessions, keys, password, address and second factor, and what others \
                 did to me. Many failed attempts within ten minutes are not shown one by one.",
            )
            .answers(examples::activity()),
    ])
}

/// The word of an event, as a filter.
#[derive(Clone, Copy, Debug)]
struct EventName(Event);

impl Parameter for EventName {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    fn schema() -> RefOr<Schema> {
        let words = Event::ALL.iter().map(|event| event.as_str());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
    }

    fn expected() -> String {
        "the word of an event, such as role_changed".to_owned()
    }
}

parameters! {
    /// Which events of a shop.
    struct OfShop {
        /// Only this event.
        event: EventName,
        /// Only what this user did.
        actor: Uuid,
        /// From this time on.
        from: Time,
        /// Before this time.
        to: Time,
    }
}

parameters! {
    /// Which events of an account.
    struct OfMe {
        /// Only this event.
        event: EventName,
        /// From this time on.
        from: Time,
        /// Before this time.
        to: Time,
    }
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
struct AuditEvent {
    id: Uuid,
    created_at: DateTime<Utc>,
    event: String,
    #[schema(value_type = Actor)]
    actor: String,
    /// The user who did it.
    actor_id: Option<Uuid>,
    /// The user to whom it was done.
    subject_id: Option<Uuid>,
    shop_id: Option<Uuid>,
    /// The client's.
    address: Option<String>,
    /// What the client calls itself.
    user_agent: String,
    /// What else is to be known, depending on the event.
    #[schema(value_type = Object)]
    details: Value,
}

/// Who did something; `unknown` is whoever did not prove to be anybody.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
enum Actor {
    User,
    Operator,
    System,
    Unknown,
}

impl From<Recorded> for AuditEvent {
    fn from(row: Recorded) -> Self {
        let Recorded {
            id,
            created_at,
            event,
            actor,
            actor_id,
            subject_id,
            shop_id,
            address,
            user_agent,
            details,
        } = row;
        Self { id, created_at, event, actor, actor_id, subject_id, shop_id, address, user_agent, details }
    }
}

fn time(time: Option<Time>) -> Option<DateTime<Utc>> {
    time.map(DateTime::from)
}

#[get("/shops/<id>/audit")]
async fn of_shop(
    signed_in: SignedIn,
    id: ShopName,
    paging: Paging<OfShop>,
) -> Result<Page<AuditEvent>, Problem> {
    let (caller, before, limit) = (signed_in.caller, paging.after()?, paging.fetch());
    let OfShop { event, actor, from, to } = &paging.filter;
    let event = event.as_ref().map(|event| event.0);
    let filter = Filter { event, actor: *actor, from: time(*from), to: time(*to), ..Filter::default() };
    let found = signed_in.run(move |conn| {
        let shop = registry::id_in_path(conn, caller.user, &id)?;
        queries::of_shop(conn, caller, shop, &filter, before, limit)
    });
    Ok(paging.page(found.await?, |row| row.id)?.map(AuditEvent::from))
}

#[get("/me/activity")]
async fn of_me(signed_in: SignedIn, paging: Paging<OfMe>) -> Result<Page<AuditEvent>, Problem> {
    let (user, before, limit) = (signed_in.caller.user, paging.after()?, paging.fetch());
    let OfMe { event, from, to } = &paging.filter;
    let event = event.as_ref().map(|event| event.0);
    let filter = Filter { event, from: time(*from), to: time(*to), ..Filter::default() };
    let found = signed_in.run(move |conn| queries::of_user(conn, user, &filter, before, limit)).await?;
    Ok(paging.page(found, |row| row.id)?.map(AuditEvent::from))
}
