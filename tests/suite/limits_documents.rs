//! What the documents, the settings and the commands say of limits is what the list of limits says.

use std::collections::BTreeMap;

use serde_json::json;
use shophouse::limits::{Kind, Limit};

use crate::support::Database;
use crate::support::installation::Installation;
use crate::support::process::{self, Process};

const LIMITS: &str = include_str!("../../docs/limits.md");

/// The rows of the tables of limits, by name: the default, whether a shop may have its own, what is counted, the answer.
fn documented() -> BTreeMap<&'static str, [&'static str; 4]> {
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.strip_suffix(" |")?.split(" | ").collect();
        let [name, default, of_shop, counts, answer] = cells[..] else { return None };
        Some((name.strip_suffix('`')?, [default, of_shop, counts, answer]))
    };
    LIMITS.lines().filter_map(row).collect()
}

#[test]
fn the_page_of_the_limits_has_them_all_as_they_are() {
    let expected = Limit::ALL.into_iter().map(|limit| {
        let answer = match limit.kind() {
            Kind::Rate => "429 `rate_limited`",
            Kind::Number if limit == Limit::Sessions => "the session used longest ago ends",
            Kind::Number => "409 `limit_reached`",
        };
        let (default, of_shop) = (limit.default().to_string(), if limit.is_of_shop() { "yes" } else { "no" });
        (limit.name(), [default, of_shop.to_owned(), limit.counts().to_owned(), answer.to_owned()])
    });
    let expected: BTreeMap<_, _> = expected.collect();
    let documented: BTreeMap<_, _> =
        documented().into_iter().map(|(name, cells)| (name, cells.map(str::to_owned))).collect();
    assert_eq!(documented, expected);
}

#[test]
fn the_help_of_the_command_names_the_limits_of_shops_and_no_others() {
    let help = Installation::new().run(&["shop", "limits", "--help"], &[]).stdout;
    for limit in Limit::ALL {
        let line = help.lines().any(|line| line.trim_start().starts_with(&format!("{limit} ")));
        assert_eq!(line, limit.is_of_shop(), "{limit}: {help}");
        assert!(!limit.is_of_shop() || help.contains(limit.counts()), "{limit}: {help}");
    }
}

#[test]
fn settings_of_limits_hold() {
    let database = Database::new();
    let settings =
        [("SHOPHOUSE_LIMIT_ADDRESS_REQUESTS_PER_MINUTE", "3"), ("SHOPHOUSE_TRUSTED_PROXIES", "127.0.0.0/8")];
    let server = Process::serve_with(&database, &settings);
    let ask = |client: &str| {
        server.ask(
            "POST",
            "/auth/refresh",
            &[("X-Forwarded-For", client)],
            &json!({ "refresh_token": "none" }),
        )
    };
    for _ in 0..3 {
        ask("192.0.2.1").expect_problem(401, "invalid_token");
    }
    ask("192.0.2.1").expect_problem(429, "rate_limited");
    ask("192.0.2.2").expect_problem(401, "invalid_token");
    server.stop();
    let shown = process::done(&database, &["status"]);
    assert!(!shown.is_empty());
}

#[test]
fn settings_that_cannot_be_are_named() {
    let installation = Installation::new();
    for (setting, value, parts) in [
        ("SHOPHOUSE_LIMIT_SHOPS", "3", &["SHOPHOUSE_LIMIT_SHOPS: unknown"][..]),
        ("SHOPHOUSE_LIMIT_SHOPS_PER_USER", "many", &["limit_shops_per_user", "many", "whole number"]),
        ("SHOPHOUSE_LIMIT_SHOPS_PER_USER", "-1", &["limit_shops_per_user", "-1"]),
        ("SHOPHOUSE_TRUSTED_PROXIES", "localhost", &["trusted_proxies", "localhost", "10.0.0.0/8"]),
        ("SHOPHOUSE_PROXY_HEADER", "Via", &["SHOPHOUSE_PROXY_HEADER", "Via", "X-Forwarded-For"]),
        (
            "ROCKET_IP_HEADER",
            "X-Real-IP",
            &["ROCKET_IP_HEADER", "SHOPHOUSE_TRUSTED_PROXIES", "SHOPHOUSE_PROXY_HEADER"],
        ),
    ] {
        let ended = installation.run(&[], &[(setting, value)]);
        assert_eq!(ended.code, Some(1), "{setting}: {}", ended.stderr);
        for part in parts {
            assert!(ended.stderr.contains(part), "{part} for {setting}={value}: {}", ended.stderr);
        }
    }
}
