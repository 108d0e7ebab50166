//! Routes for orders.

use rocket::{Route, get, post, routes};
use uuid::Uuid;

use crate::http::request::guards::AtLeast;
use crate::http::request::query::refuse;
use crate::http::request::time::Time;
use crate::http::{
    Answered, Body, Created, Customer, Fetched, Id, Once, Page, Paging, Problem, Query, Resource, Staff,
    Tenant,
};
use crate::tenancy::TenantConn;

use super::body::OrderBody;
use super::read::{self, Selection};
use super::transition::change_status;
use super::view::OrderView;
use super::{OrderError, Status, place};

pub(crate) fn routes() -> Vec<Route> {
    routes![create, list, read_one, pay, fulfil, cancel, refund]
}

#[post("/orders", data = "<body>")]
async fn create(tenant: Tenant<Customer>, once: Once, body: Body<OrderBody>) -> Result<Answered, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            let order = place::place(conn, body.0)?;
            Ok::<_, OrderError>(Resource(Created(format!("/orders/{}", order.id), order)))
        })
    };
    Ok(tenant.run(act).await?)
}

#[get("/orders")]
async fn list(tenant: Tenant<Customer>, query: Query) -> Result<Page<OrderView>, Problem> {
    let known = ["status", "customer_id", "created_from", "created_to", "sort"];
    let paging = Paging::of(query, &known)?;
    let query = paging.query();
    if query.text("sort").is_some_and(|sort| sort != "-created_at") {
        return Err(refuse("sort", "must be -created_at"));
    }
    let time = "a time such as 2026-01-31T09:30:00Z";
    let selection = Selection {
        status: query.parsed("status", "pending, paid, fulfilled, cancelled or refunded")?,
        customer: query.parsed("customer_id", "an id")?,
        created_from: query.parsed::<Time>("created_from", time)?.map(|time| time.0),
        created_to: query.parsed::<Time>("created_to", time)?.map(|time| time.0),
        before: paging.after::<(Time, Uuid)>()?.map(|(time, id)| (time.0, id)),
        limit: paging.fetch(),
    };
    let orders = tenant.run(move |conn| read::list(conn, selection)).await?;
    paging.page(orders, |order| (order.created_at, order.id))
}

#[get("/orders/<id>")]
async fn read_one(tenant: Tenant<Customer>, id: Id) -> Result<Resource<Fetched<OrderView>>, Problem> {
    Ok(Resource(Fetched(tenant.run(move |conn| read::find(conn, id.0)).await?)))
}

#[post("/orders/<id>/pay")]
async fn pay(tenant: Tenant<Staff>, once: Once, id: Id) -> Result<Answered, Problem> {
    move_on(tenant, once, id, Status::Paid).await
}

#[post("/orders/<id>/fulfil")]
async fn fulfil(tenant: Tenant<Staff>, once: Once, id: Id) -> Result<Answered, Problem> {
    move_on(tenant, once, id, Status::Fulfilled).await
}

#[post("/orders/<id>/cancel")]
async fn cancel(tenant: Tenant<Customer>, once: Once, id: Id) -> Result<Answered, Problem> {
    move_on(tenant, once, id, Status::Cancelled).await
}

#[post("/orders/<id>/refund")]
async fn refund(tenant: Tenant<Staff>, once: Once, id: Id) -> Result<Answered, Problem> {
    move_on(tenant, once, id, Status::Refunded).await
}

async fn move_on<R: AtLeast>(
    tenant: Tenant<R>,
    once: Once,
    id: Id,
    next: Status,
) -> Result<Answered, Problem> {
    let act = move |conn: &mut TenantConn<'_>| {
        once.run(conn.user(), conn, |conn| {
            let order = change_status(conn, id.0, next)?;
            Ok::<_, OrderError>(Resource(Fetched(order)))
        })
    };
    Ok(tenant.run(act).await?)
}
