//! The built binary as an operator has it: a process with a directory and a private PostgreSQL of its own.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

use super::log;

/// Only a process that hangs meets it.
const PATIENCE: Duration = Duration::from_secs(90);

/// A directory for the process to work in, which also the server's account can pass when the tests run as
/// root. Its data lie in `data`.
pub struct Installation(TempDir);

impl Installation {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("shophouse-test-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in("/tmp")
            .unwrap();
        Self(dir)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// What is written to log files in its data directory.
    pub fn logs(&self) -> String {
        let entries = fs::read_dir(self.data()).into_iter().flatten().map(|entry| entry.unwrap().path());
        let logs = entries.filter(|path| path.extension().is_some_and(|extension| extension == "log"));
        logs.map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    /// The binary with nothing of this environment's settings but where PostgreSQL is.
    fn command(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shophouse"));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            let is_setting = ["SHOPHOUSE_", "ROCKET_", "PG"].iter().any(|prefix| name.starts_with(prefix));
            if (is_setting && name != "SHOPHOUSE_PG_BIN") || name == "DATABASE_URL" {
                command.env_remove(&*name);
            }
        }
        command
            .args(arguments)
            // Rocket.toml is read from the current directory.
            .current_dir(self.path())
            .env("SHOPHOUSE_DATA_DIR", self.data())
            .env("ROCKET_PORT", "0")
            .envs(settings.iter().copied())
            .stdin(Stdio::null());
        command
    }

    /// Starts the server and waits until it says that it is ready.
    pub fn start(&self) -> Running {
        self.start_with(&[])
    }

    /// Starts the server with settings.
    pub fn start_with(&self, settings: &[(&str, &str)]) -> Running {
        Self::ready(self.command(&[], settings))
    }

    fn ready(command: Command) -> Running {
        let mut process = Running::spawn(command);
        while let Some(line) = process.next_line() {
            if let Some(ready) = line.strip_prefix("Shophouse is ready at ") {
                ready.split(' ').next().unwrap().clone_into(&mut process.address);
                return process;
            }
        }
        let Ended { code, stderr, .. } = process.ended();
        panic!("it ended with {code:?} before it was ready: {stderr}");
    }

    /// Starts the server such that no file of its PostgreSQL's can grow beyond so many blocks of 512 bytes, as on a disk
    /// that is full.
    pub fn start_cramped(&self, blocks: u32) -> Running {
        let given = self.command(&[], &[]);
        let mut command = Command::new("sh");
        // Only the soft limit: the tests may not raise the other again.
        let script = format!("ulimit -S -f {blocks} && exec \"$0\"");
        command.args(["-c", &script]).arg(given.get_program()).current_dir(self.path()).stdin(Stdio::null());
        for (name, value) in given.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Self::ready(command)
    }

    /// Runs a command that ends by itself.
    pub fn run(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Ended {
        let mut process = Running::spawn(self.command(arguments, settings));
        let mut stdout = String::new();
        while let Some(line) = process.next_line() {
            assert!(!line.contains("is ready at"), "it started: {line}");
            stdout = format!("{stdout}{line}\n");
        }
        Ended { stdout, ..process.ended() }
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        log::look_at(&self.logs());
        log::is_clean();
    }
}

/// How a process ended, and what it said.
pub struct Ended {
    /// None when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A running process; killed when this goes.
pub struct Running {
    child: Child,
    /// Lines of its standard output, read as they come; closed when the process has ended.
    lines: Receiver<String>,
    stderr: Option<JoinHandle<String>>,
    /// Such as `http://127.0.0.1:40123`.
    pub address: String,
}

impl Running {
    fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Also when nobody listens any more: a full pipe would stop the process.
                let _ = sender.send(line);
            }
        });
        Self { child, lines, stderr: Some(log::follow(stderr)), address: String::new() }
    }

    /// The next line of standard output; none when the process has ended.
    pub fn next_line(&mut self) -> Option<String> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("it neither speaks nor ends"),
        }
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), signal).unwrap();
    }

    /// Waits for its end.
    pub fn ended(mut self) -> Ended {
        let mut stdout = String::new();
        while let Some(line) = self.next_line() {
            stdout = format!("{stdout}{line}\n");
        }
        let code = self.child.wait().unwrap().code();
        let stderr = self.stderr.take().unwrap().join().unwrap();
        Ended { code, stdout, stderr }
    }

    /// Ends it as an operator does.
    pub fn stopped(self) -> Ended {
        self.signal(Signal::SIGTERM);
        self.ended()
    }

    /// A request to a path below the API's base, over a connection of its own: the status and the JSON.
    pub fn get(&self, path: &str, token: Option<&str>) -> (u16, Value) {
        let mut request = agent().get(self.url(path));
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        read(request.call().unwrap())
    }

    /// Sends a body that need not be JSON.
    pub fn post(&self, path: &str, token: Option<&str>, body: &str) -> (u16, Value) {
        let mut request = agent().post(self.url(path)).header("Content-Type", "application/json");
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        read(request.send(body).unwrap())
    }

    /// Deletes what is at a path: the status.
    pub fn delete(&self, path: &str, token: &str) -> u16 {
        let request = agent().delete(self.url(path)).header("Authorization", format!("Bearer {token}"));
        read(request.call().unwrap()).0
    }

    fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.address, shophouse::http::BASE)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Gently, so that its PostgreSQL is gone before its directory goes; then not.
            self.signal(Signal::SIGTERM);
            while let Ok(_line) = self.lines.recv_timeout(PATIENCE) {}
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        // The last of what it said has then been looked at.
        let _ = self.stderr.take().map(JoinHandle::join);
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> (u16, Value) {
    let body = answer.body_mut().read_to_string().unwrap();
    let json = if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() };
    (answer.status().as_u16(), json)
}
