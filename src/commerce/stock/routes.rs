//! Routes for the stock of a variant.

use rocket::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::INVALID_FIELD;
use crate::http::request::scopes::{StockRead, StockWrite};
use crate::http::request::text::Line;
use crate::http::request::time::Time;
use crate::http::{Answered, Body, Created, Id, Once, Page, Paging, Problem, Staff, Tenant};
use crate::tenancy::TenantConn;

use super::level::Stock;
use super::{Adjustment, Moved, Movement, StockError, adjust, movements};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Stock",
        "Movements of stock, whose sum is what there is.",
        [
            endpoint!(create, "moveStock", "Move stock")
                .about(
                    "Give either `delta`, pieces more or less, or `set`, the pieces that were counted. The answer has the \
                     new `stock` too. It may be below zero, when more was sold than there is.",
                )
                .takes_either(json!({ "NewMovementBy": "delta", "NewMovementTo": "set" }))
                .takes(json!({ "delta": 12, "reason": "delivery" }))
                .creates("/variants/01a2059f-cf13-7119-92eb-7fcb477796e0/stock", moved()),
            endpoint!(list, "listStockMovements", "List movements of stock").about("Newest first.").answers(movement()),
        ],
    )
}

fn moved() -> Value {
    let mut moved = movement();
    moved["stock"] = json!(15);
    moved
}

fn movement() -> Value {
    json!({
        "id": "01a2059f-d013-7a2e-9f55-3f1d6a0c4b21",
        "variant_id": "01a2059f-cf13-7119-92eb-7fcb477796e0",
        "delta": 12,
        "reason": "delivery",
        "actor_id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3",
        "order_id": null,
        "created_at": "2026-11-22T23:40:00.000000Z",
    })
}

/// Either `delta` or `set`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMovement)]
struct AdjustmentBody {
    /// So many pieces more, or less.
    delta: Option<Stock>,
    /// So many pieces.
    set: Option<Stock>,
    /// Why, for those who read the history.
    reason: Line,
}

#[post("/variants/<id>/stock", data = "<body>")]
async fn create(
    tenant: Tenant<Staff, StockWrite>,
    id: Id,
    once: Once,
    body: Body<AdjustmentBody>,
) -> Result<Answered<Created<Moved>>, Problem> {
    let adjustment = match (body.0.delta, body.0.set) {
        (Some(delta), None) => Adjustment::By(delta.get()),
        (None, Some(set)) => Adjustment::To(set.get()),
        _ => return Err(INVALID_FIELD.at("", "Give either delta or set.")),
    };
    let (variant, reason) = (id.0, body.0.reason);
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            let moved = adjust(conn, variant, adjustment, reason.as_str())?;
            Ok::<_, StockError>(Created(format!("/variants/{variant}/stock"), moved))
        })
    };
    Ok(tenant.run(act).await?)
}

#[get("/variants/<id>/stock")]
async fn list(tenant: Tenant<Staff, StockRead>, id: Id, paging: Paging) -> Result<Page<Movement>, Problem> {
    let (variant, before, limit) = (id.0, paging.after::<(Time, Uuid)>()?, paging.fetch());
    let before = before.map(|(time, id)| (time.0, id));
    let moved = tenant.run(move |conn| movements(conn, variant, before, limit)).await?;
    paging.page(moved, |movement| (movement.created_at, movement.id))
}
