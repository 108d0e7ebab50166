//! A shop under load, and whether its data are right afterwards: every acknowledged order is stored once, and the stock
//! matches the orders.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use super::connection::Connection;
use super::process::Process;
use super::world::{PASSWORD, text};
use super::{Answer, Sql, described, waiting};

/// Far longer than any response takes; without one the test fails.
const PATIENCE: Duration = Duration::from_mins(1);
const STOCK: i64 = 1_000_000;

/// The path of orders.
pub const ORDERS: &str = "/api/v1/orders";

/// A shop of a running server, with one product.
pub struct Shop {
    base: String,
    token: String,
    variant: String,
    pub schema: String,
}

/// The response to a request.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub status: u16,
    pub body: Value,
    pub retry_after: bool,
    pub replayed: bool,
}

impl From<Answer> for Receipt {
    fn from(answer: Answer) -> Self {
        let has = |name: &str| answer.header(name).is_some();
        let (retry_after, replayed) = (has("Retry-After"), has("Idempotency-Replayed"));
        Self { status: answer.status, body: answer.json(), retry_after, replayed }
    }
}

impl Receipt {
    fn read(request: &str, mut answer: ureq::http::Response<ureq::Body>) -> Self {
        let status = answer.status().as_u16();
        let has = |name: &str| answer.headers().contains_key(name);
        let (retry_after, replayed) = (has("Retry-After"), has("Idempotency-Replayed"));
        let body = answer.body_mut().read_to_string().unwrap();
        described::check(request, status, &body);
        let body = serde_json::from_str(&body).unwrap_or_default();
        Self { status, body, retry_after, replayed }
    }

    pub fn is_acknowledged(&self) -> bool {
        self.status == 201
    }

    /// Expects a 503 with this code and `Retry-After`.
    #[track_caller]
    pub fn expect_refused(&self, code: &str) {
        assert_eq!((self.status, &self.body["code"]), (503, &json!(code)), "{self:?}");
        assert!(self.retry_after, "{self:?}");
    }
}

/// The responses so far.
#[derive(Default)]
pub struct Tally(Mutex<Vec<Receipt>>);

impl Tally {
    /// Waits until `more` further orders are acknowledged.
    pub fn acknowledges(&self, more: usize) {
        let count = || self.0.lock().unwrap().iter().filter(|receipt| receipt.is_acknowledged()).count();
        let enough = count() + more;
        waiting::until("orders to be acknowledged", || (count() >= enough).then_some(()));
    }

    /// Waits until an order is refused with this code.
    pub fn refuses(&self, code: &str) {
        let refused = |receipt: &Receipt| receipt.body["code"] == code;
        let so_far = self.0.lock().unwrap().len();
        let is_there = || self.0.lock().unwrap()[so_far..].iter().any(refused).then_some(());
        waiting::until("an order to be refused", is_there);
    }
}

impl Shop {
    /// Registers a user and opens a shop.
    pub fn opens(process: &Process) -> Self {
        Self::opens_at(process.address())
    }

    /// The same of a server at an address such as `http://127.0.0.1:40123`.
    pub fn opens_at(address: &str) -> Self {
        let mut shop = Self {
            base: format!("{address}{}", shophouse::http::BASE),
            token: String::new(),
            variant: String::new(),
            schema: String::new(),
        };
        let ada = json!({ "email": "ada@example.com", "password": PASSWORD });
        shop.post("/auth/register", &ada);
        shop.token = text(&shop.post("/auth/login", &ada)["access_token"]);
        let id = text(&shop.post("/shops", &json!({ "name": "Loft", "slug": "loft" }))["id"]);
        shop.token = text(&shop.post("/auth/switch", &json!({ "shop": id }))["access_token"]);
        let product = json!({ "title": "Shirt", "price": { "amount": 5 }, "stock": STOCK });
        shop.variant = text(&shop.post("/products", &product)["variants"][0]["id"]);
        shop.schema = format!("shop_{}", id.replace('-', ""));
        shop
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let receipt = self.sends(&agent(), path, body, None);
        assert!(receipt.status < 300, "{path}: {receipt:?}");
        receipt.body
    }

