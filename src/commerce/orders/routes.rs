//! Routes for orders.

use rocket::{get, post};
use uuid::Uuid;

use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::FORBIDDEN;
use crate::http::request::guards::AtLeast;
use crate::http::request::time::Time;
use crate::http::{
    Answered, Body, Created, Customer, Fetched, Id, Once, Page, Paging, Problem, Resource, Staff, Tenant,
};
use crate::tenancy::TenantConn;

use super::body::OrderBody;
use super::error::{INVALID_TRANSITION, OUT_OF_STOCK, UNKNOWN_VARIANT};
use super::read::{self, Filter};
use super::transition::change_status;
use super::view::OrderView;
use super::{OrderError, Status, examples, place};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let about =
        "Placing orders, and what becomes of them: pending, paid, fulfilled; or cancelled, or refunded.";
    tagged("Orders", about, [
        endpoint!(create, "Place an order")
            .about(
                "Prices are the shop's. Stock that is tracked is reserved, and never falls below zero, however many \
                 order at once.",
            )
            .takes(examples::new_order())
            .creates("/orders/01a2059f-cf2c-7504-b2a5-7257d04eb2db", examples::order("pending"))
            .may_fail(&[&UNKNOWN_VARIANT, &OUT_OF_STOCK]),
        endpoint!(list, "List orders")
            .about("Newest first. Customers see their own, staff all.")
            .answers(examples::order("pending")),
        endpoint!(read_one, "Get an order")
            .about("Customers find their own, staff all.")
            .answers(examples::order("pending")),
        endpoint!(pay, "Mark an order as paid")
            .answers(examples::order("paid"))
            .may_fail(&[&INVALID_TRANSITION]),
        endpoint!(fulfil, "Mark an order as fulfilled")
            .answers(examples::order("fulfilled"))
            .may_fail(&[&INVALID_TRANSITION]),
        endpoint!(cancel, "Cancel an order")
            .about("Puts its stock back. Customers may cancel their own while they are pending.")
            .answers(examples::order("cancelled"))
            .may_fail(&[&INVALID_TRANSITION, &FORBIDDEN]),
        endpoint!(refund, "Refund an order")
            .about("Puts its stock back.")
            .answers(examples::order("refunded"))
            .may_fail(&[&INVALID_TRANSITION]),
    ])
}

type Order = Resource<Fetched<OrderView>>;

#[post("/orders", data = "<body>")]
async fn create(
    tenant: Tenant<Customer>,
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
async fn list(tenant: Tenant<Customer>, paging: Paging<Filter>) -> Result<Page<OrderView>, Problem> {
    let (filter, limit) = (paging.filter.clone(), paging.fetch());
    let before = paging.after::<(Time, Uuid)>()?.map(|(time, id)| (time.0, id));
    let orders = tenant.run(move |conn| read::list(conn, &filter, before, limit)).await?;
    paging.page(orders, |order| (order.created_at, order.id))
}

#[get("/orders/<id>")]
async fn read_one(tenant: Tenant<Customer>, id: Id) -> Result<Order, Problem> {
    Ok(Resource(Fetched(tenant.run(move |conn| read::find(conn, id.0)).await?)))
}

#[post("/orders/<id>/pay")]
async fn pay(tenant: Tenant<Staff>, once: Once, id: Id) -> Result<Answered<Order>, Problem> {
    move_on(tenant, once, id, Status::Paid).await
}

#[post("/orders/<id>/fulfil")]
async fn fulfil(tenant: Tenant<Staff>, once: Once, id: Id) -> Result<Answered<Order>, Problem> {
    move_on(tenant, once, id, Status::Fulfilled).await
}

#[post("/orders/<id>/cancel")]
async fn cancel(tenant: Tenant<Customer>, once: Once, id: Id) -> Result<Answered<Order>, Problem> {
    move_on(tenant, once, id, Status::Cancelled).await
}

#[post("/orders/<id>/refund")]
async fn refund(tenant: Tenant<Staff>, once: Once, id: Id) -> Result<Answered<Order>, Problem> {
    move_on(tenant, once, id, Status::Refunded).await
}

async fn move_on<R: AtLeast>(
    tenant: Tenant<R>,
    once: Once,
    id: Id,
    next: Status,
) -> Result<Answered<Order>, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            let order = change_status(conn, id.0, next)?;
            Ok::<_, OrderError>(Resource(Fetched(order)))
        })
    };
    Ok(tenant.run(act).await?)
}
