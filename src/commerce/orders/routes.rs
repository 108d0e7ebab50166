//! Routes for orders.

use rocket::{get, post};
use uuid::Uuid;

use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::{FORBIDDEN, LIMIT_REACHED};
use crate::http::request::guards::AtLeast;
use crate::http::request::scopes::{OrdersRead, OrdersWrite};
use crate::http::request::time::Time;
use crate::http::{
    Answered, Body, Counted, CountedBy, Created, Customer, Fetched, Id, IfMatch, NoBody, Once, Page, Paging,
    Problem, Resource, Staff, Tenant,
};
use crate::limits::Limit;
use crate::tenancy::TenantConn;

use super::body::{HoldBody, OrderBody};
use super::error::{INVALID_TRANSITION, OUT_OF_STOCK, UNKNOWN_VARIANT};
use super::read::{self, Filter};
use super::transition::change_status;
use super::view::OrderView;
use super::{OrderError, Status, examples, expire, place};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let about = "Placing orders, and what becomes of them: pending, paid, fulfilled; or cancelled, refunded, expired.";
    tagged("Orders", about, [
        endpoint!(create, "placeOrder", "Place an order")
            .about(
                "Prices are the shop's. Stock that is tracked is reserved: no order takes more than there is, however many \
                 order at once, unless the variant has `allow_oversell`. The order of a customer expires at `expires_at` if it is \
                 still pending then, and its stock goes back; the shop sets `order_hold_minutes`. An order that staff \
                 place waits for ever. \
                 Staff may order for one of the shop's customers with `customer_id`. How many orders may be pending is \
                 limited for those that a customer places.",
            )
            .takes(examples::new_order())
            .creates("/orders/01a2059f-cf2c-7504-b2a5-7257d04eb2db", examples::order("pending"))
            .may_fail(&[&UNKNOWN_VARIANT, &OUT_OF_STOCK, &FORBIDDEN, &LIMIT_REACHED]),
        endpoint!(list, "listOrders", "List orders")
            .about("Newest first. Customers see their own, staff all.")
            .answers(examples::order("pending")),
        endpoint!(read_one, "getOrder", "Get an order")
            .about("Customers find their own, staff all.")
            .answers(examples::order("pending")),
        endpoint!(pay, "payOrder", "Mark an order as paid")
            .about("As long as it is pending, also when its time is over.")
            .answers(examples::order("paid"))
            .may_fail(&[&INVALID_TRANSITION]),
        endpoint!(fulfil, "fulfilOrder", "Mark an order as fulfilled")
            .answers(examples::order("fulfilled"))
            .may_fail(&[&INVALID_TRANSITION]),
        endpoint!(fulfill, "fulfillOrder", "Mark an order as fulfilled (other spelling)")
            .about("The same as `/orders/{id}/fulfil`.")
            .answers(examples::order("fulfilled"))
            .may_fail(&[&INVALID_TRANSITION]),
        endpoint!(cancel, "cancelOrder", "Cancel an order")
            .about("Puts its stock back. Customers may cancel their own while they are pending.")
            .answers(examples::order("cancelled"))
            .may_fail(&[&INVALID_TRANSITION, &FORBIDDEN]),
        endpoint!(refund, "refundOrder", "Refund an order")
            .about("Puts its stock back.")
            .answers(examples::order("refunded"))
            .may_fail(&[&INVALID_TRANSITION]),
        endpoint!(hold, "holdOrder", "Hold an order")
            .about(
                "Lets a pending order expire at another time, or never: for a customer who pays by bank transfer, say. Holds \
                 its stock until then.",
            )
            .takes(examples::order_hold())
            .answers(examples::held_order())
            .may_fail(&[&INVALID_TRANSITION]),
    ])
}

type Order = Resource<Fetched<OrderView>>;

/// Placing an order, which a customer may not do as often as other things.
struct Placing;

impl CountedBy for Placing {
    const LIMIT: Limit = Limit::Orders;
}

