//! Making the shops and the people, over HTTP.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use rocket::tokio;
use rocket::tokio::runtime::{Builder, Runtime};
use serde_json::{Value, json};
use shophouse::database::private::Login;
use shophouse::http::request::token::Tokens;
use shophouse::tenancy::ShopId;

use crate::client::{Connection, Request};
use crate::common::{Outcome, RunningBinary, SECRET, Server};
use crate::world::{HonestShop, PASSWORD, Person, Product, World, address};
use crate::{DATABASE, ENVIRONMENT};

/// Honest shops.
const HONEST: usize = 4;
/// Customers of each.
const CUSTOMERS: usize = 25;
/// Products of each.
const PRODUCTS: usize = 300;
/// Shops of the abusers.
const SHOPS: usize = 50;
/// Users who own these shops.
const OWNERS: usize = 10;
/// Customers of the first of them.
const CROWD: usize = 24;
/// Users who only sign in.
const SIGNERS: usize = 8;
/// Products of a large catalogue, and the length of their descriptions: more than sockets buffer.
const LARGE: (usize, usize) = (2_000, 4_000);
/// Stock of a variant that never runs out.
const PLENTY: u32 = 100_000_000;
/// How many passwords are hashed at a time.
const AT_ONCE: usize = 4;

/// Starts the binary, and makes all shops and people.
pub fn run(server: &Server) -> Outcome<World> {
    eprintln!("opening the shops");
    let binary = RunningBinary::start(server, DATABASE, &ENVIRONMENT)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut api =
        Api { runtime, server: address_of(&binary)?, connection: None, tokens: Tokens::new(&SECRET.into()) };
    let world = api.make_world()?;
    drop(binary);
    // Otherwise PostgreSQL would do it during the measurements.
    let mut admin = server.connect(Login::Admin, DATABASE)?;
    admin.batch_execute("VACUUM (ANALYZE)")?;
    admin.batch_execute("CHECKPOINT")?;
    Ok(world)
}

/// Where the binary listens.
pub fn address_of(binary: &RunningBinary) -> Outcome<SocketAddr> {
    Ok(binary.origin().trim_start_matches("http://").parse()?)
}

/// What sets up the world, one request at a time, except for passwords.
struct Api {
    runtime: Runtime,
    server: SocketAddr,
    connection: Option<Connection>,
    tokens: Tokens,
}

impl Api {
    fn make_world(&mut self) -> Outcome<World> {
        let honest = (0..HONEST).map(|number| self.honest_shop(&format!("honest-{number}")));
        let honest = honest.collect::<Outcome<_>>()?;
        let owners = self.people("mallory", OWNERS, None)?;
        let mut abusers = Vec::new();
        for shop in 0..SHOPS {
            abusers.push(self.open_shop(&owners[shop % OWNERS], &format!("abused-{shop}"))?);
        }
        self.import(&abusers[0], catalogue(1, 200, PLENTY))?;
        let sold = self.products(&abusers[0])?.pop().ok_or("nothing was imported")?;
        let crowd = self.people("crowd", CROWD, Some("abused-0"))?;
        let mut large = Vec::new();
        for number in 0..2 {
            let owner = self.one_person(&format!("large-{number}"))?;
            let shop = self.open_shop(&owner, &format!("large-{number}"))?;
            self.import(&shop, catalogue(LARGE.0, LARGE.1, PLENTY))?;
            large.push(shop);
        }
        self.people("signer", SIGNERS, None)?;
        let signers = (0..SIGNERS).map(|number| email(&format!("signer-{number}"))).collect();
        Ok(World { honest, abusers, large, crowd, sold, signers })
    }

    fn honest_shop(&mut self, slug: &str) -> Outcome<HonestShop> {
        let owner = format!("owner-of-{slug}");
        let person = self.one_person(&owner)?;
        let shop = self.open_shop(&person, slug)?;
        self.import(&shop, catalogue(PRODUCTS, 200, PLENTY))?;
        let products = self.products(&shop)?;
        let customers = self.people(&format!("customer-of-{slug}"), CUSTOMERS, Some(slug))?;
        Ok(HonestShop { owner: email(&owner), customers, products })
    }

    fn ask(&mut self, request: &Request) -> Outcome<Value> {
        let connection = match self.connection.take() {
            Some(connection) => Ok(connection),
            None => self.runtime.block_on(Connection::open(self.server)),
        };
        let mut connection = connection?;
        let answer = self.runtime.block_on(ask(&mut connection, request))?;
        self.connection = Some(connection);
        Ok(answer)
    }