    fn sends(&self, agent: &Agent, path: &str, body: &Value, key: Option<&str>) -> Receipt {
        let mut request = agent.post(format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        Receipt::read(&format!("POST {}{path}", shophouse::http::BASE), request.send_json(body).unwrap())
    }

    /// A GET request.
    pub fn gets(&self, path: &str) -> Receipt {
        let request = agent().get(format!("{}{path}", self.base));
        let answer = request.header("Authorization", format!("Bearer {}", self.token)).call().unwrap();
        Receipt::read(&format!("GET {}{path}", shophouse::http::BASE), answer)
    }

    fn order(&self) -> Value {
        json!({ "lines": [{ "variant_id": self.variant, "quantity": 1 }] })
    }

    /// Places an order.
    pub fn sells(&self) -> Receipt {
        self.sends(&agent(), "/orders", &self.order(), None)
    }

    /// Places an order with an `Idempotency-Key`.
    pub fn sells_as(&self, key: &str) -> Receipt {
        self.sends(&agent(), "/orders", &self.order(), Some(key))
    }

    /// Places orders until one is acknowledged.
    pub fn sells_again(&self) -> Receipt {
        waiting::until("the shop to sell again", || Some(self.sells()).filter(Receipt::is_acknowledged))
    }

    /// Sends an order over a connection, and does not wait for the response.
    pub fn is_asked_over(&self, connection: &mut Connection) {
        let body = self.order().to_string();
        let bearer = format!("Bearer {}", self.token);
        let length = body.len().to_string();
        let headers =
            [("Authorization", &*bearer), ("Content-Type", "application/json"), ("Content-Length", &*length)];
        connection.begin("POST", ORDERS, &headers);
        connection.send(body.as_bytes());
    }

    /// `customers` threads place orders while `work` runs. Returns all their responses.
    pub fn under_load(&self, customers: usize, work: impl FnOnce(&Tally)) -> Vec<Receipt> {
        let (tally, closed) = (Tally::default(), AtomicBool::new(false));
        thread::scope(|scope| {
            for _ in 0..customers {
                scope.spawn(|| {
                    let agent = agent();
                    while !closed.load(Ordering::Relaxed) {
                        let receipt = self.sends(&agent, "/orders", &self.order(), None);
                        tally.0.lock().unwrap().push(receipt);
                    }
                });
            }
            let closing = Closing(&closed);
            work(&tally);
            drop(closing);
        });
        tally.0.into_inner().unwrap()
    }

    /// Takes a lock that every order waits for, until the connection or its transaction ends.
    pub fn is_held(&self, sql: &mut Sql) {
        sql.run(format!("BEGIN; SELECT FROM {}.variants FOR UPDATE", self.schema));
    }

    /// Compares the database with the responses.
    #[track_caller]
    pub fn kept_its_word(&self, receipts: &[Receipt], sql: &mut Sql) {
        for receipt in receipts.iter().filter(|receipt| !receipt.is_acknowledged()) {
            assert!(receipt.status == 503 && receipt.retry_after, "{receipt:?}");
        }
        let acknowledged: Vec<String> = receipts
            .iter()
            .filter(|receipt| receipt.is_acknowledged())
            .map(|one| text(&one.body["id"]))
            .collect();
        let distinct: BTreeSet<String> = acknowledged.iter().cloned().collect();
        assert_eq!(acknowledged.len(), distinct.len(), "an order was acknowledged twice");
        let schema = &self.schema;
        let stored: BTreeSet<String> =
            sql.column(format!("SELECT id FROM {schema}.orders WHERE note = ''")).into_iter().collect();
        let lost: Vec<_> = distinct.difference(&stored).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let unknown = receipts.iter().filter(|receipt| receipt.body["code"] == "outcome_unknown").count();
        let others = stored.len() - acknowledged.len();
        assert!(others <= unknown, "{others} orders are stored that were refused");

        let sold = i64::try_from(stored.len()).unwrap();
        let mut number = |query: String| sql.one(query).parse::<i64>().unwrap();
        assert_eq!(number(format!("SELECT sum(quantity) FROM {schema}.order_lines")), sold);
        assert_eq!(number(format!("SELECT sum(delta) FROM {schema}.stock_movements")), STOCK - sold);
        assert_eq!(number(format!("SELECT stock FROM {schema}.variants")), STOCK - sold);
        // The numbers have no gap, and none is used twice.
        assert_eq!(
            number(format!("SELECT count(DISTINCT number) FROM {schema}.orders WHERE note = ''")),
            sold
        );
        assert_eq!(number(format!("SELECT max(number) FROM {schema}.orders")), 1_000 + sold);
    }
}

/// Ends the load when it is dropped, also when a test fails.
struct Closing<'a>(&'a AtomicBool);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into()
}
