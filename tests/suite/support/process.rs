//! The built binary as a process of its own, on a test's database.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;

use super::{Database, Login, log, token};

/// A running process; killed, if it is still there, when this goes.
pub struct Process {
    child: Child,
    stderr: Option<JoinHandle<String>>,
    /// Empty when it does not serve.
    address: String,
}

/// The binary with a test's database and nothing of the environment's settings.
fn command(database: &Database) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shophouse"));
    for (name, _) in std::env::vars_os() {
        let ours = ["ROCKET_", "SHOPHOUSE_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix));
        if ours {
            command.env_remove(name);
        }
    }
    command
        .env("DATABASE_URL", database.url(Login::Web))
        .env("SHOPHOUSE_MIGRATION_URL", database.url(Login::Owner))
        .env("SHOPHOUSE_SECRET", token::SECRET)
        .env("SHOPHOUSE_LOCK_TIMEOUT_MS", "600000")
        .env("SHOPHOUSE_STATEMENT_TIMEOUT_MS", "60000")
        .env("SHOPHOUSE_POOL_SIZE", "2")
        .env("ROCKET_PORT", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// `shophouse migrate`, started and not waited for.
pub fn start_migrating(database: &Database) -> Process {
    Process::spawn(command(database).arg("migrate").stdout(Stdio::null()))
}

/// `shophouse migrate`, run to its end.
pub fn migrate(database: &Database) -> Output {
    let output = command(database).arg("migrate").output().unwrap();
    for said in [&output.stdout, &output.stderr] {
        log::look_at(&String::from_utf8_lossy(said));
    }
    output
}

impl Process {
    fn spawn(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stderr = child.stderr.take().map(log::follow);
        Self { child, stderr, address: String::new() }
    }

    /// Starts serving, and returns when requests are answered.
    pub fn serve(database: &Database) -> Self {
        let mut process = Self::spawn(command(database).stdout(Stdio::piped()));
        let mut lines = BufReader::new(process.child.stdout.take().unwrap()).lines();
        let ready = lines.by_ref().map(Result::unwrap).find(|line| line.contains("is ready at"));
        let ready = ready.expect("it ended before it was ready");
        let address = ready.split_whitespace().find(|word| word.starts_with("http://"));
        address.unwrap().clone_into(&mut process.address);
        // Whatever else it says, it must not stand still because nobody listens.
        std::thread::spawn(move || lines.for_each(drop));
        process
    }

    /// Where a path of the API is.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.address, shophouse::http::BASE)
    }

    /// SIGKILL, and the end.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The last of what it said has then been looked at.
        let _ = self.stderr.take().map(JoinHandle::join);
    }
}
