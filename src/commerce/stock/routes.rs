//! Routes for the stock of a variant.

use rocket::{Route, get, post, routes};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::level::Stock;
use crate::http::problem::INVALID_FIELD;
use crate::http::request::text::Line;
use crate::http::request::time::Time;
use crate::http::{Answered, Body, Created, Id, Once, Page, Paging, Problem, Query, Staff, Tenant};
use crate::tenancy::TenantConn;

use super::{Adjustment, Movement, StockError, adjust, movements};

pub(crate) fn routes() -> Vec<Route> {
    routes![list, create]
}

/// Either `delta` or `set`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMovement)]
pub(super) struct AdjustmentBody {
    /// So many pieces more, or less.
    delta: Option<Stock>,
    /// So many pieces.
    set: Option<Stock>,
    /// Why, for those who read the history.
    reason: Line,
}

#[post("/variants/<id>/stock", data = "<body>")]
async fn create(
    tenant: Tenant<Staff>,
    id: Id,
    once: Once,
    body: Body<AdjustmentBody>,
) -> Result<Answered, Problem> {
    let adjustment = match (body.0.delta, body.0.set) {
        (Some(delta), None) => Adjustment::By(delta.get()),
        (None, Some(set)) => Adjustment::To(set.get()),
        _ => return Err(INVALID_FIELD.at("", "Give either delta or set.")),
    };
    let (variant, reason) = (id.0, body.0.reason);
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            let movement = adjust(conn, variant, adjustment, reason.as_str())?;
            Ok::<_, StockError>(Created(format!("/variants/{variant}/stock"), movement))
        })
    };
    Ok(tenant.run(act).await?)
}

#[get("/variants/<id>/stock")]
async fn list(tenant: Tenant<Staff>, id: Id, query: Query) -> Result<Page<Movement>, Problem> {
    let paging = Paging::of(query, &[])?;
    let (variant, before, limit) = (id.0, paging.after::<(Time, Uuid)>()?, paging.fetch());
    let before = before.map(|(time, id)| (time.0, id));
    let moved = tenant.run(move |conn| movements(conn, variant, before, limit)).await?;
    paging.page(moved, |movement| (movement.created_at, movement.id))
}
