//! What the API says of the shop's people.

use serde_json::{Value, json};

use crate::http::Staff;
use crate::http::openapi::{Operation, get, tagged};

use super::read::CustomerView;

pub(crate) fn operations() -> Vec<Operation> {
    let about = "The shop's people, with the number of their orders and what these come to. Orders that were \
                 cancelled or refunded do not count.";
    tagged("Customers", about, [list(), read_one()])
}

fn list() -> Operation {
    get("/customers", "List customers")
        .about("Newest first.")
        .at_least::<Staff>()
        .lists::<CustomerView>(customer())
}

fn read_one() -> Operation {
    get("/customers/{id}", "Get a customer")
        .about("One of the shop's people, by the user's id.")
        .at_least::<Staff>()
        .fetches::<CustomerView>(customer())
        .with_etag()
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
