//! Routes for the shop's people.

use rocket::{Route, get, routes};
use uuid::Uuid;

use crate::http::problem::NOT_FOUND;
use crate::http::request::time::Time;
use crate::http::{Fetched, Id, Page, Paging, Problem, Query, Resource, Staff, Tenant};

use super::read::{self, CustomerView};

pub(crate) fn routes() -> Vec<Route> {
    routes![list, read_one]
}

#[get("/customers")]
async fn list(tenant: Tenant<Staff>, query: Query) -> Result<Page<CustomerView>, Problem> {
    let paging = Paging::of(query, &[])?;
    let (before, limit) = (paging.after::<(Time, Uuid)>()?, paging.fetch());
    let before = before.map(|(time, id)| (time.0, id));
    let people = tenant.run(move |conn| read::list(conn, before, limit)).await?;
    paging.page(people, |view| (view.person.created_at, view.person.id))
}

#[get("/customers/<id>")]
async fn read_one(tenant: Tenant<Staff>, id: Id) -> Result<Resource<Fetched<CustomerView>>, Problem> {
    let found = tenant.run(move |conn| read::find(conn, id.0)).await?;
    let view = found.ok_or_else(|| NOT_FOUND.because("there is no such customer in this shop"))?;
    Ok(Resource(Fetched(view)))
}