    fn one_person(&mut self, name: &str) -> Outcome<Person> {
        // Meanwhile the server may close a connection that nobody uses.
        self.connection = None;
        let token = self.runtime.block_on(sign_up(self.server, name.to_owned(), 0, None))?;
        self.person(&token)
    }

    /// So many users, who become customers of a shop.
    fn people(&mut self, name: &str, count: usize, shop: Option<&str>) -> Outcome<Vec<Person>> {
        self.connection = None;
        let mut people = Vec::new();
        for first in (0..count).step_by(AT_ONCE) {
            let server = self.server;
            let sign_up =
                |number| sign_up(server, format!("{name}-{number}"), number, shop.map(str::to_owned));
            let several = async {
                let started = (first..count.min(first + AT_ONCE)).map(|number| tokio::spawn(sign_up(number)));
                let mut tokens = Vec::new();
                for task in started.collect::<Vec<_>>() {
                    tokens.push(task.await??);
                }
                Ok::<_, io::Error>(tokens)
            };
            for token in self.runtime.block_on(several)? {
                people.push(self.person(&token)?);
            }
        }
        Ok(people)
    }

    /// Whom an access token is for.
    fn person(&self, token: &str) -> Outcome<Person> {
        let verified = self.tokens.verify(token)?;
        let shop = verified.shop.map(|ShopId(shop)| shop);
        Ok(Person { user: verified.caller.user, session: verified.caller.session, shop })
    }

    /// Opens a shop. Returns its owner as somebody who works in it.
    fn open_shop(&mut self, owner: &Person, slug: &str) -> Outcome<Person> {
        let token = owner.token()?;
        self.ask(&Request::post("/shops", &json!({ "name": slug, "slug": slug })).by(&token))?;
        let switched = self.ask(&Request::post("/auth/switch", &json!({ "shop": slug })).by(&token))?;
        self.person(text(&switched["access_token"])?)
    }

    fn import(&mut self, shop: &Person, file: Vec<u8>) -> Outcome<()> {
        self.ask(&Request::post_csv("/products/import", file.into()).by(shop.token()?)).map(drop)
    }

    /// All products of a shop.
    fn products(&mut self, shop: &Person) -> Outcome<Vec<Product>> {
        let mut products = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/products?limit=100{cursor}");
            let page = self.ask(&Request::get(path).by(shop.token()?))?;
            for product in page["data"].as_array().ok_or("no list")? {
                let (id, variant) = (text(&product["id"])?, text(&product["variants"][0]["id"])?);
                products.push(Product { id: id.to_owned(), variant: variant.to_owned() });
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(products),
            }
        }
    }
}

fn text(value: &Value) -> Outcome<&str> {
    Ok(value.as_str().ok_or("a text is missing")?)
}

/// The email address of a user.
fn email(name: &str) -> String {
    format!("{name}@example.com")
}

/// Registers a user and signs in. Returns the access token.
async fn sign_up(
    server: SocketAddr,
    name: String,
    number: usize,
    shop: Option<String>,
) -> io::Result<String> {
    let mut connection = Connection::open(server).await?;
    let mut who = json!({ "email": email(&name), "password": PASSWORD });
    if let Some(shop) = shop {
        who["shop"] = shop.into();
    }
    let from = address(99, number);
    ask(&mut connection, &Request::post("/auth/register", &who).from(&from)).await?;
    let pair = ask(&mut connection, &Request::post("/auth/login", &who).from(&from)).await?;
    Ok(pair["access_token"].as_str().unwrap_or_default().to_owned())
}

/// Sends a request that must succeed.
async fn ask(connection: &mut Connection, request: &Request) -> io::Result<Value> {
    let answer = connection.ask(request).await?;
    if answer.head.status >= 400 {
        let body = String::from_utf8_lossy(&answer.body);
        return Err(io::Error::other(format!("{}{body}", request.head())));
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

/// A CSV file of so many products, with two variants and an image each.
pub fn catalogue(products: usize, description: usize, stock: u32) -> Vec<u8> {
    let mut file = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,\
                    Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,\
                    Image Position,Status\n"
        .to_owned();
    let description = "What is to be said. ".repeat(description / 20);
    for number in 0..products {
        let _ = writeln!(
            file,
            "thing-{number},Thing {number},{description},Vendor {},Kind {},\"new, sale\",true,Size,S,S-{number},\
             shopify,{stock},deny,19.99,https://images.example/{number}.jpg,1,active",
            number % 5,
            number % 3,
        );
        let _ = writeln!(file, "thing-{number},,,,,,,,M,M-{number},shopify,{stock},deny,21.99,,,");
    }
    file.into_bytes()
}

/// A file that each of the abusers' shops imports again and again.
pub fn small_catalogue() -> Arc<[u8]> {
    catalogue(400, 200, PLENTY).into()
}
