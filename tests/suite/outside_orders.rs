//! What is done with orders in the outside test.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};
use shophouse::http::BASE;

use crate::outside_model::Order;
use crate::outside_play::{Play, refused};
use crate::support::goods::order_of;
use crate::support::world::text;
use crate::support::{Answer, Caller};

/// An order that went well under its key, as it was sent and as it was answered.
pub struct Kept {
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
            self.kept = Some(Kept { user, shop, key, body, answer: order });
        }
    }

    pub fn again(&self, same: bool) {
        let Some(Kept { user, shop, key, body, answer }) = &self.kept else { return };
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

    pub fn take(&mut self, user: usize, shop: usize, order: usize, to: &str) {
        let path = format!("/orders/{}/{to}", self.model.orders[order].id);
        let answer = self.callers[user][shop].send(Method::Post, &path, None);
        match self.model.moves(user, shop, order, to) {
            Err(refusal) => refused(&answer, refusal),
            Ok(status) => {
                assert_eq!(answer.expect(200)["status"], status);
                self.model.moved(order, status);
            }
        }
    }
}

/// Places an order, under a key or not.
fn send(caller: &Caller<'_>, key: Option<&str>, body: &Value) -> Answer {
    let body = (ContentType::JSON, body.to_string().into_bytes());
    let headers: Vec<_> = key.map(|key| ("Idempotency-Key", key)).into_iter().collect();
    caller.raw(Method::Post, &format!("{BASE}/orders"), &headers, Some(body))
}
