//! The steady load of the honest shops: requests that are sent at fixed times, whether or not the earlier ones are answered.
//!
//! The time of a request counts from when it was due until its answer is there. A lost one, which has another status than it
//! should or no answer, counts as if the client had waited for as long as it can: a quick refusal is not a quick answer.

use std::collections::{BTreeMap, HashMap};
use std::mem;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rocket::tokio::task::JoinSet;
use rocket::tokio::time::{sleep, sleep_until, timeout};
use serde_json::{Value, json};

use crate::client::{Answer, Connection, Request};
use crate::common::Outcome;
use crate::world::{PASSWORD, World, tokens};

/// A client gives up after this time.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection is used again for so long: the server closes it when nobody has used it for some seconds.
const FRESH: Duration = Duration::from_secs(2);
/// How many orders are cancelled at a time.
const AT_ONCE: usize = 8;

/// A kind of request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Read,
    List,
    Order,
    SignIn,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Read, Self::List, Self::Order, Self::SignIn];

    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "reads",
            Self::List => "lists",
            Self::Order => "orders",
            Self::SignIn => "sign-ins",
        }
    }

    /// The time between two requests to a shop. All together keep two cores busy to about a third.
    fn interval(self) -> Duration {
        Duration::from_millis(match self {
            Self::Read => 25,
            Self::List => 100,
            Self::Order => 200,
            Self::SignIn => 2_000,
        })
    }

    /// When the first one is due, so that not all kinds are due at the same moments.
    fn offset(self) -> Duration {
        Duration::from_millis(match self {
            Self::Read => 0,
            Self::List => 2,
            Self::Order => 11,
            Self::SignIn => 40,
        })
    }

    fn right_status(self) -> u16 {
        if self == Self::Order { 201 } else { 200 }
    }
}

/// What became of a request.
pub struct Sample {
    pub kind: Kind,
    pub took: Duration,
    /// The status, or why there is none, if it was not the right one.
    pub fault: Option<String>,
}

/// A request to be sent.
#[derive(Clone, Copy)]
struct Planned {
    due: Duration,
    shop: usize,
    kind: Kind,
    /// How many of this kind were sent to this shop before.
    turn: u32,
}

/// The clients of the honest shops.
pub struct Honest {
    server: SocketAddr,
    world: Arc<World>,
    /// Of the customers, by shop.
    tokens: Vec<Vec<String>>,
    idle: Mutex<Vec<(Connection, Instant)>>,
    /// The orders that were placed, with the token of the customer.
    placed: Mutex<Vec<(String, String)>>,
    devices: Devices,
}

/// What the server gave each shop's owner at the last sign-in, to be known by at the next one, if it gives such a thing.
pub type Devices = Arc<Mutex<HashMap<usize, Value>>>;

impl Honest {
    pub fn new(server: SocketAddr, world: &Arc<World>, devices: &Devices) -> Outcome<Arc<Self>> {
        let tokens = world.honest.iter().map(|shop| tokens(&shop.customers)).collect::<Outcome<_>>()?;
        Ok(Arc::new(Self {
            server,
            world: Arc::clone(world),
            tokens,
            idle: Mutex::default(),
            placed: Mutex::default(),
            devices: Arc::clone(devices),
        }))
    }

    /// Sends the usual load for some time, multiplied by `load` hundredths, and waits for all answers.
    pub async fn load(self: &Arc<Self>, lasting: Duration, load: u32) -> Vec<Sample> {
        let plan = self.plan(lasting, load);
        let start = Instant::now();
        let mut running = JoinSet::new();
        for planned in plan {
            let due = start + planned.due;
            sleep_until(due.into()).await;
            let client = Arc::clone(self);
            running.spawn(async move { client.one(planned, due).await });
        }
        sleep_until((start + lasting).into()).await;
        running.join_all().await
    }

    /// The requests of some time, in order. Those of a kind are spread over the shops.
    fn plan(&self, lasting: Duration, load: u32) -> Vec<Planned> {
        let shops = self.tokens.len();
        let mut plan = Vec::new();
        for kind in Kind::ALL {
            let interval = kind.interval() * 100 / load;
            for (number, shop) in (0_u32..).zip(0..shops) {
                let offset = kind.offset() + interval * number / u32::try_from(shops).unwrap_or(1);
                let planned = |turn| Planned { due: offset + interval * turn, shop, kind, turn };
                plan.extend((0..).map(planned).take_while(|planned| planned.due < lasting));
            }
        }
        plan.sort_by_key(|planned| planned.due);
        plan
    }

