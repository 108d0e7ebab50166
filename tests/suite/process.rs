//! The binary for its operator: starting, stopping, being killed, and its messages.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::support::installation::{Installation, Running};
use crate::support::world::{PASSWORD, text};

/// The process id of the PostgreSQL that uses this data directory.
fn postmaster(installation: &Installation) -> Pid {
    let file = fs::read_to_string(installation.data().join("postgres/postmaster.pid")).unwrap();
    Pid::from_raw(file.lines().next().unwrap().trim().parse().unwrap())
}

fn is_running(pid: Pid) -> bool {
    kill(pid, None).is_ok()
}

/// Registers and signs in; the access and the refresh token.
fn signs_in(server: &Running, email: &str) -> (String, String) {
    let body = json!({ "email": email, "password": PASSWORD }).to_string();
    assert_eq!(server.post("/auth/register", None, &body).0, 201);
    let (status, pair) = server.post("/auth/login", None, &body);
    assert_eq!(status, 200, "{pair}");
    (text(&pair["access_token"]), text(&pair["refresh_token"]))
}

#[test]
fn a_signal_stops_it_and_its_postgresql() {
    let installation = Installation::new();
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let server = installation.start();
        let postgres = postmaster(&installation);
        assert!(is_running(postgres));
        assert_eq!(server.get("/", None).0, 200);
        server.signal(signal);
        let ended = server.ended();
        assert_eq!(ended.code, Some(0), "{signal}: {}", ended.stderr);
        assert!(!is_running(postgres), "{signal}");
        assert!(!installation.data().join("postgres/postmaster.pid").exists(), "{signal}");
    }
}

#[test]
fn a_signal_at_the_moment_it_is_ready_is_heeded() {
    let installation = Installation::with_cluster();
    for _ in 0..5 {
        assert_eq!(installation.start().stopped().code, Some(0));
    }
}

#[test]
fn after_a_kill_it_starts_again_with_its_data_and_its_secret() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    let (token, _) = signs_in(&server, "ada@example.com");
    let shop = json!({ "name": "Loft", "slug": "loft" }).to_string();
    assert_eq!(server.post("/shops", Some(&token), &shop).0, 201);
    let secret = installation.data().join("secret");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&secret).unwrap();
    assert!(before.len() >= 64, "too short to be a secret");
    let postgres = postmaster(&installation);
    server.signal(Signal::SIGKILL);
    assert_eq!(server.ended().code, None);

    let server = installation.start();
    assert!(postmaster(&installation) != postgres);
    let (status, shops) = server.get("/shops", Some(&token));
    assert_eq!((status, &shops["data"][0]["slug"]), (200, &json!("loft")), "the token from before is good");
    assert_eq!(fs::read(&secret).unwrap(), before);
    assert_eq!(server.stopped().code, Some(0));
}

#[test]
fn at_last_it_prints_its_address_its_docs_and_a_command_that_works() {
    let installation = Installation::new();
    let mut server = installation.start();
    assert_eq!(server.next_line().unwrap(), format!("API docs: {}/docs", server.address));
    let line = server.next_line().unwrap();
    let command = line.strip_prefix("Try:      ").unwrap();
    assert_eq!(command, format!("curl {}/api/v1/", server.address));
    let answer = Command::new("sh").args(["-c", command]).output().unwrap();
    assert!(answer.status.success(), "the tests need curl: {}", String::from_utf8_lossy(&answer.stderr));
    let about: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!((&about["name"], &about["version"]), (&json!("shophouse"), &json!(env!("CARGO_PKG_VERSION"))));
    assert_eq!(about["links"]["docs"], "/docs");
    assert_eq!(server.stopped().stdout, "", "nothing comes after it");
}

#[test]
fn the_log_holds_neither_passwords_nor_tokens() {
    let installation = Installation::with_cluster();
    let server = installation.start();
    let (access, refresh) = signs_in(&server, "ada@example.com");
    let wrong = "wrong horse battery";
    for (path, body, status) in [
        ("/auth/login", format!("{{\"email\": \"ada@example.com\", \"password\": \"{PASSWORD}\""), 400),
        ("/auth/register", format!("{{\"password\": \"{PASSWORD}\", \"email\": 7}}"), 422),
        ("/auth/login", json!({ "email": "ada@example.com", "password": wrong }).to_string(), 401),
        ("/auth/refresh", format!("{{\"refresh_token\": \"{refresh}\""), 400),
        ("/auth/refresh", json!({ "refresh_token": refresh }).to_string(), 200),
    ] {
        assert_eq!(server.post(path, None, &body).0, status, "{path}: {body}");
    }
    assert_eq!(server.get("/me", Some(&access)).0, 200);
    assert_eq!(server.get("/me", Some(&format!("{access}x"))).0, 401);
    let secret = fs::read_to_string(installation.data().join("secret")).unwrap();

    let ended = server.stopped();
    assert!(ended.stderr.contains("\"route\":\"/api/v1/auth/login\",\"status\":401"), "{}", ended.stderr);
    let logs = installation.logs();
    assert!(logs.contains("database system is ready"), "PostgreSQL's log is not there: {logs}");
    for said in [&ended.stdout, &ended.stderr, &logs] {
        for hidden in [PASSWORD, wrong, &access, &refresh, &secret] {
            assert!(!said.contains(hidden), "{hidden}: {said}");
        }
    }
}

#[test]
fn migrate_ends_well_and_says_so_beside_a_running_server_too() {
    let installation = Installation::with_cluster();
    let says = |shops: usize| {
        let ended = installation.run(&["migrate"], &[]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let expected = format!(": {shops} shops migrated in ");
        assert!(
            ended.stdout.starts_with("version 2") && ended.stdout.contains(&expected),
            "{}",
            ended.stdout
        );
    };
    says(0);
    assert!(!installation.data().join("postgres/postmaster.pid").exists());
    let server = installation.start();
    let postgres = postmaster(&installation);
    says(0);
    assert_eq!(postmaster(&installation), postgres);
    assert_eq!(server.get("/", None).0, 200, "the server goes on");
}
