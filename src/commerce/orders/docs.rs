//! What the API says of orders.

use serde_json::{Value, json};

use crate::http::openapi::{Operation, get, post, tagged};
use crate::http::problem::FORBIDDEN;
use crate::http::{Customer, Staff};

use super::Status;
use super::body::OrderBody;
use super::error::{INVALID_TRANSITION, OUT_OF_STOCK, UNKNOWN_VARIANT};
use super::view::OrderView;

pub(crate) fn operations() -> Vec<Operation> {
    let about =
        "Placing orders, and what becomes of them: pending, paid, fulfilled; or cancelled, or refunded.";
    tagged("Orders", about, [create(), list(), read_one(), pay(), fulfil(), cancel(), refund()])
}

fn create() -> Operation {
    post("/orders", "Place an order")
        .about(
            "Prices are the shop's. Stock that is tracked is reserved, and never falls below zero, however many order at \
             once.",
        )
        .at_least::<Customer>()
        .takes::<OrderBody>(json!({
            "lines": [{ "variant_id": "01a2059f-cf13-7119-92eb-7fcb477796e0", "quantity": 2 }],
            "shipping_address": { "name": "Cleo", "address1": "1 Quay Street", "city": "Galway", "country": "IE" },
            "note": "Ring twice.",
        }))
        .creates::<OrderView>("/api/v1/orders/01a2059f-cf2c-7504-b2a5-7257d04eb2db", order("pending"))
        .with_etag()
        .may_fail(&[&UNKNOWN_VARIANT, &OUT_OF_STOCK])
}

fn list() -> Operation {
    get("/orders", "List orders")
        .about("Newest first. Customers see their own, staff all.")
        .at_least::<Customer>()
        .filter::<Status>("status", "Only orders in this state.")
        .filter_id("customer_id", "Only orders of this customer.")
        .filter_time("created_from", "Only orders from this time on.")
        .filter_time("created_to", "Only orders before this time.")
        .choice("sort", "The order of the list.", &["-created_at"])
        .lists::<OrderView>(order("pending"))
}

fn read_one() -> Operation {
    get("/orders/{id}", "Get an order")
        .about("Customers find their own, staff all.")
        .at_least::<Customer>()
        .fetches::<OrderView>(order("pending"))
        .with_etag()
}

fn pay() -> Operation {
    moves_on(post("/orders/{id}/pay", "Mark an order as paid"), "paid").at_least::<Staff>()
}

fn fulfil() -> Operation {
    moves_on(post("/orders/{id}/fulfil", "Mark an order as fulfilled"), "fulfilled").at_least::<Staff>()
}

fn cancel() -> Operation {
    moves_on(post("/orders/{id}/cancel", "Cancel an order"), "cancelled")
        .about("Puts its stock back. Customers may cancel their own while they are pending.")
        .at_least::<Customer>()
        .may_fail(&[&FORBIDDEN])
}

fn refund() -> Operation {
    moves_on(post("/orders/{id}/refund", "Refund an order"), "refunded")
        .about("Puts its stock back.")
        .at_least::<Staff>()
}

fn moves_on(operation: Operation, status: &str) -> Operation {
    operation.fetches::<OrderView>(order(status)).with_etag().may_fail(&[&INVALID_TRANSITION])
}

fn order(status: &str) -> Value {
    let time = "2026-11-22T23:38:09.068553Z";
    let customer = "01a2059f-ce42-74f0-a976-558e1fd0b4e3";
    let event = |status: &str| json!({ "status": status, "actor_id": customer, "created_at": time });
    let events =
        if status == "pending" { vec![event(status)] } else { vec![event("pending"), event(status)] };
    json!({
        "id": "01a2059f-cf2c-7504-b2a5-7257d04eb2db",
        "number": 1001,
        "status": status,
        "customer": { "id": customer, "email": "cleo@example.com", "name": "Cleo" },
        "email": "cleo@example.com",
        "note": "Ring twice.",
        "shipping_address": {
            "name": "Cleo",
            "company": "",
            "address1": "1 Quay Street",
            "address2": "",
            "city": "Galway",
            "province": "",
            "zip": "",
            "country": "IE",
            "phone": "",
        },
        "lines": [{
            "id": "01a2059f-cf2e-7511-a929-3b430dd58044",
            "variant_id": "01a2059f-cf13-7119-92eb-7fcb477796e0",
            "title": "Linen Shirt",
            "variant_title": "S",
            "options": { "Size": "S" },
            "sku": "LINEN-S",
            "quantity": 2,
            "unit_price": { "amount": 5900, "currency": "USD" },
            "total": { "amount": 11800, "currency": "USD" },
        }],
        "total": { "amount": 11800, "currency": "USD" },
        "events": events,
        "created_at": time,
        "updated_at": time,
    })
}
