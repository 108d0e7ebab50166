//! The built binary as a separate process, on a test's database.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};

use serde_json::Value;

use super::database::no_limits;
use super::installation::Ended;
use super::world::text;
use super::{Answer, Database, DisposablePostgres, Login, described, log, token};

/// A running process; killed when this is dropped.
pub struct Process {
    child: Child,
    stderr: Option<JoinHandle<String>>,
    /// Empty when it does not serve.
    address: String,
}

/// The binary with a test's database, without the settings of the environment.
fn command(database: &Database) -> Command {
    command_at(&|login| database.url(login))
}

/// The same with any database.
fn command_at(url: &dyn Fn(Login) -> String) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shophouse"));
    for (name, _) in std::env::vars_os() {
        let is_setting =
            ["ROCKET_", "SHOPHOUSE_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix));
        if is_setting {
            command.env_remove(name);
        }
    }
    command
        .env("DATABASE_URL", url(Login::Web))
        .env("SHOPHOUSE_MIGRATION_URL", url(Login::Owner))
        .env("SHOPHOUSE_SECRET", token::SECRET)
        .env("SHOPHOUSE_LOCK_TIMEOUT_MS", "600000")
        .env("SHOPHOUSE_STATEMENT_TIMEOUT_MS", "60000")
        .env("SHOPHOUSE_POOL_SIZE", "2")
        .env("ROCKET_PORT", "0")
        // For messages: without a mail server they become files.
        .env("SHOPHOUSE_DATA_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/data"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// `shophouse migrate`, started and not waited for.
pub fn start_migrating(database: &Database) -> Process {
    Process::spawn(command(database).arg("migrate").stdout(Stdio::null()))
}

/// A command, started and not waited for.
pub fn start(database: &Database, arguments: &[&str]) -> Process {
    Process::spawn(command(database).args(arguments).stdout(Stdio::null()))
}

/// A command, run to its end.
pub fn run(database: &Database, arguments: &[&str]) -> Ended {
    run_with(database, arguments, "")
}

/// A command that is to find the server at this port, run to its end.
pub fn run_at_port(database: &Database, port: &str, arguments: &[&str]) -> Ended {
    let output = command(database).env("ROCKET_PORT", port).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A command with settings, run to its end.
pub fn run_set(database: &Database, settings: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let output = command(database).envs(settings.iter().copied()).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A command, run to its end with something on its standard input.
pub fn run_with(database: &Database, arguments: &[&str], input: &str) -> Ended {
    let mut command = command(database);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may have ended without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// What a command that must succeed prints.
#[track_caller]
pub fn done(database: &Database, arguments: &[&str]) -> String {
    let Ended { code, stdout, stderr } = run(database, arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {stderr}");
    stdout
}

/// The standard error of a command that must fail with this code, and must print nothing else.
#[track_caller]
pub fn refused(database: &Database, arguments: &[&str], code: i32) -> String {
    let ended = run(database, arguments);
    assert_eq!(ended.code, Some(code), "{arguments:?}: {}", ended.stderr);
    assert_eq!(ended.stdout, "", "{arguments:?}");
    ended.stderr
}

/// A server that must not start; if it does, it is killed.
pub fn refused_to_serve(database: &Database, settings: &[(&str, &str)]) -> Ended {
    let mut command = command(database);
    let mut child = command.envs(settings.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        stdout = format!("{stdout}{}\n", line.unwrap());
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    log::look_at(&stderr);
    Ended { code: output.status.code(), stdout, stderr }
}

/// How a command with binary output ended.
pub struct Piped {
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

/// A command with something on its standard input, run to its end.
pub fn pipe(database: &Database, arguments: &[&str], input: &[u8]) -> Piped {
    let mut command = command(database);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = thread::scope(|scope| {
        // A command that refuses early does not read all of it.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    });
    let stderr = String::from_utf8(output.stderr).unwrap();
    Piped { code: output.status.code(), stdout: output.stdout, stderr }
}

/// A command that reads a file, started and not waited for.
pub fn start_with(database: &Database, arguments: &[&str], file: File) -> Process {
    Process::spawn(command(database).args(arguments).stdin(file).stdout(Stdio::null()))
}

/// A command that writes to a file: its exit code and its messages.
pub fn into(database: &Database, arguments: &[&str], file: File) -> (Option<i32>, String) {
    let mut command = command(database);
    let output = command.args(arguments).stdout(file).stderr(Stdio::piped()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

impl Process {
    fn spawn(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stderr = child.stderr.take().map(log::follow);
        Self { child, stderr, address: String::new() }
    }

    /// Starts serving, and returns when the server is ready.
    pub fn serve(database: &Database) -> Self {
        Self::serve_with(database, &[])
    }

    /// The same with settings.
    pub fn serve_with(database: &Database, settings: &[(&str, &str)]) -> Self {
        Self::serve_at(&|login| database.url(login), settings)
    }

    /// The same on a server of the test's own.
    pub fn serve_on(postgres: &DisposablePostgres, settings: &[(&str, &str)]) -> Self {
        Self::serve_at(&|login| postgres.url(login), settings)
    }

    /// The same with any database. Without limits, unless a setting gives one: tests send many requests as one user.
    pub fn serve_at(url: &dyn Fn(Login) -> String, settings: &[(&str, &str)]) -> Self {
        Self::ready(command_at(url).envs(no_limits()).envs(settings.iter().copied()))
    }

    fn ready(command: &mut Command) -> Self {
        let mut process = Self::spawn(command.stdout(Stdio::piped()));
        let mut lines = BufReader::new(process.child.stdout.take().unwrap()).lines();
        let ready = lines.by_ref().map(Result::unwrap).find(|line| line.contains("is ready at"));
        let ready = ready.expect("it ended before it was ready");
        let address = ready.split_whitespace().find(|word| word.starts_with("http://"));
        address.unwrap().clone_into(&mut process.address);
        // Read the rest too: a full pipe would stop the process.
        thread::spawn(move || lines.for_each(drop));
        process
    }

    /// A request to a path below the API's base, with headers and, unless it is null, a body.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = request.header("Content-Type", "application/json").body(body).unwrap();
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.run(request).unwrap();
        let status = answer.status().as_u16();
        let headers = answer.headers().iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let body = answer.body_mut().read_to_string().unwrap();
        let request = format!("{method} {}{path}", shophouse::http::BASE);
        described::check(&request, status, &body);
        Answer { request, status, headers, body }
    }

    /// Whether it says that it is ready, or the code of the problem.
    pub fn readiness(&self) -> Result<(), String> {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(self.at("/health/ready")).call().unwrap();
        let body = answer.body_mut().read_to_string().unwrap();
        described::check("GET /health/ready", answer.status().as_u16(), &body);
        let json: Value = serde_json::from_str(&body).unwrap();
        if answer.status() == 200 { Ok(()) } else { Err(text(&json["code"])) }
    }

    /// The URL of a path below the API's base.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.address, shophouse::http::BASE)
    }

    /// Stops it as an operator does. Returns its log.
    pub fn stopped(mut self) -> String {
        self.terminate();
        self.child.wait().unwrap();
        self.stderr.take().unwrap().join().unwrap()
    }

    /// Its address, such as `http://127.0.0.1:40123`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The URL of a path of the server.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM, as an operator does.
    pub fn terminate(&self) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
    }

    /// Stops it as an operator does. Returns its exit status.
    pub fn stop(self) -> ExitStatus {
        self.terminate();
        self.ended()
    }

    /// How it has ended, if it has.
    pub fn end(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits until it ends.
    pub fn ended(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Sends SIGKILL, and waits until it ends.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Then all its output has been checked.
        let _ = self.stderr.take().map(JoinHandle::join);
    }
}
