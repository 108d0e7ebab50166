//! The client's address: only what a trusted proxy says is believed.

use rocket::http::{ContentType, Method};
use shophouse::http::request::client::{Proxies, ProxyHeader};
use shophouse::limits::Limit;

use crate::support::{Answer, World};

const PROXY: &str = "10.0.0.1:4000";

/// A server that allows each address one request without a token.
fn behind(trusted: &str, header: ProxyHeader) -> World {
    World::allowing_behind(&[(Limit::AddressRequests, 1)], Proxies::new(trusted, header).unwrap())
}

/// A request from a peer, with these headers. It is refused for its body when it is counted.
fn asks(world: &World, peer: &str, headers: &[(&str, &str)]) -> Answer {
    let body = Some((ContentType::JSON, b"no JSON".to_vec()));
    world.nobody().from(peer.parse().unwrap()).raw(Method::Post, "/api/v1/auth/login", headers, body)
}

#[track_caller]
fn is_counted_as_new(answer: &Answer) {
    answer.expect_problem(400, "invalid_json");
}

#[track_caller]
fn is_counted_as_known(answer: &Answer) {
    answer.expect_problem(429, "rate_limited");
}

#[test]
fn a_header_of_a_peer_that_is_not_trusted_has_no_effect() {
    for world in [behind("", ProxyHeader::ForwardedFor), behind("10.0.0.0/8", ProxyHeader::ForwardedFor)] {
        let peer = "192.0.2.1:4000";
        is_counted_as_new(&asks(&world, peer, &[]));
        for name in ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "X-Client-IP"] {
            is_counted_as_known(&asks(&world, peer, &[(name, "192.0.2.9")]));
        }
        // Nor does it count for the address that it names.
        is_counted_as_new(&asks(&world, "192.0.2.9:4000", &[]));
    }
}

#[test]
fn clients_of_a_trusted_proxy_are_told_apart() {
    let world = behind("10.0.0.1", ProxyHeader::ForwardedFor);
    let through = |value: &str| asks(&world, PROXY, &[("X-Forwarded-For", value)]);
    is_counted_as_new(&through("192.0.2.1"));
    is_counted_as_known(&through("192.0.2.1"));
    is_counted_as_new(&through("192.0.2.2"));
    // What the client itself sends stands left of what the proxy adds.
    is_counted_as_known(&through("192.0.2.77, 192.0.2.2"));
    is_counted_as_new(&through("192.0.2.2, 192.0.2.3"));
    // Another header is not believed.
    is_counted_as_new(&asks(&world, PROXY, &[("X-Real-IP", "192.0.2.4")]));
    is_counted_as_known(&asks(&world, PROXY, &[("X-Real-IP", "192.0.2.5")]));
}

#[test]
fn a_chain_of_trusted_proxies_leads_to_the_client() {
    let world = behind("10.0.0.0/24, 2001:db8:f::/48", ProxyHeader::ForwardedFor);
    let through = |value: &str| asks(&world, PROXY, &[("X-Forwarded-For", value)]);
    is_counted_as_new(&through("192.0.2.1, 2001:db8:f::7, 10.0.0.2"));
    is_counted_as_known(&through("198.51.100.1, 192.0.2.1, 10.0.0.3"));
    // A proxy outside of the network is a client.
    is_counted_as_new(&through("192.0.2.1, 10.0.1.2"));
    is_counted_as_known(&through("192.0.2.2, 10.0.1.2, 10.0.0.2"));
    // In several lines as in one.
    let lines = [("X-Forwarded-For", "192.0.2.9, 192.0.2.1"), ("X-Forwarded-For", "10.0.0.2")];
    is_counted_as_known(&asks(&world, PROXY, &lines));
}

#[test]
fn what_is_no_address_counts_for_the_proxy() {
    let world = behind("10.0.0.0/24", ProxyHeader::ForwardedFor);
    let through = |value: &str| asks(&world, PROXY, &[("X-Forwarded-For", value)]);
    is_counted_as_new(&through("unknown"));
    for garbage in ["", ",", "192.0.2.1, unknown", "_hidden", "192.0.2.1 192.0.2.2", "a]b[c", "%00"] {
        is_counted_as_known(&through(garbage));
    }
}

#[test]
fn a_proxy_may_say_it_in_x_real_ip() {
    let world = behind("10.0.0.1", ProxyHeader::RealIp);
    let through = |value: &str| {
        asks(&world, PROXY, &[("X-Real-IP", value), ("X-Forwarded-For", "192.0.2.99, 192.0.2.98")])
    };
    is_counted_as_new(&through("192.0.2.1"));
    is_counted_as_known(&through("192.0.2.1"));
    is_counted_as_new(&through("192.0.2.2"));
    is_counted_as_new(&through("elsewhere"));
    is_counted_as_known(&asks(&world, PROXY, &[]));
}
