//! What is logged while the suite runs, all of it: no password, no token and nothing that a client sends may
//! be there.
//!
//! The servers inside this process log through one subscriber, at every level; what the built binary writes
//! to standard error and what every PostgreSQL writes to its log comes here too. What is found fails the next test that ends
//! with a database, a process or an installation, as each test does that could have logged anything.

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::Mutex;
use std::thread::{self, JoinHandle};

use tracing_subscriber::filter::LevelFilter;

use super::token::SECRET;
use super::world::PASSWORD;

/// Stands in what clients send, to be known again.
pub const MARKER: &str = "sent-by-a-client";

/// What no log may hold: what the tests send, and how access tokens and hashes of passwords begin.
const NEVER: [&str; 8] =
    [MARKER, PASSWORD, "wrong horse", "hunter2", "@example.com", SECRET, "eyJ", "$pbkdf2"];

/// Characters of a refresh token, and of a signature.
const TOKEN: usize = 43;

/// Lines that should not have been logged.
static FOUND: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// What the servers inside this process have logged.
static LOGGED: Mutex<String> = Mutex::new(String::new());

/// Why a line must not be logged.
pub fn violation(line: &str) -> Option<&'static str> {
    let in_token = |char: char| char.is_ascii_alphanumeric() || "-_".contains(char);
    let known = NEVER.into_iter().find(|never| line.contains(never));
    let is_token = line.split(|char| !in_token(char)).any(|word| word.len() == TOKEN);
    known.or(is_token.then_some("something of a token's length"))
}

/// Looks at lines that were logged.
pub fn look_at(text: &str) {
    let violations = text.lines().filter_map(|line| Some(format!("{}: {line}", violation(line)?)));
    FOUND.lock().unwrap().extend(violations);
}

/// Fails the test that ends here when something was logged that should not have been. Which test it was
/// shows in the line: others run at the same time.
pub fn is_clean() {
    // A test that has failed already shall say why itself, and leaves the lines to the next.
    if !thread::panicking() {
        let found = std::mem::take(&mut *FOUND.lock().unwrap());
        assert!(found.is_empty(), "the log holds what it must not: {found:#?}");
    }
}

/// Whether a server inside this process has logged a line with all of these.
pub fn any(parts: &[&str]) -> bool {
    LOGGED.lock().unwrap().lines().any(|line| parts.iter().all(|part| line.contains(part)))
}

/// Whether a server inside this process has logged something.
pub fn has(text: &str) -> bool {
    LOGGED.lock().unwrap().contains(text)
}

/// Reads what a process prints as it comes, and looks at it.
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

/// Listens, from now on, to what is logged inside this process. To be called once.
pub(super) fn install() {
    tracing_subscriber::fmt().with_writer(|| Checker).with_ansi(false).with_max_level(LevelFilter::TRACE).init();
}

struct Checker;

impl Write for Checker {
    /// An event comes whole, as the product would write it.
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
