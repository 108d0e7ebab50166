//! What the running server says of its load, for `shophouse status`: the command is a process of its own, so it reads the
//! server's metrics.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde::Serialize;

use crate::config::Config;

/// How long the server may take. It asks nothing of its database for this.
const PATIENCE: Duration = Duration::from_secs(2);
/// The most bytes of metrics that are read.
const MOST: u64 = 4 << 20;

/// The load of the server at an address.
#[derive(Serialize)]
pub(super) struct Load {
    /// Where it listens.
    address: SocketAddr,
    /// By class of work.
    pub classes: Vec<ClassLoad>,
    /// The shops that used the most in the last minute.
    pub shops: Vec<ShopLoad>,
}

/// The load of one class of work.
#[derive(Default, Serialize)]
pub(super) struct ClassLoad {
    pub class: String,
    /// Requests that wait for a connection now.
    pub waiting: u64,
    /// Connections in use now.
    pub in_use: u64,
    /// Requests that got no connection in time, since the server started.
    pub refused: u64,
}

/// What one shop used in the last minute.
#[derive(Default, Serialize)]
pub(super) struct ShopLoad {
    /// Its id, or `other`.
    pub shop: String,
    pub database_seconds: f64,
    pub requests: u64,
    pub refused: u64,
}

/// Asks the server that this configuration describes. None when no server answers there.
pub(super) fn of_server(config: &Config) -> Option<Load> {
    let address = config.metrics_address()?;
    let text = fetch(address).inspect_err(|error| tracing::debug!(%error, "no metrics")).ok()?;
    let load = Load { address, classes: classes(&text), shops: shops(&text) };
    (!load.classes.is_empty()).then_some(load)
}

fn fetch(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&reachable(address), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.take(MOST).read_to_string(&mut text)?;
    Ok(text)
}

/// A server that listens on all addresses is reached at this machine's own.
fn reachable(address: SocketAddr) -> SocketAddr {
    let own = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(own, address.port())
}

/// The values of a metric by its only label, from Prometheus's text format.
fn values<'a>(text: &'a str, name: &str, label: &str) -> impl Iterator<Item = (&'a str, f64)> {
    let begin = format!("{name}{{{label}=\"");
    text.lines().filter_map(move |line| {
        let (label, value) = line.strip_prefix(&begin)?.split_once("\"} ")?;
        Some((label, value.trim().parse().ok()?))
    })
}

fn classes(text: &str) -> Vec<ClassLoad> {
    let mut classes: BTreeMap<&str, ClassLoad> = BTreeMap::new();
    let mut each = |name: &str, set: fn(&mut ClassLoad, u64)| {
        for (class, value) in values(text, name, "pool") {
            let load = classes
                .entry(class)
                .or_insert_with(|| ClassLoad { class: class.to_owned(), ..ClassLoad::default() });
            set(load, whole(value));
        }
    };
    each("shophouse_pool_waiting", |load, value| load.waiting = value);
    each("shophouse_pool_in_use", |load, value| load.in_use = value);
    each("shophouse_pool_timeouts_total", |load, value| load.refused = value);
    classes.into_values().collect()
}

fn shops(text: &str) -> Vec<ShopLoad> {
    let of = |name: &str, shop: &str| {
        values(text, name, "shop").find(|(other, _)| *other == shop).map_or(0.0, |(_, value)| value)
    };
    let load = |(shop, database_seconds): (&str, f64)| ShopLoad {
        shop: shop.to_owned(),
        database_seconds,
        requests: whole(of("shophouse_top_shop_requests", shop)),
        refused: whole(of("shophouse_top_shop_refused", shop)),
    };
    let mut shops: Vec<_> = values(text, "shophouse_top_shop_database_seconds", "shop").map(load).collect();
    shops.retain(|load| load.requests > 0);
    shops.sort_by(|one, other| other.database_seconds.total_cmp(&one.database_seconds));
    shops
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts, which are whole and not negative"
)]
fn whole(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_load_is_read_from_the_metrics() {
        let text = "# HELP x\nshophouse_pool_waiting{pool=\"web\"} 3\nshophouse_pool_waiting{pool=\"bulk\"} 1\n\
                    shophouse_pool_timeouts_total{pool=\"web\"} 7\nshophouse_top_shop_database_seconds{shop=\"a\"} 1.5\n\
                    shophouse_top_shop_database_seconds{shop=\"b\"} 2.5\nshophouse_top_shop_requests{shop=\"a\"} 4\n\
                    shophouse_top_shop_requests{shop=\"b\"} 5\nshophouse_top_shop_refused{shop=\"b\"} 2\n";
        let read: Vec<_> = classes(text).into_iter().map(|it| (it.class, it.waiting, it.refused)).collect();
        assert_eq!(read, [("bulk".to_owned(), 1, 0), ("web".to_owned(), 3, 7)]);
        let read: Vec<_> = shops(text).into_iter().map(|it| (it.shop, it.requests, it.refused)).collect();
        assert_eq!(read, [("b".to_owned(), 5, 2), ("a".to_owned(), 4, 0)]);
    }
}