    /// Asks until a request of each kind to each shop is answered rightly. Returns when that was; none if it took too long.
    pub async fn recovered(self: &Arc<Self>, limit: Duration) -> Option<Duration> {
        let start = Instant::now();
        while start.elapsed() < limit {
            let asked = start.elapsed();
            let mut all_right = true;
            for shop in 0..self.tokens.len() {
                for kind in Kind::ALL {
                    let planned = Planned { due: Duration::ZERO, shop, kind, turn: 0 };
                    all_right &= self.one(planned, Instant::now()).await.fault.is_none();
                }
            }
            if all_right {
                return Some(asked);
            }
            sleep(Duration::from_millis(500)).await;
        }
        None
    }

    /// Cancels the orders that were placed: a customer cannot have any number of them unpaid. Returns how many could not be
    /// cancelled.
    pub async fn cancel_orders(self: &Arc<Self>) -> usize {
        let placed = mem::take(&mut *lock(&self.placed));
        let mut failed = 0;
        for some in placed.chunks(AT_ONCE) {
            let mut running = JoinSet::new();
            for (token, order) in some.iter().cloned() {
                let client = Arc::clone(self);
                running.spawn(async move {
                    let cancel = Request::post_nothing(format!("/orders/{order}/cancel")).by(token);
                    client.ask(&cancel).await.is_ok_and(|answer| answer.head.status == 200)
                });
            }
            failed += running.join_all().await.into_iter().filter(|cancelled| !cancelled).count();
        }
        failed
    }

    async fn one(&self, planned: Planned, due: Instant) -> Sample {
        let kind = planned.kind;
        let asked = timeout(PATIENCE, self.ask(&self.request(planned))).await;
        let answered = due.elapsed();
        let fault = match asked {
            Ok(Ok(answer)) if answer.head.status == kind.right_status() => {
                self.remember(planned, &answer);
                None
            }
            Ok(Ok(answer)) => Some(answer.head.status.to_string()),
            Ok(Err(_)) => Some("connection lost".to_owned()),
            Err(_) => Some("no answer".to_owned()),
        };
        let took = if fault.is_none() { answered } else { answered.max(PATIENCE) };
        Sample { kind, took, fault }
    }

    async fn ask(&self, request: &Request) -> std::io::Result<Answer> {
        let idle = {
            let mut idle = lock(&self.idle);
            idle.retain(|(_, used)| used.elapsed() < FRESH);
            idle.pop()
        };
        let mut connection = match idle {
            Some((connection, _)) => connection,
            None => Connection::open(self.server).await?,
        };
        let answer = connection.ask(request).await?;
        if !answer.head.closes {
            lock(&self.idle).push((connection, Instant::now()));
        }
        Ok(answer)
    }

    fn request(&self, Planned { shop, kind, turn, .. }: Planned) -> Request {
        let (turn, of_shop) = (turn as usize, &self.world.honest[shop]);
        // Each product and each customer in turn; 7 divides neither number, so all pairs of them come.
        let product = &of_shop.products[turn * 7 % of_shop.products.len()];
        let token = self.token(shop, turn);
        let request = match kind {
            Kind::Read => Request::get(format!("/products/{}", product.id)).by(token),
            Kind::List => Request::get("/products?limit=20").by(token),
            Kind::Order => {
                let lines = json!([{ "variant_id": product.variant, "quantity": 1 }]);
                Request::post("/orders", &json!({ "lines": lines })).by(token)
            }
            Kind::SignIn => {
                let mut who = json!({ "email": of_shop.owner, "password": PASSWORD });
                if let Some(device) = lock(&self.devices).get(&shop) {
                    who["device_token"] = device.clone();
                }
                Request::post("/auth/login", &who)
            }
        };
        // Each shop has an address, which no abuser has.
        request.from(format!("192.0.2.{}", shop + 1))
    }

    fn token(&self, shop: usize, turn: usize) -> &str {
        &self.tokens[shop][turn % self.tokens[shop].len()]
    }

    /// Keeps what later requests need of an answer.
    fn remember(&self, Planned { shop, kind, turn, .. }: Planned, answer: &Answer) {
        if !matches!(kind, Kind::Order | Kind::SignIn) {
            return;
        }
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let (Kind::Order, Some(order)) = (kind, body["id"].as_str()) {
            lock(&self.placed).push((self.token(shop, turn as usize).to_owned(), order.to_owned()));
        }
        if let Some(device) = body.get("device_token") {
            lock(&self.devices).insert(shop, device.clone());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The faults of all of these, counted.
pub fn faults(samples: &[Sample]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for fault in samples.iter().filter_map(|sample| sample.fault.as_ref()) {
        *counts.entry(fault.clone()).or_default() += 1;
    }
    counts
}
