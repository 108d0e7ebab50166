//! Which addresses count as one client, and which as one site.

use std::net::IpAddr;

/// The address, or the /64 network of an IPv6 address: one client usually has all of its addresses.
pub(super) fn network(address: IpAddr) -> String {
    of(address, 4)
}

/// The address, or the /48 network of an IPv6 address, of which one customer of a provider may have all.
pub(super) fn site(address: IpAddr) -> String {
    of(address, 3)
}

fn of(address: IpAddr, segments: usize) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:?}", &address.segments()[..segments]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_one_network_count_as_one() {
        let network = |address: &str| network(address.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    #[test]
    fn the_networks_of_one_site_count_as_one_where_somebody_could_have_them_all() {
        let site = |address: &str| site(address.parse().unwrap());
        assert_eq!(site("2001:db8:1:2::1"), site("2001:db8:1:3::1"));
        assert_ne!(site("2001:db8:1:2::1"), site("2001:db8:2:2::1"));
        assert_ne!(site("192.0.2.1"), site("192.0.2.2"));
    }
}
