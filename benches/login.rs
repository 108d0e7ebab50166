//! What signing in costs other requests: reading a product while nobody signs in, and while 64 clients do.
//!
//! `./dev bench login`: the binary with a private PostgreSQL and its default settings, over TCP. The figures are
//! medians of measurements in turn.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use shophouse::limits::Limit;

const CLIENTS: usize = 64;
const ROUNDS: usize = 5;
/// Requests of a round.
const READS: usize = 200;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let dir = tempfile::Builder::new().prefix("shophouse-bench-").tempdir_in("/tmp")?;
    // As root, PostgreSQL runs under another account, which must be able to enter the directory.
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755))?;
    let server = Server::start(dir.path())?;
    let (product, token) = set_up(&server)?;
    let read = || server.send("GET", &product, Some(&token), None);
    (0..READS).try_for_each(|_| read().map(drop))?;
    let (mut alone, mut loaded) = (vec![], vec![]);
    let logins = AtomicUsize::new(0);
    for _ in 0..ROUNDS {
        alone.extend(timed(&read)?);
        loaded.extend(while_clients_sign_in(&server, &logins, &read)?);
    }
    let (alone, loaded) = (median(alone), median(loaded));
    let ratio = loaded.as_secs_f64() / alone.as_secs_f64();
    println!("GET /products/{{id}}, medians of {ROUNDS} rounds of {READS}, in turn");
    println!("  with nobody signing in:          {:.2} ms", alone.as_secs_f64() * 1e3);
    println!("  with {CLIENTS} clients signing in:     {:.2} ms", loaded.as_secs_f64() * 1e3);
    println!("  ratio, to stay below 3:          {ratio:.2}");
    println!("  sign-ins during the reads:       {} times", logins.load(Ordering::Relaxed));
    Ok(())
}

/// Registers one user per client, and creates a product. Returns the product's path and a token that may read it.
fn set_up(server: &Server) -> Outcome<(String, String)> {
    let token = |pair: &Value| pair["access_token"].as_str().unwrap_or_default().to_owned();
    for client in 0..CLIENTS {
        server.send("POST", "/auth/register", None, Some(&credentials(client)))?;
    }
    let ada = token(&server.send("POST", "/auth/login", None, Some(&credentials(0)))?);
    server.send("POST", "/shops", Some(&ada), Some(&json!({ "name": "Bench", "slug": "bench" })))?;
    let ada = token(&server.send("POST", "/auth/switch", Some(&ada), Some(&json!({ "shop": "bench" })))?);
    let hat = json!({ "title": "Hat", "price": { "amount": 5000 } });
    let product = server.send("POST", "/products", Some(&ada), Some(&hat))?;
    Ok((format!("/products/{}", product["id"].as_str().unwrap_or_default()), ada))
}

fn credentials(client: usize) -> Value {
    json!({ "email": format!("client-{client}@example.com"), "password": "correct horse" })
}

fn while_clients_sign_in(
    server: &Server,
    logins: &AtomicUsize,
    read: &impl Fn() -> Outcome<Value>,
) -> Outcome<Vec<Duration>> {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let done = &done;
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    match server.send("POST", "/auth/login", None, Some(&credentials(client))) {
                        Ok(_) => drop(logins.fetch_add(1, Ordering::Relaxed)),
                        Err(error) => eprintln!("a client could not sign in: {error}"),
                    }
                }
            });
        }
        // By then all clients have begun.
        thread::sleep(Duration::from_secs(1));
        let times = timed(read);
        done.store(true, Ordering::Relaxed);
        times
    })
}

fn timed(read: &impl Fn() -> Outcome<Value>) -> Outcome<Vec<Duration>> {
    let one = |_| {
        let start = Instant::now();
        read().map(|_| start.elapsed())
    };
    (0..READS).map(one).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The binary as a process, which is stopped on drop.
struct Server {
    process: Child,
    address: String,
    agent: ureq::Agent,
}

impl Server {
    fn start(dir: &std::path::Path) -> Outcome<Self> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_shophouse"))
            .current_dir(dir)
            .env_remove("DATABASE_URL")
            .env("SHOPHOUSE_DATA_DIR", dir.join("data"))
            .env("ROCKET_PORT", "0")
            // The server must not close an idle connection that the client is about to use.
            .env("ROCKET_KEEP_ALIVE", "600")
            // All requests come from one address, and many from one user.
            .envs(Limit::ALL.map(|limit| (format!("SHOPHOUSE_LIMIT_{}", limit.name().to_uppercase()), "0")))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let lines = BufReader::new(process.stdout.take().ok_or("no output")?).lines();
        let ready = lines.map_while(Result::ok).find(|line| line.contains("is ready at"));
        let ready = ready.ok_or("it ended before it was ready; run it by hand to see why")?;
        let address = ready.split(' ').find(|word| word.starts_with("http://")).ok_or("no address")?;
        let address = format!("{address}{}", shophouse::http::BASE);
        Ok(Self { process, address, agent: ureq::Agent::new_with_defaults() })
    }

    fn send(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Outcome<Value> {
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.address));
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut response = match body {
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                self.agent.run(request.body(body.to_string())?)?
            }
            None => self.agent.run(request.body(())?)?,
        };
        Ok(response.body_mut().read_json()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let process = i32::try_from(self.process.id()).map(Pid::from_raw);
        let stopped = process.map(|process| kill(process, Signal::SIGTERM));
        if matches!(stopped, Ok(Ok(()))) {
            let _ = self.process.wait();
        }
    }
}