#[post("/orders", data = "<body>")]
async fn create(
    tenant: Tenant<Customer, OrdersWrite>,
    _counted: Counted<Placing>,
    once: Once,
    body: Body<OrderBody>,
) -> Result<Answered<Resource<Created<OrderView>>>, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            let order = place::place(conn, body.0)?;
            Ok::<_, OrderError>(Resource(Created(format!("/orders/{}", order.id), order)))
        })
    };
    Ok(tenant.run(act).await?)
}

#[get("/orders")]
async fn list(
    tenant: Tenant<Customer, OrdersRead>,
    paging: Paging<Filter>,
) -> Result<Page<OrderView>, Problem> {
    let (filter, limit) = (paging.filter.clone(), paging.fetch());
    let before = paging.after::<(Time, Uuid)>()?.map(|(time, id)| (time.0, id));
    let orders = tenant.run(move |conn| read::list(conn, &filter, before, limit)).await?;
    paging.page(orders, |order| (order.created_at, order.id))
}

#[get("/orders/<id>")]
async fn read_one(tenant: Tenant<Customer, OrdersRead>, id: Id) -> Result<Order, Problem> {
    Ok(shown(tenant.run(move |conn| read::find(conn, id.0)).await?))
}

#[post("/orders/<id>/pay", data = "<_nothing>")]
async fn pay(
    tenant: Tenant<Staff, OrdersWrite>,
    once: Once,
    id: Id,
    if_match: IfMatch,
    _nothing: NoBody,
) -> Result<Answered<Order>, Problem> {
    move_on(tenant, once, id, if_match, Status::Paid).await
}

#[post("/orders/<id>/fulfil", data = "<_nothing>")]
async fn fulfil(
    tenant: Tenant<Staff, OrdersWrite>,
    once: Once,
    id: Id,
    if_match: IfMatch,
    _nothing: NoBody,
) -> Result<Answered<Order>, Problem> {
    move_on(tenant, once, id, if_match, Status::Fulfilled).await
}

/// The other spelling of [`fulfil`].
#[post("/orders/<id>/fulfill", data = "<_nothing>")]
async fn fulfill(
    tenant: Tenant<Staff, OrdersWrite>,
    once: Once,
    id: Id,
    if_match: IfMatch,
    _nothing: NoBody,
) -> Result<Answered<Order>, Problem> {
    move_on(tenant, once, id, if_match, Status::Fulfilled).await
}

#[post("/orders/<id>/cancel", data = "<_nothing>")]
async fn cancel(
    tenant: Tenant<Customer, OrdersWrite>,
    once: Once,
    id: Id,
    if_match: IfMatch,
    _nothing: NoBody,
) -> Result<Answered<Order>, Problem> {
    move_on(tenant, once, id, if_match, Status::Cancelled).await
}

#[post("/orders/<id>/refund", data = "<_nothing>")]
async fn refund(
    tenant: Tenant<Staff, OrdersWrite>,
    once: Once,
    id: Id,
    if_match: IfMatch,
    _nothing: NoBody,
) -> Result<Answered<Order>, Problem> {
    move_on(tenant, once, id, if_match, Status::Refunded).await
}

#[post("/orders/<id>/hold", data = "<body>")]
async fn hold(
    tenant: Tenant<Staff, OrdersWrite>,
    once: Once,
    id: Id,
    if_match: IfMatch,
    body: Body<HoldBody>,
) -> Result<Answered<Order>, Problem> {
    let until = body.0.until.map(|time| time.0);
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            if_match.check(|| read::lock_and_find(conn, id.0).map(shown))?;
            Ok::<_, Problem>(shown(expire::hold(conn, id.0, until)?))
        })
    };
    tenant.run(act).await
}

async fn move_on<R: AtLeast>(
    tenant: Tenant<R, OrdersWrite>,
    once: Once,
    id: Id,
    if_match: IfMatch,
    next: Status,
) -> Result<Answered<Order>, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            if_match.check(|| read::lock_and_find(conn, id.0).map(shown))?;
            Ok::<_, Problem>(shown(change_status(conn, id.0, next)?))
        })
    };
    tenant.run(act).await
}

fn shown(order: OrderView) -> Order {
    Resource(Fetched(order))
}
