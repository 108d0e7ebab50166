//! Checks everything that is logged while the suite runs: it must not contain a password, a token, or anything else that a
//! client sends.
//!
//! The servers inside this process log to one subscriber, at every level. The standard error of the built binary and the
//! log of every PostgreSQL are checked too. A finding fails the next test that drops a database, a process or an
//! installation; every test that could have logged something has one of these.

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::Mutex;
use std::thread::{self, JoinHandle};

use tracing_subscriber::filter::LevelFilter;

use super::token::SECRET;
use super::world::PASSWORD;

/// Part of what clients send, to find it in the log.
pub const MARKER: &str = "sent-by-a-client";

/// What no log may contain: what the tests send, and the beginnings of access tokens and password hashes.
const NEVER: [&str; 8] =
    [MARKER, PASSWORD, "wrong horse", "hunter2", "@example.com", SECRET, "eyJ", "$pbkdf2"];

/// The length of a refresh token, and of a signature.
const TOKEN: usize = 43;

/// Forbidden lines that were found.
static FOUND: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// What the servers inside this process have logged.
static LOGGED: Mutex<String> = Mutex::new(String::new());

/// Why a line must not be logged.
pub fn violation(line: &str) -> Option<&'static str> {
    let in_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let known = NEVER.into_iter().find(|never| line.contains(never));
    let is_token = line.as_bytes().split(|byte| !in_token(*byte)).any(|word| word.len() == TOKEN);
    known.or(is_token.then_some("something of a token's length"))
}

/// Checks logged lines.
pub fn look_at(text: &str) {
    let violations = text.lines().filter_map(|line| Some(format!("{}: {line}", violation(line)?)));
    FOUND.lock().unwrap().extend(violations);
}

/// Fails if something was logged that should not have been. Another test may have caused it, since tests run in parallel:
/// the line shows which.
pub fn is_clean() {
    // A test that has failed already reports its own reason; the next test reports the lines.
    if !thread::panicking() {
        let found = std::mem::take(&mut *FOUND.lock().unwrap());
        assert!(found.is_empty(), "the log contains what it must not: {found:#?}");
    }
}

/// Whether a server inside this process has logged a line with all of these parts.
pub fn any(parts: &[&str]) -> bool {
    LOGGED.lock().unwrap().lines().any(|line| parts.iter().all(|part| line.contains(part)))
}

/// Whether a server inside this process has logged this text.
pub fn has(text: &str) -> bool {
    LOGGED.lock().unwrap().contains(text)
}

/// Reads and checks the output of a process while it runs.
pub fn follow(stream: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            look_at(&line);
            text.push_str(&line);
            text.push('\n');
        }
        text
    })
}

/// Installs the subscriber for this process. Call it once.
pub(super) fn install() {
    tracing_subscriber::fmt()
        .with_writer(|| Checker)
        .with_ansi(false)
        .with_max_level(LevelFilter::TRACE)
        .init();
}

struct Checker;

impl Write for Checker {
    /// Each call has one complete event.
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        look_at(&text);
        LOGGED.lock().unwrap().push_str(&text);
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
