//! Helpers for products, orders and stock.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};
use shophouse::http::BASE;

use super::world::{Person, text};
use super::{Answer, Caller, Member};

/// The id of one of a product's variants.
pub fn variant(product: &Value, index: usize) -> String {
    text(&product["variants"][index]["id"])
}

/// The pointer of a problem with one wrong field.
#[track_caller]
pub fn pointer(problem: &Value) -> &str {
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(1), "{problem}");
    problem["errors"][0]["pointer"].as_str().unwrap_or_else(|| panic!("no pointer: {problem}"))
}

/// One field of each entry of a list, as text.
pub fn each(entries: &[Value], field: &str) -> Vec<String> {
    entries.iter().map(|entry| entry[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// The body of an order.
pub fn order_of(lines: &[(&str, i64)]) -> Value {
    let line = |(id, quantity): &(&str, i64)| json!({ "variant_id": id, "quantity": quantity });
    json!({ "lines": lines.iter().map(line).collect::<Vec<_>>() })
}

impl Caller<'_> {
    pub fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::Put, path, Some(&body))
    }

    /// Places an order.
    pub fn buys(&self, lines: &[(&str, i64)]) -> Answer {
        self.post("/orders", order_of(lines))
    }

    /// Changes the state of an order with an action such as `pay`.
    pub fn takes(&self, order: &Value, action: &str) -> Answer {
        self.send(Method::Post, &format!("/orders/{}/{action}", text(&order["id"])), None)
    }

    /// Reads a product or an order again.
    pub fn again(&self, kind: &str, resource: &Value) -> Value {
        self.get(&format!("/{kind}/{}", text(&resource["id"]))).expect(200)
    }

    /// All entries of a list, page by page. The path must have a query.
    pub fn all(&self, path: &str) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{cursor}")).expect(200);
            entries.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => {
                    let next = format!("&cursor={next}");
                    assert!(next != cursor, "{path} leads from a page to itself");
                    cursor = next;
                }
                None => return entries,
            }
        }
    }

    /// A variant's movements of stock, newest first.
    pub fn movements(&self, variant: &str) -> Vec<Value> {
        self.all(&format!("/variants/{variant}/stock?limit=100"))
    }

    /// Imports a file. `query` is empty or begins with `?`.
    pub fn imports(&self, query: &str, csv: impl Into<Vec<u8>>) -> Answer {
        self.imports_with(query, csv, &[])
    }

    /// The same with headers.
    pub fn imports_with(&self, query: &str, csv: impl Into<Vec<u8>>, headers: &[(&str, &str)]) -> Answer {
        let path = format!("{BASE}/products/import{query}");
        self.raw(Method::Post, &path, headers, Some((ContentType::CSV, csv.into())))
    }
}

impl<'w> Person<'w> {
    /// Opens a shop with another currency than the default, and signs in to it.
    pub fn opens_shop_in(&self, slug: &str, currency: &str) -> Member<'w> {
        let body = json!({ "name": slug, "slug": self.tenants().own(slug), "currency": currency });
        let shop = self.post("/shops", body).expect(201);
        self.in_shop(&text(&shop["id"]))
    }
}
