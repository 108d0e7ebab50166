//! Clients that hold a connection and send or read hardly anything.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::tokio;
use rocket::tokio::time::{sleep, timeout};

use super::Abuse;
use crate::client::{Connection, Request};
use crate::world::{Person, address};

const DOWNLOADS: usize = 48;
const UPLOADS: usize = 60;
/// What an upload sends at once, and what its head says, in bytes.
const BEGINNING: usize = 1 << 20;
const WHOLE: usize = 60 << 20;
/// The time between two drops, which have this many bytes.
const DROP_PAUSE: Duration = Duration::from_millis(500);
const DROP: usize = 16;
/// The pause before a client that was refused or cut off begins again.
const AGAIN: Duration = Duration::from_secs(1);

/// Downloads that are read drop by drop.
pub fn downloads(abuse: &Arc<Abuse>) {
    for client in 0..DOWNLOADS {
        let request = Request::get("/products/export").by(&abuse.large[client % abuse.large.len()]);
        let (abuse, request) = (Arc::clone(abuse), request.from(address(1, client)));
        tokio::spawn(async move {
            loop {
                if download(&abuse, &request).await.is_err() {
                    abuse.count("cut off");
                }
                sleep(AGAIN).await;
            }
        });
    }
}

async fn download(abuse: &Abuse, request: &Request) -> io::Result<()> {
    let mut connection = Connection::open_small(abuse.server).await?;
    connection.send(request).await?;
    let status = connection.head().await?.status;
    abuse.count(&status.to_string());
    let mut few = [0; DROP];
    while status == 200 && connection.read(&mut few).await? > 0 {
        sleep(DROP_PAUSE).await;
    }
    Ok(())
}

/// Uploads that send a part at once and the rest drop by drop.
pub fn uploads(abuse: &Arc<Abuse>) {
    let shops = &abuse.world.abusers;
    let beginning: Arc<[u8]> = vec![b'x'; BEGINNING].into();
    for client in 0..UPLOADS {
        let shop = client % shops.len();
        let request = Request::post_csv("/products/import", Arc::clone(&beginning)).said_to_have(WHOLE);
        let request = match client % 3 {
            0 => request.by(&abuse.owners[shop]),
            1 => request.by(invented_key(&shops[shop])),
            _ => request,
        };
        let (abuse, request) = (Arc::clone(abuse), request.from(address(2, client)));
        tokio::spawn(async move {
            loop {
                if upload(&abuse, &request).await.is_err() {
                    abuse.count("cut off");
                }
                sleep(AGAIN).await;
            }
        });
    }
}

async fn upload(abuse: &Abuse, request: &Request) -> io::Result<()> {
    let mut connection = Connection::open(abuse.server).await?;
    // A server that refuses the body may not read it, and answers.
    let _ = timeout(AGAIN, connection.send(request)).await;
    while timeout(DROP_PAUSE, connection.wait()).await.is_err() {
        connection.write(&[b'x'; DROP]).await?;
    }
    abuse.count(&connection.head().await?.status.to_string());
    Ok(())
}

/// A key of the right form, for a shop and a user that there are, with a secret that is wrong.
fn invented_key(person: &Person) -> String {
    let shop = person.shop.unwrap_or_default();
    let bytes = [shop.as_bytes().as_slice(), person.user.as_bytes(), &[7; 32]].concat();
    format!("shk_{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// A client that connects and sends this much, then nothing.
pub fn hold(abuse: &Arc<Abuse>, sent: String) {
    let abuse = Arc::clone(abuse);
    tokio::spawn(async move {
        loop {
            match hold_once(&abuse, &sent).await {
                Ok(status) => abuse.count(&status.to_string()),
                Err(_) => abuse.count("cut off"),
            }
            sleep(AGAIN).await;
        }
    });
}

/// Waits for the server to answer or to close the connection.
async fn hold_once(abuse: &Abuse, sent: &str) -> io::Result<u16> {
    let mut connection = Connection::open(abuse.server).await?;
    connection.write(sent.as_bytes()).await?;
    Ok(connection.head().await?.status)
}
