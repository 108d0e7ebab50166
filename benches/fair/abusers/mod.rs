//! What the abusers send. Each is measured alone, in its own process.
//!
//! | file | subject |
//! |---|---|
//! | `slow` | clients that hold a connection and send or read hardly anything |
//! | `floods` | clients that ask as fast as they are answered |

mod floods;
mod slow;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rocket::tokio;
use rocket::tokio::time::{sleep, timeout};

use crate::client::{Connection, Request};
use crate::common::Outcome;
use crate::world::{World, tokens};

/// An abuser.
pub struct Abuser {
    /// Its name for `--only`, and in the plot.
    pub name: &'static str,
    pub title: &'static str,
    /// Starts its clients.
    begin: fn(&Arc<Abuse>),
}

/// All abusers, in the order in which they are measured.
pub static ABUSERS: [Abuser; 8] = [
    Abuser {
        name: "downloads",
        title: "48 downloads of two large catalogues, of which 32 bytes a second are read",
        begin: slow::downloads,
    },
    Abuser {
        name: "uploads",
        title: "60 imports that send 1 MiB, then drops: of staff, without a token, with an invented key",
        begin: slow::uploads,
    },
    Abuser {
        name: "connections",
        title: "1,000 connections of one shop: 700 ask, 150 say nothing, 150 send half a head",
        begin: floods::connections,
    },
    Abuser {
        name: "imports",
        title: "50 shops that import 400 products each, again and again",
        begin: floods::imports,
    },
    Abuser {
        name: "guesses",
        title: "64 clients that guess the honest owners' passwords, each time from another address",
        begin: floods::guesses,
    },
    Abuser {
        name: "sign-ins",
        title: "64 clients that sign in to accounts of theirs, each time from another address",
        begin: floods::sign_ins,
    },
    Abuser {
        name: "orders",
        title: "64 clients of 24 customers that order the same variant in one shop",
        begin: floods::orders,
    },
    Abuser {
        name: "registrations",
        title: "64 clients that register users, each time from another address",
        begin: floods::registrations,
    },
];

impl Abuser {
    /// The abuser with a name.
    pub fn named(name: &str) -> Outcome<&'static Self> {
        Ok(ABUSERS.iter().find(|abuser| abuser.name == name).ok_or("there is no such abuser")?)
    }

    /// Starts its clients on the present runtime.
    pub fn begin(&self, abuse: &Arc<Abuse>) {
        (self.begin)(abuse);
    }
}

/// What the clients of an abuser share.
pub struct Abuse {
    server: SocketAddr,
    world: World,
    /// Access tokens of the owners of the abusers' shops, of those with large catalogues, and of the crowd.
    owners: Vec<String>,
    large: Vec<String>,
    crowd: Vec<String>,
    tally: Mutex<Tally>,
}

/// What the clients got: how often each status, and what else became of their connections.
pub type Tally = BTreeMap<String, u64>;

/// A client gives up after this time.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pause after a failure of the connection, so that a client that cannot connect does not only burn its own time.
const PAUSE: Duration = Duration::from_millis(100);

impl Abuse {
    pub fn new(server: SocketAddr, world: World) -> Outcome<Arc<Self>> {
        let (owners, large) = (tokens(&world.abusers)?, tokens(&world.large)?);
        let crowd = tokens(&world.crowd)?;
        Ok(Arc::new(Self { server, world, owners, large, crowd, tally: Mutex::default() }))
    }

    fn count(&self, what: &str) {
        *self.tally.lock().unwrap_or_else(PoisonError::into_inner).entry(what.to_owned()).or_default() += 1;
    }

    pub fn tally(&self) -> Tally {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts a client that asks as fast as it is answered.
    fn flood(self: &Arc<Self>, next: impl FnMut() -> Request + Send + 'static) {
        let (abuse, mut next) = (Arc::clone(self), next);
        tokio::spawn(async move {
            loop {
                if abuse.ask_in_turn(&mut next).await.is_err() {
                    abuse.count("no answer");
                    sleep(PAUSE).await;
                }
            }
        });
    }

    /// Asks on one connection until the server closes it.
    async fn ask_in_turn(&self, next: &mut (impl FnMut() -> Request + Send)) -> io::Result<()> {
        let mut connection = Connection::open(self.server).await?;
        loop {
            let head = timeout(PATIENCE, connection.ask(&next())).await??.head;
            self.count(&head.status.to_string());
            if head.closes {
                return Ok(());
            }
        }
    }
}
