//! The outside test: placing and changing orders.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};
use shophouse::http::BASE;

use crate::outside_model::Order;
use crate::outside_play::{Play, refused};
use crate::support::goods::order_of;
use crate::support::world::text;
use crate::support::{Answer, Caller};

/// An order that was placed with an idempotency key: its request and its response.
pub struct KeyedOrder {
    user: usize,
    shop: usize,
    key: String,
    body: Value,
    answer: Value,
}

impl Play<'_> {
    pub fn buy(&mut self, user: usize, shop: usize, lines: &[(usize, i64)], keyed: bool) {
        let line =
            |(product, pieces): &(usize, i64)| (self.model.products[*product].variant.as_str(), *pieces);
        let body = order_of(&lines.iter().map(line).collect::<Vec<_>>());
        self.keys += 1;
        let key = keyed.then(|| format!("key-{}", self.keys));
        let answer = send(&self.callers[user][shop], key.as_deref(), &body);
        let priced = match self.model.refusal(user, shop, "customer") {
            Some(refusal) => Err(refusal),
            None => self.model.price(shop, lines),
        };
        let total = match priced {
            Ok(total) => total,
            Err(refusal) => return refused(&answer, refusal),
        };
        let order = answer.expect(201);
        let number = 1001 + self.model.orders.iter().filter(|order| order.shop == shop).count();
        assert_eq!((&order["number"], &order["total"]["amount"]), (&json!(number), &json!(total)));
        let taken = self.model.take(lines);
        let id = text(&order["id"]);
        self.model.orders.push(Order { shop, id, number, customer: user, status: "pending", total, taken });
        if let Some(key) = key {
            self.keyed_order = Some(KeyedOrder { user, shop, key, body, answer: order });
        }
    }

    pub fn repeat(&self, same: bool) {
        let Some(KeyedOrder { user, shop, key, body, answer }) = &self.keyed_order else { return };
        let mut body = body.clone();
        if !same {
            body["note"] = json!("another");
        }
        let again = send(&self.callers[*user][*shop], Some(key), &body);
        match self.model.refusal(*user, *shop, "customer") {
            Some(refusal) => refused(&again, refusal),
            None if same => assert_eq!(again.expect(201), *answer),
            None => refused(&again, (422, "idempotency_key_reused")),
        }
    }

    pub fn change_order(&mut self, user: usize, shop: usize, order: usize, action: &str) {
        let path = format!("/orders/{}/{action}", self.model.orders[order].id);
        let answer = self.callers[user][shop].send(Method::Post, &path, None);
        match self.model.moves(user, shop, order, action) {
            Err(refusal) => refused(&answer, refusal),
            Ok(status) => {
                assert_eq!(answer.expect(200)["status"], status);
                self.model.moved(order, status);
            }
        }
    }
}

/// Places an order, with or without an idempotency key.
fn send(caller: &Caller<'_>, key: Option<&str>, body: &Value) -> Answer {
    let body = (ContentType::JSON, body.to_string().into_bytes());
    let headers: Vec<_> = key.map(|key| ("Idempotency-Key", key)).into_iter().collect();
    caller.raw(Method::Post, &format!("{BASE}/orders"), &headers, Some(body))
}
