//! The built binary as an operator runs it: a process with its own directory and a private PostgreSQL.

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

use super::database::no_limits;
use super::server::place;
use super::{cluster, log};

/// Only a process that hangs takes so long.
const PATIENCE: Duration = Duration::from_secs(90);

/// The working directory of the process. When the tests run as root, PostgreSQL's account can enter it too. The data
/// directory is `data`.
pub struct Installation(TempDir);

impl Installation {
    /// An empty one.
    pub fn new() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("shophouse-test-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in(place())
            .unwrap();
        Self(dir)
    }

    /// One whose PostgreSQL has been made already, and has no tables yet.
    pub fn with_cluster() -> Self {
        let installation = Self::new();
        cluster::copy_to(&installation.data());
        installation
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// The content of the log files in the data directory.
    pub fn logs(&self) -> String {
        let entries = fs::read_dir(self.data()).into_iter().flatten().map(|entry| entry.unwrap().path());
        let logs = entries.filter(|path| path.extension().is_some_and(|extension| extension == "log"));
        logs.map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    /// The binary without the settings of this environment, except where PostgreSQL is.
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
            .envs(no_limits())
            .envs(settings.iter().copied())
            .stdin(Stdio::null());
        command
    }

    /// Starts the server and waits until it is ready.
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

    /// Starts the server with a limit on PostgreSQL's file size, in blocks of 512 bytes, to simulate a full disk.
    pub fn start_with_file_limit(&self, blocks: u32) -> Running {
        let given = self.command(&[], &[]);
        let mut command = Command::new("sh");
        // Only the soft limit: the tests cannot raise the hard limit again.
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

/// How a process ended, and its output.
pub struct Ended {
    /// None if a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A running process; killed when this is dropped.
pub struct Running {
    child: Child,
    /// The lines of its standard output; closed when the process has ended.
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
                // Also without a receiver: a full pipe would stop the process.
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
            Err(RecvTimeoutError::Timeout) => panic!("it prints nothing and does not end"),
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

    /// A request to a path below the API's base: the status and the JSON.
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
            // First SIGTERM, so that its PostgreSQL ends before the directory is removed; then SIGKILL.
            self.signal(Signal::SIGTERM);
            while let Ok(_line) = self.lines.recv_timeout(PATIENCE) {}
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        // Then all its output has been checked.
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
