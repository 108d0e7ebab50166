//! A demonstration against a running server: two shops with a real catalogue each, orders, and tenant isolation.

use std::io::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

const CATALOGUES: [(&str, &str, &str); 2] = [
    ("apparel", "USD", include_str!("data/apparel.csv")),
    ("home-and-garden", "EUR", include_str!("data/home-and-garden.csv")),
];
/// The only product of the catalogues whose stock is tracked: 8 pieces.
const TRACKED: &str = "biodegradable-cardboard-pots";
const PASSWORD: &str = "a long enough password";

/// The results of the demonstration.
pub struct Summary {
    /// One for each of the catalogues, in their order.
    pub shops: Vec<ShopSummary>,
}

/// The results in one shop.
pub struct ShopSummary {
    /// Products that the import created.
    pub imported: u64,
    /// The handles of the products that the shop's customer sees.
    pub handles: Vec<String>,
    /// The number of the order placed.
    pub order_number: u64,
}

/// Why the demonstration failed.
#[derive(Debug)]
pub struct DemoError(String);

type Result<T> = std::result::Result<T, DemoError>;

#[allow(dead_code, reason = "the suite runs the demonstration as a module")]
fn main() -> ExitCode {
    let server = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:8000".to_owned());
    match run(&server, &mut std::io::stdout()) {
        Ok(_) => ExitCode::SUCCESS,
        Err(DemoError(message)) => {
            eprintln!("demo: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the demonstration and writes each step to `output`.
pub fn run(server: &str, output: &mut dyn Write) -> Result<Summary> {
    let api = Api::new(server);
    // A random part in all names, so that the demonstration can run again.
    let tag = uuid::Uuid::new_v4().simple().to_string()[..6].to_owned();
    print(output, &format!("Demonstration against {server}"))?;
    let owner = format!("owner-{tag}@example.com");
    api.post("/auth/register", None, &json!({ "email": owner, "password": PASSWORD, "name": "Olga" }), 201)?;
    let signed_in = api.post("/auth/login", None, &json!({ "email": owner, "password": PASSWORD }), 200)?;
    let signed_in = text(&signed_in, "/access_token")?;
    print(output, &format!("{owner} has registered and signed in"))?;

    let mut shops = Vec::new();
    for (name, currency, csv) in CATALOGUES {
        let shop = Shop::open(&api, &signed_in, &format!("{name}-{tag}"), currency)?;
        print(output, &format!("\n{}: opened, its schema in place; prices in {currency}", shop.slug))?;
        let imported = shop.import(csv, output)?;
        let customer = shop.customer(&format!("carl-{tag}-{name}@example.com"))?;
        let handles = shop.catalogue(&customer)?;
        print(output, &format!("  a customer joined and sees {} products", handles.len()))?;
        let order_number = shop.sell(&customer, &handles, output)?;
        shops.push((shop, ShopSummary { imported, handles, order_number }));
    }
    check_isolation(&shops, output)?;
    Ok(Summary { shops: shops.into_iter().map(|(_, summary)| summary).collect() })
}

/// A shop and its owner's token for it.
struct Shop<'a> {
    api: &'a Api,
    slug: String,
    owner: String,
}

impl<'a> Shop<'a> {
    fn open(api: &'a Api, signed_in: &str, slug: &str, currency: &str) -> Result<Self> {
        let body = json!({ "name": slug, "slug": slug, "currency": currency });
        api.post("/shops", Some(signed_in), &body, 201)?;
        let token = api.post("/auth/switch", Some(signed_in), &json!({ "shop": slug }), 200)?;
        Ok(Self { api, slug: slug.to_owned(), owner: text(&token, "/access_token")? })
    }

    fn import(&self, csv: &str, output: &mut dyn Write) -> Result<u64> {
        let report = self.api.import(&self.owner, csv)?;
        let created = number(&report, "/created")?;
        let ignored = report["ignored_columns"].as_array().map_or(0, Vec::len);
        print(output, &format!("  imported {created} products; {ignored} columns of the file are not used"))?;
        Ok(created)
    }

    /// Registers a customer of this shop and signs them in to it.
    fn customer(&self, email: &str) -> Result<String> {
        let body = json!({ "email": email, "password": PASSWORD, "name": "Carl", "shop": self.slug });
        self.api.post("/auth/register", None, &body, 201)?;
        let body = json!({ "email": email, "password": PASSWORD, "shop": self.slug });
        text(&self.api.post("/auth/login", None, &body, 200)?, "/access_token")
    }

    /// The handles of all products, read page by page.
    fn catalogue(&self, token: &str) -> Result<Vec<String>> {
        let mut handles = Vec::new();
        let mut path = "/products?limit=10&sort=title".to_owned();
        loop {
            let page = self.api.get(&path, token, 200)?;
            for product in page["data"].as_array().into_iter().flatten() {
                handles.push(text(product, "/handle")?);
            }
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/products?limit=10&sort=title&cursor={cursor}"),
                None => return Ok(handles),
            }
        }
    }

    /// Orders two pieces of the first product, then pieces of the tracked one, if there is one, until an order is refused.
    fn sell(&self, customer: &str, handles: &[String], output: &mut dyn Write) -> Result<u64> {
        let products = self.api.get("/products?limit=100&sort=title", customer, 200)?;
        let variant = |handle: &str| {
            let product = products["data"].as_array().into_iter().flatten().find(|p| p["handle"] == handle);
            product.map(|product| product["variants"][0]["id"].clone())
        };
        let first = handles.first().and_then(|handle| variant(handle)).unwrap_or(Value::Null);
        let order = self.order(customer, &first, 2, 201)?;
        let (id, order_number) = (text(&order, "/id")?, number(&order, "/number")?);
        let total = number(&order, "/total/amount")?;
        print(output, &format!("  order {order_number}: 2 × {}, {total} minor units", handles[0]))?;
        for step in ["pay", "fulfil"] {
            let order = self.api.post(&format!("/orders/{id}/{step}"), Some(&self.owner), &json!({}), 200)?;
            print(output, &format!("  order {order_number} is {}", text(&order, "/status")?))?;
        }
        if let Some(tracked) = variant(TRACKED) {
            self.order(customer, &tracked, 5, 201)?;
            let refused = self.order(customer, &tracked, 4, 409)?;
            let detail = text(&refused, "/detail")?;
            print(output, &format!("  5 of 8 {TRACKED} sold; 4 more are refused: {detail}"))?;
        }
        Ok(order_number)
    }

    fn order(&self, token: &str, variant: &Value, quantity: u64, status: u16) -> Result<Value> {
        let body = json!({ "lines": [{ "variant_id": variant, "quantity": quantity }] });
        self.api.post("/orders", Some(token), &body, status)
    }
}

/// Checks that each shop shows only its own catalogue, and that a product of one is not found in the other.
fn check_isolation(shops: &[(Shop<'_>, ShopSummary)], output: &mut dyn Write) -> Result<()> {
    let [(one, in_one), (other, in_other)] = shops else {
        return Err(DemoError("there should be two shops".to_owned()));
    };
    if let Some(shared) = in_one.handles.iter().find(|handle| in_other.handles.contains(handle)) {
        return Err(DemoError(format!("both shops show {shared}")));
    }
    let theirs = other.api.get("/products?limit=1", &other.owner, 200)?;
    let id = text(&theirs, "/data/0/id")?;
    one.api.get(&format!("/products/{id}"), &other.owner, 200)?;
    one.api.get(&format!("/products/{id}"), &one.owner, 404)?;
    print(
        output,
        &format!("\nA product of {} asked for in {}: 404, as if it did not exist", other.slug, one.slug),
    )
}

/// The server's API.
struct Api {
    base: String,
    agent: ureq::Agent,
}

impl Api {
    fn new(server: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self { base: format!("{server}/api/v1"), agent: config.into() }
    }

    fn get(&self, path: &str, token: &str, expected: u16) -> Result<Value> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let response = request.header("Authorization", format!("Bearer {token}")).call();
        self.read(&format!("GET {path}"), response, expected)
    }

    fn post(&self, path: &str, token: Option<&str>, body: &Value, expected: u16) -> Result<Value> {
        let mut request = self.agent.post(format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        self.read(&format!("POST {path}"), request.send_json(body), expected)
    }

    fn import(&self, token: &str, csv: &str) -> Result<Value> {
        let response = self
            .agent
            .post(format!("{}/products/import", self.base))
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "text/csv")
            .send(csv);
        self.read("POST /products/import", response, 200)
    }

    fn read(
        &self,
        what: &str,
        response: std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error>,
        expected: u16,
    ) -> Result<Value> {
        let mut response = response.map_err(|error| {
            DemoError(format!("{what}: {error}. Is the server running at {}? Start it: ./dev run", self.base))
        })?;
        let status = response.status().as_u16();
        let body: Value =
            response.body_mut().read_json().map_err(|error| DemoError(format!("{what}: {error}")))?;
        if status == expected {
            Ok(body)
        } else {
            Err(DemoError(format!("{what}: {status} where {expected} was expected: {body}")))
        }
    }
}

fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| DemoError(format!("no text at {pointer} in {value}")))
}

fn number(value: &Value, pointer: &str) -> Result<u64> {
    let found = value.pointer(pointer).and_then(Value::as_u64);
    found.ok_or_else(|| DemoError(format!("no number at {pointer} in {value}")))
}

fn print(output: &mut dyn Write, line: &str) -> Result<()> {
    writeln!(output, "{line}").map_err(|error| DemoError(error.to_string()))
}
