//! A shop with customers who order all the time, and a check of the result: every acknowledged order exists once, and the
//! stock is right.

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

/// Much longer than any response takes; a missing response fails the test.
const PATIENCE: Duration = Duration::from_mins(1);
const STOCK: i64 = 1_000_000;

/// The path for orders.
pub const ORDERS: &str = "/api/v1/orders";

/// A shop on a running server, with one product.
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

    /// A refusal with `Retry-After`.
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

    /// Waits for an order to be refused.
    pub fn refuses(&self, code: &str) {
        let refused = |receipt: &Receipt| receipt.body["code"] == code;
        let so_far = self.0.lock().unwrap().len();
        let is_there = || self.0.lock().unwrap()[so_far..].iter().any(refused).then_some(());
        waiting::until("an order to be refused", is_there);
    }
}

impl Shop {
    /// Opens a shop as a user who registers for it.
    pub fn opens(process: &Process) -> Self {
        Self::opens_at(process.address())
    }

    /// The same on a server at an address such as `http://127.0.0.1:40123`.
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

    /// The shop's schema.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Sends a GET request.
    pub fn gets(&self, path: &str) -> Receipt {
        let request = agent().get(format!("{}{path}", self.base));
        let answer = request.header("Authorization", format!("Bearer {}", self.token)).call().unwrap();
        Receipt::read(&format!("GET {}{path}", shophouse::http::BASE), answer)
    }

    fn order(&self) -> Value {
        json!({ "lines": [{ "variant_id": self.variant, "quantity": 1 }] })
    }

    /// Orders once.
    pub fn sells(&self) -> Receipt {
        self.sends(&agent(), "/orders", &self.order(), None)
    }

    /// Orders once, with an `Idempotency-Key`.
    pub fn sells_as(&self, key: &str) -> Receipt {
        self.sends(&agent(), "/orders", &self.order(), Some(key))
    }

    /// Orders until an order is acknowledged.
    pub fn sells_again(&self) -> Receipt {
        waiting::until("the shop to sell again", || Some(self.sells()).filter(Receipt::is_acknowledged))
    }

    /// Sends an order over a connection, and does not wait for the response.
    pub fn sends_order_over(&self, connection: &mut Connection) {
        let body = self.order().to_string();
        let bearer = format!("Bearer {}", self.token);
        let length = body.len().to_string();
        let headers =
            [("Authorization", &*bearer), ("Content-Type", "application/json"), ("Content-Length", &*length)];
        connection.begin("POST", ORDERS, &headers);
        connection.send(body.as_bytes());
    }

    /// Several customers order while `work` runs. Returns all their responses.
    pub fn under_load(&self, customers: usize, work: impl FnOnce(&Tally)) -> Vec<Receipt> {
        let (tally, stopped) = (Tally::default(), AtomicBool::new(false));
        thread::scope(|scope| {
            for _ in 0..customers {
                scope.spawn(|| {
                    let agent = agent();
                    while !stopped.load(Ordering::Relaxed) {
                        let receipt = self.sends(&agent, "/orders", &self.order(), None);
                        tally.0.lock().unwrap().push(receipt);
                    }
                });
            }
            let stop = StopOnDrop(&stopped);
            work(&tally);
            drop(stop);
        });
        tally.0.into_inner().unwrap()
    }

    /// Locks all variants, which every order needs, until the connection or its transaction ends.
    pub fn lock_variants(&self, sql: &mut Sql) {
        sql.run(format!("BEGIN; SELECT FROM {}.variants FOR UPDATE", self.schema));
    }

    /// Compares the database with the responses that the customers got.
    #[track_caller]
    pub fn assert_consistent(&self, receipts: &[Receipt], sql: &mut Sql) {
        for receipt in receipts.iter().filter(|receipt| !receipt.is_acknowledged()) {
            assert!(receipt.status == 503 && receipt.retry_after, "{receipt:?}");
        }
        let acknowledged: Vec<String> = receipts
            .iter()
            .filter(|receipt| receipt.is_acknowledged())
            .map(|one| text(&one.body["id"]))
            .collect();
        let unique: BTreeSet<String> = acknowledged.iter().cloned().collect();
        assert_eq!(acknowledged.len(), unique.len(), "an order was acknowledged twice");
        let schema = &self.schema;
        let there: BTreeSet<String> =
            sql.column(format!("SELECT id FROM {schema}.orders WHERE note = ''")).into_iter().collect();
        let lost: Vec<_> = unique.difference(&there).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let unknown = receipts.iter().filter(|receipt| receipt.body["code"] == "outcome_unknown").count();
        assert!(
            there.len() - acknowledged.len() <= unknown,
            "{} orders are there that were refused",
            there.len() - acknowledged.len()
        );

        let sold = i64::try_from(there.len()).unwrap();
        let mut number = |query: String| sql.one(query).parse::<i64>().unwrap();
        assert_eq!(number(format!("SELECT sum(quantity) FROM {schema}.order_lines")), sold);
        assert_eq!(number(format!("SELECT sum(delta) FROM {schema}.stock_movements")), STOCK - sold);
        assert_eq!(number(format!("SELECT stock FROM {schema}.variants")), STOCK - sold);
        // The numbers have no gaps and no duplicates.
        assert_eq!(
            number(format!("SELECT count(DISTINCT number) FROM {schema}.orders WHERE note = ''")),
            sold
        );
        assert_eq!(number(format!("SELECT max(number) FROM {schema}.orders")), 1_000 + sold);
    }
}

/// Stops the customers, also when the test fails.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into()
}
