//! Everything that is logged while the suite runs: it must have no password, no token and nothing that a client sends.
//!
//! The servers inside this process log to one subscriber, at every level. The standard error of the built binary and the
//! logs of every PostgreSQL are checked too. A forbidden line fails the next test that drops a database, a process or an
//! installation; each test that can log anything has one of these.

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::Mutex;
use std::thread::{self, JoinHandle};

use tracing_subscriber::filter::LevelFilter;

use super::token::SECRET;
use super::world::PASSWORD;

/// The tests put this into requests, to recognise it in logs.
pub const MARKER: &str = "sent-by-a-client";

/// What no log may contain: what the tests send, and the beginnings of access tokens and password hashes.
const NEVER: [&str; 8] =
    [MARKER, PASSWORD, "wrong horse", "hunter2", "@example.com", SECRET, "eyJ", "$pbkdf2"];

/// The number of characters of a refresh token, and of a signature.
const TOKEN: usize = 43;

/// Forbidden lines that were found.
static FOUND: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// Everything that the servers inside this process have logged.
static LOGGED: Mutex<String> = Mutex::new(String::new());

/// Why a line is forbidden; none if it is not.
pub fn offence(line: &str) -> Option<&'static str> {
    let in_token = |char: char| char.is_ascii_alphanumeric() || "-_".contains(char);
    let known = NEVER.into_iter().find(|never| line.contains(never));
    let is_token = line.split(|char| !in_token(char)).any(|word| word.len() == TOKEN);
    known.or(is_token.then_some("something of a token's length"))
}

/// Checks lines that were logged.
pub fn look_at(text: &str) {
    let offences = text.lines().filter_map(|line| Some(format!("{}: {line}", offence(line)?)));
    FOUND.lock().unwrap().extend(offences);
}

/// Fails if a forbidden line was logged. It may be of another test that runs at the same time: the line shows that.
pub fn is_clean() {
    // A test that has failed already reports its own reason, and leaves the lines to the next test.
    if !thread::panicking() {
        let found = std::mem::take(&mut *FOUND.lock().unwrap());
        assert!(found.is_empty(), "the log holds what it must not: {found:#?}");
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

/// Reads and checks what a process prints, on a thread.
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

/// Collects what is logged inside this process from now on. Call it once.
pub(super) fn listen() {
    tracing_subscriber::fmt()
        .with_writer(|| LogWriter)
        .with_ansi(false)
        .with_max_level(LevelFilter::TRACE)
        .init();
}

struct LogWriter;

impl Write for LogWriter {
    /// Called once for each event, with the complete line.
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
