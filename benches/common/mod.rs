//! Shared by the benchmarks: a private PostgreSQL, the binary as a process, and medians of measurements in turn.

#![allow(dead_code, reason = "each benchmark uses some of it")]

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::{Value, json};
use shophouse::database::private::{Login, PrivateOptions, PrivateServer};
use shophouse::database::{DatabaseUrl, PoolOptions, PreparedStatements};
use shophouse::limits::Limit;
use shophouse::tenancy::{Limits, Logins, Tenancy, Trees};

/// The result of a step; any error ends the benchmark.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// A PostgreSQL with its default settings and durable commits, on a disk. Its data is removed when this is dropped.
pub struct Server {
    postgres: PrivateServer,
    dir: tempfile::TempDir,
}

impl Server {
    /// Starts it.
    pub fn start() -> Outcome<Self> {
        let dir = tempfile::Builder::new().prefix("shophouse-bench-").tempdir_in("/tmp")?;
        // As root, PostgreSQL runs under another account, which must be able to enter the directory.
        std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        let postgres = PrivateServer::start(&PrivateOptions {
            data_dir: dir.path().join("data"),
            pg_bin: std::env::var_os("SHOPHOUSE_PG_BIN").map(Into::into),
            unsafe_fast: false,
            max_connections: 60,
        })?;
        Ok(Self { postgres, dir })
    }

    /// Creates a database in the way the private server creates its own.
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

    /// The connection string for libpq.
    pub fn url(&self, login: Login, database: &str) -> String {
        self.postgres.url(login, database)
    }

    /// The path of its log.
    pub fn log(&self) -> std::path::PathBuf {
        self.dir.path().join("data/postgres.log")
    }

    /// A connection that the product's code does not use.
    #[expect(clippy::disallowed_methods, reason = "PostgreSQL alone is measured")]
    pub fn connect(&self, login: Login, database: &str) -> Outcome<PgConnection> {
        Ok(PgConnection::establish(&self.url(login, database))?)
    }

    /// A tenancy engine with these migration trees and long timeouts.
    pub fn engine(&self, database: &str, trees: Trees) -> Outcome<Tenancy> {
        let url = |login| DatabaseUrl::new(self.url(login, database));
        let logins = Logins { web: url(Login::Web), owner: url(Login::Owner) };
        let timeout = Duration::from_mins(1);
        let limits = Limits {
            web: PoolOptions { size: 2, active: None, timeout, patience: timeout },
            owner: PoolOptions { size: 10, active: None, timeout, patience: timeout },
            backend_kb: 96 * 1024,
            prepared_statements: PreparedStatements::Auto,
            statement_timeout: timeout,
            lock_timeout: timeout,
            grace: timeout,
        };
        Ok(Tenancy::open(logins, limits, trees)?)
    }

    /// Stops it.
    pub fn stop(self) -> Outcome<()> {
        Ok(self.postgres.stop()?)
    }
}

/// A running server process of the product.
pub struct RunningBinary {
    child: Child,
    address: String,
    /// The time from its start until it reported that it was ready.
    pub took: Duration,
}

/// The secret with which the binary signs access tokens.
pub const SECRET: &str = "a secret for as long as a benchmark takes";

/// The password of every user.
const PASSWORD: &str = "correct horse battery";

impl RunningBinary {
    /// Starts the binary on a database, without limits, with these additional environment variables.
    pub fn start(server: &Server, database: &str, environment: &[(&str, &str)]) -> Outcome<Self> {
        let limits = Limit::ALL.map(|limit| format!("SHOPHOUSE_LIMIT_{}", limit.name().to_uppercase()));
        let none = limits.iter().map(|limit| (limit.as_str(), "0"));
        Self::start_limited(server, database, &none.chain(environment.iter().copied()).collect::<Vec<_>>())
    }

    /// The same with its limits.
    pub fn start_limited(server: &Server, database: &str, environment: &[(&str, &str)]) -> Outcome<Self> {
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
        let address = address.ok_or("it prints no address")?.to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address, took })
    }

    /// Its URL without a path.
    pub fn origin(&self) -> &str {
        &self.address
    }

    /// Its process id.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The URL of a path of the API.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.address, shophouse::http::BASE)
    }

    /// Posts JSON. The response must be a success.
    pub fn post(&self, agent: &ureq::Agent, path: &str, token: &str, body: &Value) -> Outcome<Value> {
        let request = agent.post(self.url(path)).header("Authorization", format!("Bearer {token}"));
        Ok(request.send_json(body)?.body_mut().read_json()?)
    }

    /// Registers a user and returns an access token.
    pub fn token(&self, agent: &ureq::Agent, email: &str) -> Outcome<String> {
        let person = json!({ "email": email, "password": PASSWORD });
        self.post(agent, "/auth/register", "-", &person)?;
        let pair = self.post(agent, "/auth/login", "-", &person)?;
        Ok(pair["access_token"].as_str().ok_or("no token")?.to_owned())
    }

    /// Its peak memory so far, in megabytes.
    pub fn peak_memory(&self) -> Outcome<f64> {
        peak_memory(&self.child.id().to_string())
    }
}

impl Drop for RunningBinary {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The peak resident memory of a process (`self`, or its id) so far, in megabytes.
pub fn peak_memory(process: &str) -> Outcome<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes / 1024.0)
}

/// A description of the machine.
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

/// The result of a query that returns one value, as text.
pub fn one(pg: &mut PgConnection, query: &str) -> Outcome<String> {
    let query = match query.strip_prefix("SHOW ") {
        Some(setting) => format!("SELECT current_setting('{setting}') AS cell"),
        None => format!("SELECT cell::text AS cell FROM ({query}) AS result (cell)"),
    };
    Ok(diesel::sql_query(query).get_result::<Cell>(pg)?.cell)
}

/// The value that follows an option on the command line.
pub fn option(name: &str) -> Outcome<Option<usize>> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == name) {
        Some(index) => Ok(Some(arguments.get(index + 1).ok_or(format!("{name} needs a number"))?.parse()?)),
        None => Ok(None),
    }
}

/// Measures the alternatives in turn, for several rounds. Returns the median of each.
pub fn in_turn<A, const N: usize>(
    rounds: usize,
    alternatives: [A; N],
    mut measure: impl FnMut(&A) -> Outcome<Duration>,
) -> Outcome<[Duration; N]> {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for (alternative, times) in alternatives.iter().zip(&mut times) {
            times.push(measure(alternative)?);
        }
    }
    Ok(times.map(median))
}

/// The time that statements take.
pub fn timed(pg: &mut PgConnection, sql: &str) -> Outcome<Duration> {
    let start = Instant::now();
    pg.batch_execute(sql)?;
    Ok(start.elapsed())
}

/// The median.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A duration in milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
