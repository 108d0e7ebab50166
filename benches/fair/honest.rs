//! The steady load of the honest shop: requests that are sent at fixed times, whether or not the earlier ones are answered.
//!
//! The time of a request counts from when it was due until its answer is there. That of a lost one, which has another status
//! than it should or no answer, counts too.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rocket::tokio::task::JoinSet;
use rocket::tokio::time::{sleep, sleep_until, timeout};
use serde_json::{Value, json};

use crate::client::{Answer, Connection, Request};
use crate::common::Outcome;
use crate::world::{PASSWORD, World, tokens};

/// The address of the shop's clients.
const ADDRESS: &str = "192.0.2.1";
/// A client gives up after this time.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection is used again for so long: the server closes it when nobody has used it for some seconds.
const FRESH: Duration = Duration::from_secs(2);

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

    /// The time between two requests. Together they keep two cores busy to a third.
    fn interval(self) -> Duration {
        Duration::from_millis(match self {
            Self::Read => 25,
            Self::List => 100,
            Self::Order => 200,
            Self::SignIn => 2_000,
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

/// A client of the honest shop.
pub struct Honest {
    server: SocketAddr,
    world: Arc<World>,
    tokens: Vec<String>,
    idle: Mutex<Vec<(Connection, Instant)>>,
    device: DeviceToken,
}

/// What the server gave the owner at the last sign-in, to be known by at the next one, if it gives such a thing.
pub type DeviceToken = Arc<Mutex<Option<Value>>>;

impl Honest {
    pub fn new(server: SocketAddr, world: &Arc<World>, device: &DeviceToken) -> Outcome<Arc<Self>> {
        let tokens = tokens(&world.customers)?;
        let (world, device) = (Arc::clone(world), Arc::clone(device));
        Ok(Arc::new(Self { server, world, tokens, idle: Mutex::default(), device }))
    }

    /// Sends the usual load for some time, multiplied by `load` hundredths, and waits for all answers.
    pub async fn load(self: &Arc<Self>, lasting: Duration, load: u32) -> Vec<Sample> {
        let mut plan: Vec<(Duration, Kind, u32)> = Vec::new();
        for kind in Kind::ALL {
            let interval = kind.interval() * 100 / load;
            // Not all kinds at the same moments.
            let due = |turn: u32| interval * turn + interval / 3;
            plan.extend((0..).map(|turn| (due(turn), kind, turn)).take_while(|(due, ..)| *due < lasting));
        }
        plan.sort_by_key(|(due, ..)| *due);
        let start = Instant::now();
        let mut running = JoinSet::new();
        for (due, kind, turn) in plan {
            let due = start + due;
            sleep_until(due.into()).await;
            let client = Arc::clone(self);
            running.spawn(async move { client.one(kind, turn, due).await });
        }
        sleep_until((start + lasting).into()).await;
        running.join_all().await
    }

    /// Waits until a request of each kind is answered rightly. Returns how long that took; none if it took too long.
    pub async fn recovered(self: &Arc<Self>, limit: Duration) -> Option<Duration> {
        let start = Instant::now();
        while start.elapsed() < limit {
            let mut all_right = true;
            for kind in Kind::ALL {
                all_right &= self.one(kind, 0, Instant::now()).await.fault.is_none();
            }
            if all_right {
                return Some(start.elapsed());
            }
            sleep(Duration::from_millis(500)).await;
        }
        None
    }

    async fn one(&self, kind: Kind, turn: u32, due: Instant) -> Sample {
        let asked = timeout(PATIENCE, self.ask(&self.request(kind, turn))).await;
        let took = due.elapsed();
        let fault = match asked {
            Ok(Ok(answer)) if answer.head.status == kind.right_status() => {
                if kind == Kind::SignIn {
                    self.remember_device(&answer);
                }
                None
            }
            Ok(Ok(answer)) => Some(answer.head.status.to_string()),
            Ok(Err(_)) => Some("connection lost".to_owned()),
            Err(_) => Some("no answer".to_owned()),
        };
        Sample { kind, took, fault }
    }

    async fn ask(&self, request: &Request) -> std::io::Result<Answer> {
        let idle = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.retain(|(_, used)| used.elapsed() < FRESH);
            idle.pop()
        };
        let mut connection = match idle {
            Some((connection, _)) => connection,
            None => Connection::open(self.server).await?,
        };
        let answer = connection.ask(request).await?;
        if !answer.head.closes {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((connection, Instant::now()));
        }
        Ok(answer)
    }

    fn request(&self, kind: Kind, turn: u32) -> Request {
        let turn = turn as usize;
        // Each customer and each product in turn; 7 divides neither number, so all pairs of them come.
        let product = &self.world.products[turn * 7 % self.world.products.len()];
        let token = &self.tokens[turn % self.tokens.len()];
        match kind {
            Kind::Read => Request::get(format!("/products/{}", product.id)).by(token),
            Kind::List => Request::get("/products?limit=20").by(token),
            Kind::Order => {
                let lines = json!([{ "variant_id": product.variant, "quantity": 1 }]);
                Request::post("/orders", &json!({ "lines": lines })).by(token)
            }
            Kind::SignIn => {
                let mut who = json!({ "email": self.world.owner, "password": PASSWORD });
                if let Some(device) = &*self.device.lock().unwrap_or_else(PoisonError::into_inner) {
                    who["device_token"] = device.clone();
                }
                Request::post("/auth/login", &who)
            }
        }
        .from(ADDRESS)
    }

    fn remember_device(&self, answer: &Answer) {
        let pair: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(device) = pair.get("device_token") {
            *self.device.lock().unwrap_or_else(PoisonError::into_inner) = Some(device.clone());
        }
    }
}

/// The faults of all of these, counted.
pub fn faults(samples: &[Sample]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for fault in samples.iter().filter_map(|sample| sample.fault.as_ref()) {
        *counts.entry(fault.clone()).or_default() += 1;
    }
    counts
}
