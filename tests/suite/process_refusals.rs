//! When the binary refuses to start, and the remedies that it names.

use std::fs;
use std::net::TcpListener;

use crate::support::installation::Installation;

/// Starts the server, which must refuse. Returns its messages.
fn refusal(installation: &Installation, settings: &[(&str, &str)]) -> String {
    let ended = installation.run(&[], settings);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
    ended.stderr
}

#[test]
fn a_port_that_is_taken_is_named_with_the_remedy() {
    let installation = Installation::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let said = refusal(&installation, &[("ROCKET_PORT", &port)]);
    assert!(said.contains("ROCKET_PORT") && said.contains("cannot be listened on"), "{said}");
    assert!(!installation.data().join("postgres/postmaster.pid").exists(), "its PostgreSQL is left behind");
}

#[test]
fn without_a_postgresql_it_says_what_to_do() {
    let installation = Installation::new();
    let empty = installation.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let said = refusal(&installation, &[("SHOPHOUSE_PG_BIN", empty.to_str().unwrap())]);
    for part in ["SHOPHOUSE_PG_BIN", "initdb", empty.to_str().unwrap(), "must name the directory"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn settings_that_cannot_be_are_named() {
    let installation = Installation::new();
    let database = ("DATABASE_URL", "postgres://nobody:hush@127.0.0.1:1/none");
    for (settings, parts) in [
        (&[database][..], &["DATABASE_URL", "SHOPHOUSE_SECRET", "openssl rand"][..]),
        (&[database, ("SHOPHOUSE_SECRET", "short")], &["SHOPHOUSE_SECRET", "32"]),
        (&[("SHOPHOUSE_SECRET", "short")], &["SHOPHOUSE_SECRET", "32"]),
        (&[("SHOPHOUSE_POOL_SIZES", "8")], &["SHOPHOUSE_POOL_SIZES: unknown"]),
        (&[("SHOPHOUSE_POOL_SIZE", "many")], &["SHOPHOUSE_POOL_SIZE: ", "many"]),
        (&[("SHOPHOUSE_POOL_SIZE", "0")], &["pool_size", "from 1 to 1000"]),
        (&[("SHOPHOUSE_PASSWORD_ITERATIONS", "1000")], &["password_iterations", "600000"]),
        (&[("ROCKET_PORT", "http")], &["ROCKET_PORT: ", "http"]),
    ] {
        let said = refusal(&installation, settings);
        for part in parts {
            assert!(said.contains(part), "{part} for {settings:?}: {said}");
        }
        assert!(!said.contains("hush") && !said.contains("short\""), "{said}");
    }
    assert!(!installation.data().exists(), "nothing is made before the settings are right");
}

#[test]
fn settings_in_rocket_toml_hold_and_the_environment_goes_before_them() {
    let installation = Installation::new();
    fs::write(installation.path().join("Rocket.toml"), "[default.shophouse]\npool_size = 0\n").unwrap();
    assert!(refusal(&installation, &[]).contains("pool_size is 0"));
    assert!(refusal(&installation, &[("SHOPHOUSE_POOL_SIZE", "2000")]).contains("pool_size is 2000"));
    fs::write(installation.path().join("Rocket.toml"), "[default.shophouse]\npool_size = \"x\"\n").unwrap();
    assert!(refusal(&installation, &[]).contains("pool_size in Rocket.toml: invalid type"));
    fs::write(installation.path().join("Rocket.toml"), "[default").unwrap();
    assert!(refusal(&installation, &[]).contains("configuration: Rocket.toml: TOML"));
}

#[test]
fn a_database_that_is_away_is_no_secret_and_its_password_is() {
    let installation = Installation::new();
    let secret = "0123456789abcdef0123456789abcdef";
    let settings = [
        ("DATABASE_URL", "postgres://nobody:hush@127.0.0.1:1/none"),
        ("SHOPHOUSE_SECRET", secret),
        ("SHOPHOUSE_POOL_TIMEOUT_MS", "200"),
    ];
    let said = refusal(&installation, &settings);
    assert!(!said.contains("hush") && !said.contains(secret), "{said}");
    assert!(said.contains("127.0.0.1") || said.contains("refused"), "{said}");
}
