//! The client's address: of the socket, or, when a trusted proxy has connected, what that says in its header.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use rocket::Request;
use serde::{Deserialize, Serialize};

use crate::http::problem::Problem;

use super::headers;

/// Which proxies are trusted, and the header in which they say who their client is. By default there are none.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    trusted: Vec<IpNet>,
    header: ProxyHeader,
}

/// The header in which a proxy says who its client is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum ProxyHeader {
    /// A list, to which each proxy adds the address of its client.
    #[default]
    #[serde(rename = "X-Forwarded-For")]
    ForwardedFor,
    /// One address.
    #[serde(rename = "X-Real-IP")]
    RealIp,
}

impl ProxyHeader {
    fn name(self) -> &'static str {
        match self {
            Self::ForwardedFor => "X-Forwarded-For",
            Self::RealIp => "X-Real-IP",
        }
    }
}

/// A text that is neither an address nor a network.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is neither an address nor a network: give such as 127.0.0.1, 10.0.0.0/8 or fd00::/8")]
pub struct BadNetwork(String);

impl Proxies {
    /// Proxies with these addresses and networks, separated by commas.
    ///
    /// # Errors
    /// [`BadNetwork`].
    pub fn new(trusted: &str, header: ProxyHeader) -> Result<Self, BadNetwork> {
        let given = trusted.split(',').map(str::trim).filter(|network| !network.is_empty());
        let network = |text: &str| {
            let address = text.parse().map(|address: IpAddr| IpNet::from(address.to_canonical()));
            address.or_else(|_| IpNet::from_str(text)).map_err(|_| BadNetwork(text.to_owned()))
        };
        Ok(Self { trusted: given.map(network).collect::<Result<_, _>>()?, header })
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// The address of the client, when `peer` has connected and the header has these values.
    fn client<'h>(&self, peer: IpAddr, values: impl DoubleEndedIterator<Item = &'h str>) -> IpAddr {
        let mut client = peer.to_canonical();
        // Each address was added by the one that stands right of it, and counts if that one is trusted.
        let mut hops = values.rev().flat_map(|value| value.rsplit(','));
        while self.trusts(client) {
            match hops.next().and_then(address_in) {
                Some(hop) => client = hop,
                None => break,
            }
            if self.header == ProxyHeader::RealIp {
                break;
            }
        }
        client
    }
}

/// An address as proxies write it: some add the port.
fn address_in(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let address = hop.parse().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// The client's address, found once for each request.
struct Client(Option<IpAddr>);

/// The address of the client that sends a request. None in tests that have no socket.
pub(in crate::http) fn address(request: &Request<'_>) -> Option<IpAddr> {
    let found = request.local_cache(|| {
        let peer = request.remote().map(|socket| socket.ip());
        Client(peer.map(|peer| match request.rocket().state::<Proxies>() {
            Some(proxies) if !proxies.trusted.is_empty() => {
                // One that cannot be read is refused by `check`.
                let values = headers::all(request, proxies.header.name()).unwrap_or_default();
                proxies.client(peer, values.into_iter())
            }
            _ => peer.to_canonical(),
        }))
    });
    found.0
}

/// Refuses a request of which the header that says who sends it cannot be read: it would count for the proxy.
pub(super) fn check(request: &Request<'_>) -> Result<(), Problem> {
    match request.rocket().state::<Proxies>() {
        Some(proxies) if !proxies.trusted.is_empty() => {
            headers::all(request, proxies.header.name()).map(drop)
        }
        _ => Ok(()),
    }
}

/// Whether a request comes through a proxy that is not trusted, by its headers.
pub(super) fn seems_forwarded(request: &Request<'_>) -> bool {
    let names = [ProxyHeader::ForwardedFor, ProxyHeader::RealIp].map(ProxyHeader::name);
    let peer = request.remote().map(|socket| socket.ip().to_canonical());
    names.iter().any(|name| headers::hint(request, name).is_some()) && address(request) == peer
}

/// A number for the client's network: the address, or the /64 of an IPv6 address, since one client usually has all of its
/// addresses.
pub(super) fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_bits().into(),
        // No IPv4 address is so large, except for ::/64, which no client has.
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, header: ProxyHeader, peer: &str, values: &[&str]) -> String {
        let proxies = Proxies::new(trusted, header).unwrap();
        proxies.client(peer.parse().unwrap(), values.iter().copied()).to_string()
    }

    fn forwarded(peer: &str, values: &[&str]) -> String {
        client("10.0.0.0/8, fd00::1", ProxyHeader::ForwardedFor, peer, values)
    }

    #[test]
    fn the_header_counts_only_from_a_trusted_peer() {
        assert_eq!(forwarded("192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(forwarded("10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(forwarded("::ffff:10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(forwarded("fd00::1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(forwarded("fd00::2", &["2001:db8::1"]), "fd00::2");
        assert_eq!(client("", ProxyHeader::ForwardedFor, "10.1.2.3", &["198.51.100.1"]), "10.1.2.3");
    }

    #[test]
    fn a_chain_is_read_from_the_right_up_to_the_first_that_is_not_trusted() {
        assert_eq!(forwarded("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(forwarded("10.0.0.1", &["1.1.1.1", "198.51.100.1", "10.0.0.2"]), "198.51.100.1");
        assert_eq!(forwarded("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
        assert_eq!(forwarded("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_is_no_address_ends_the_chain() {
        for garbage in ["", "unknown", "1.2.3", "1.1.1.1;", "_hidden", "999.1.1.1", "\u{1f980}"] {
            assert_eq!(forwarded("10.0.0.1", &[garbage]), "10.0.0.1", "{garbage}");
            let chain = format!("198.51.100.1, {garbage}, 10.0.0.2");
            assert_eq!(forwarded("10.0.0.1", &[&chain]), "10.0.0.2", "{garbage}");
        }
        assert_eq!(forwarded("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(forwarded("10.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
    }

    #[test]
    fn a_single_address_is_taken_as_it_is() {
        let real = |values: &[&str]| client("10.0.0.0/8", ProxyHeader::RealIp, "10.0.0.1", values);
        assert_eq!(real(&["198.51.100.1"]), "198.51.100.1");
        assert_eq!(real(&["10.0.0.2"]), "10.0.0.2");
        assert_eq!(real(&["nobody"]), "10.0.0.1");
        // The client's own header came before the proxy's.
        assert_eq!(real(&["1.1.1.1", "198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn networks_are_checked() {
        assert!(Proxies::new(" 127.0.0.1 ,::1,10.0.0.0/8,", ProxyHeader::RealIp).is_ok());
        for bad in ["localhost", "10.0.0.0/33", "10.0.0", "10.0.0.1 10.0.0.2"] {
            assert!(Proxies::new(bad, ProxyHeader::RealIp).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_in_one_network_count_as_one() {
        let network = |address: &str| network(address.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
