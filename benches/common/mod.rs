//! What the benchmarks share: a PostgreSQL of their own, the binary as a process, and medians of rounds in turn.

#![allow(dead_code, reason = "each benchmark uses its part")]

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::{Value, json};
use shophouse::database::private::{Login, PrivateOptions, PrivateServer};
use shophouse::database::{DatabaseUrl, PoolOptions};
use shophouse::tenancy::{Limits, Logins, Tenancy, Trees};

/// Whatever goes wrong ends a benchmark.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// A PostgreSQL with its default settings and durable commits, on a disk; it goes with this.
pub struct Server {
    postgres: PrivateServer,
    dir: tempfile::TempDir,
}

impl Server {
    /// Starts it.
    pub fn start() -> Outcome<Self> {
        let dir = tempfile::Builder::new().prefix("shophouse-bench-").tempdir_in("/tmp")?;
        // The server's account must pass it when this runs as root.
        std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        let postgres = PrivateServer::start(&PrivateOptions {
            data_dir: dir.path().join("data"),
            pg_bin: std::env::var_os("SHOPHOUSE_PG_BIN").map(Into::into),
            unsafe_fast: false,
            max_connections: 60,
        })?;
        Ok(Self { postgres, dir })
    }

    /// Makes a database as the private server makes its own.
    pub fn database(&self, name: &str) -> Outcome<()> {
        let mut admin = self.connect(Login::Admin, "postgres")?;
        for statement in [
            format!("CREATE DATABASE {name} OWNER shophouse_owner"),
            format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
            format!("GRANT CONNECT ON DATABASE {name} TO shophouse_owner, shophouse_web"),
        ] {
            admin.batch_execute(&statement)?;
        }
        let rights = "ALTER SCHEMA public OWNER TO shophouse_owner; REVOKE ALL ON SCHEMA public FROM PUBLIC";
        Ok(self.connect(Login::Admin, name)?.batch_execute(rights)?)
    }

    /// How libpq connects.
    pub fn url(&self, login: Login, database: &str) -> String {
        self.postgres.url(login, database)
    }

    /// Where it writes its log.
    pub fn log(&self) -> std::path::PathBuf {
        self.dir.path().join("data/postgres.log")
    }

    /// A connection below all that the product does.
    #[expect(clippy::disallowed_methods, reason = "PostgreSQL alone is measured")]
    pub fn connect(&self, login: Login, database: &str) -> Outcome<PgConnection> {
        Ok(PgConnection::establish(&self.url(login, database))?)
    }

    /// An engine of its own, of a release with these trees, that waits long for everything.
    pub fn engine(&self, database: &str, trees: Trees) -> Outcome<Tenancy> {
        let url = |login| DatabaseUrl::new(self.url(login, database));
        let logins = Logins { web: url(Login::Web), owner: url(Login::Owner) };
        let timeout = Duration::from_mins(1);
        let limits = Limits {
            web: PoolOptions { size: 2, timeout, patience: timeout },
            owner: PoolOptions { size: 10, timeout, patience: timeout },
            shops_a_connection: 200,
            statement_timeout: timeout,
            lock_timeout: timeout,
            grace: timeout,
        };
        Ok(Tenancy::open(logins, limits, trees)?)
    }

    /// Ends it.
    pub fn stop(self) -> Outcome<()> {
        Ok(self.postgres.stop()?)
    }
}

/// The binary, serving.
pub struct Serving {
    child: Child,
    address: String,
    /// From its start until it said that it was ready.
    pub took: Duration,
}

/// What the binary signs access tokens with.
pub const SECRET: &str = "a secret for as long as a benchmark takes";

/// Everybody's.
const PASSWORD: &str = "correct horse battery";

impl Serving {
    /// Starts the binary on a database, with more of the environment.
    pub fn start(server: &Server, database: &str, environment: &[(&str, &str)]) -> Outcome<Self> {
        let start = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_shophouse"))
            .env("DATABASE_URL", server.url(Login::Web, database))
            .env("SHOPHOUSE_MIGRATION_URL", server.url(Login::Owner, database))
            .env("SHOPHOUSE_SECRET", SECRET)
            .env("ROCKET_PORT", "0")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
        let ready = loop {
            let line = lines.next().ok_or("it ended before it was ready")??;
            if line.contains("is ready at") {
                break line;
            }
        };
        let took = start.elapsed();
        let address = ready.split_whitespace().find(|word| word.starts_with("http://"));
        let address = address.ok_or("it says no address")?.to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address, took })
    }

    /// Where it serves: `http://` and an address.
    pub fn origin(&self) -> &str {
        &self.address
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Where a path of the API is.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.address, shophouse::http::BASE)
    }

    /// Posts JSON; the answer must be a success.
    pub fn post(&self, agent: &ureq::Agent, path: &str, token: &str, body: &Value) -> Outcome<Value> {
        let request = agent.post(self.url(path)).header("Authorization", format!("Bearer {token}"));
        Ok(request.send_json(body)?.body_mut().read_json()?)
    }

    /// A new user's access token.
    pub fn token(&self, agent: &ureq::Agent, email: &str) -> Outcome<String> {
        let person = json!({ "email": email, "password": PASSWORD });
        self.post(agent, "/auth/register", "-", &person)?;
        let pair = self.post(agent, "/auth/login", "-", &person)?;
        Ok(pair["access_token"].as_str().ok_or("no token")?.to_owned())
    }

    /// The most memory that it had so far, in megabytes.
    pub fn peak_memory(&self) -> Outcome<f64> {
        peak_memory(&self.child.id().to_string())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The most resident memory that a process (`self`, or its number) had so far, in megabytes.
pub fn peak_memory(process: &str) -> Outcome<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes / 1024.0)
}

/// What all this was measured on.
pub fn machine(pg: &mut PgConnection) -> Outcome<String> {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let model = model.trim_start_matches([' ', '\t', ':']);
    let cores = std::thread::available_parallelism()?;
    Ok(format!("PostgreSQL {}, {cores} cores, {model}", one(pg, "SHOW server_version")?))
}

#[derive(QueryableByName)]
struct Cell {
    #[diesel(sql_type = diesel::sql_types::Text)]
    cell: String,
}

/// The one cell of a query, as text.
pub fn one(pg: &mut PgConnection, query: &str) -> Outcome<String> {
    let query = match query.strip_prefix("SHOW ") {
        Some(setting) => format!("SELECT current_setting('{setting}') AS cell"),
        None => format!("SELECT cell::text AS cell FROM ({query}) AS asked (cell)"),
    };
    Ok(diesel::sql_query(query).get_result::<Cell>(pg)?.cell)
}

/// The value that follows an option on the command line.
pub fn option(name: &str) -> Outcome<Option<usize>> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == name) {
        Some(place) => Ok(Some(arguments.get(place + 1).ok_or(format!("{name} needs a number"))?.parse()?)),
        None => Ok(None),
    }
}

/// Measures each of the ways, one after the other, round by round; the medians.
pub fn in_turn<W, const N: usize>(
    rounds: usize,
    ways: [W; N],
    mut measure: impl FnMut(&W) -> Outcome<Duration>,
) -> Outcome<[Duration; N]> {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for (way, times) in ways.iter().zip(&mut times) {
            times.push(measure(way)?);
        }
    }
    Ok(times.map(median))
}

/// How long statements take.
pub fn timed(pg: &mut PgConnection, sql: &str) -> Outcome<Duration> {
    let start = Instant::now();
    pg.batch_execute(sql)?;
    Ok(start.elapsed())
}

/// The middle one.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// In milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
