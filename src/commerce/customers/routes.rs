//! Routes for the shop's people.

use rocket::get;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::problem::NOT_FOUND;
use crate::http::request::scopes::CustomersRead;
use crate::http::request::time::Time;
use crate::http::{Fetched, Id, Page, Paging, Problem, Resource, Staff, Tenant};

use super::read::{self, CustomerView};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let about = "The shop's people, with the number of their orders and what these come to. Orders that were \
                 cancelled or refunded, or have expired, do not count.";
    tagged(
        "Customers",
        about,
        [
            endpoint!(list, "listCustomers", "List customers").about("Newest first.").answers(customer()),
            endpoint!(read_one, "getCustomer", "Get a customer")
                .about("One of the shop's people, by the user's id.")
                .answers(customer()),
        ],
    )
}

fn customer() -> Value {
    json!({
        "id": "01a2059f-ce42-74f0-a976-558e1fd0b4e3",
        "email": "cleo@example.com",
        "name": "Cleo",
        "created_at": "2026-11-22T23:38:08.834510Z",
        "order_count": 2,
        "total": { "amount": 23600, "currency": "USD" },
    })
}

#[get("/customers")]
async fn list(tenant: Tenant<Staff, CustomersRead>, paging: Paging) -> Result<Page<CustomerView>, Problem> {
    let (before, limit) = (paging.after::<(Time, Uuid)>()?, paging.fetch());
    let before = before.map(|(time, id)| (time.0, id));
    let people = tenant.run(move |conn| read::list(conn, before, limit)).await?;
    paging.page(people, |view| (view.person.created_at, view.person.id))
}

#[get("/customers/<id>")]
async fn read_one(
    tenant: Tenant<Staff, CustomersRead>,
    id: Id,
) -> Result<Resource<Fetched<CustomerView>>, Problem> {
    let found = tenant.run(move |conn| read::find(conn, id.0)).await?;
    let view = found.ok_or_else(|| NOT_FOUND.because("there is no such customer in this shop"))?;
    Ok(Resource(Fetched(view)))
}
