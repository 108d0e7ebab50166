//! The same work on PostgreSQL alone and on Citus, in turn, in one run: first with 100 shops, then with more.
//!
//! `./dev bench citus [--shops N]` starts Citus on one node and on a coordinator with two workers, all on this machine, with durable
//! commits. This program has them as arguments, such as `"Citus, one node=9704"`, starts PostgreSQL alone itself, and measures the
//! release binary on each, with one client.

#[path = "common/mod.rs"]
mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{Outcome, RunningBinary, Server, in_turn, machine, ms, one, option};
use diesel::{Connection, PgConnection};
use serde_json::{Value, json};
use shophouse::database::private::Login;
use shophouse::database::{DatabaseUrl, PoolOptions, PreparedStatements};
use shophouse::tenancy::{FleetOptions, Limits, Logins, Step, Tenancy};

/// The number of shops of the first table, and of the second unless another is asked for.
const SHOPS: [usize; 2] = [100, 1_000];
const READS: usize = 200;
const ORDERS: usize = 100;
const OPENINGS: usize = 20;
const MIGRATIONS: usize = 3;
/// Threads that open shops while nothing is measured.
const BUILDERS: usize = 4;

/// One of the systems that are compared.
struct System {
    name: String,
    /// Those of the web login, the owner and the administrator.
    urls: [String; 3],
    binary: RunningBinary,
    agent: ureq::Agent,
    /// A user's token outside of a shop, and in one.
    tokens: [String; 2],
    product: String,
    variant: String,
    /// Number of shops that it has.
    shops: AtomicUsize,
    /// Number of migrations that were added.
    steps: AtomicUsize,
}

fn main() -> Outcome<()> {
    let server = Server::start()?;
    server.database("alone")?;
    println!("{}", machine(&mut server.connect(Login::Admin, "alone")?)?);
    let alone = [Login::Web, Login::Owner, Login::Admin].map(|login| server.url(login, "alone"));
    let mut systems = vec![System::start(&server, "PostgreSQL alone", alone)?];
    for argument in std::env::args().filter(|argument| argument.contains('=')) {
        let (name, port) = argument.split_once('=').unwrap_or_default();
        let url = |login: &str| format!("postgresql://{login}@127.0.0.1:{port}/shophouse");
        systems.push(System::start(
            &server,
            name,
            [url("shophouse_web"), url("shophouse_owner"), url("postgres")],
        )?);
    }
    let systems: [System; 3] = systems.try_into().map_err(|_| "two systems with Citus are to be given")?;
    for shops in [SHOPS[0], option("--shops")?.unwrap_or(SHOPS[1])] {
        compare(systems.each_ref(), shops)?;
    }
    drop(systems);
    server.stop()
}

fn compare(systems: [&System; 3], shops: usize) -> Outcome<()> {
    for system in systems {
        system.grow_to(shops)?;
    }
    let [alone, one, three] = systems.map(|system| &system.name);
    println!("\n{:<28}{alone:>18}{one:>24}{three:>30}", format!("with {shops} shops"));
    in_turn(20, systems, |system| system.read())?;
    row("read a product", in_turn(READS, systems, |system| system.read())?);
    in_turn(10, systems, |system| system.order())?;
    row("place an order", in_turn(ORDERS, systems, |system| system.order())?);
    row("open a shop", in_turn(OPENINGS, systems, |system| system.open())?);
    row("migrate a shop of a fleet", in_turn(MIGRATIONS, systems, |system| system.migrate())?);
    let [alone, one, three] = [systems[0].catalogue()?, systems[1].catalogue()?, systems[2].catalogue()?];
    println!(
        "{:<28}{:>18}{:>24}{:>30}",
        "catalogue of a server",
        format!("{alone} MB"),
        format!("{one} MB"),
        format!("{three} MB")
    );
    Ok(())
}

/// A line of the table: the medians, and how many times the first each is.
fn row(what: &str, times: [Duration; 3]) {
    let [alone, one, three] = times.map(ms);
    let times = |time: f64| format!("{time:.2} ms (x{:.1})", time / alone);
    println!("{what:<28}{:>18}{:>24}{:>30}", format!("{alone:.2} ms"), times(one), times(three));
}

/// A connection that the product's code does not use.
#[expect(clippy::disallowed_methods, reason = "the server is measured")]
fn connect(url: &str) -> Outcome<PgConnection> {
    Ok(PgConnection::establish(url)?)
}

/// How long something takes.
fn timed(work: impl FnOnce() -> Outcome<Value>) -> Outcome<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn text(value: &Value) -> Outcome<String> {
    Ok(value.as_str().ok_or("no text")?.to_owned())
}

impl System {
    fn start(server: &Server, name: &str, urls: [String; 3]) -> Outcome<Self> {
        let [web, owner, _] = &urls;
        let environment = [("DATABASE_URL", web.as_str()), ("SHOPHOUSE_MIGRATION_URL", owner)];
        let binary = RunningBinary::start(server, "alone", &environment)?;
        let agent = ureq::Agent::new_with_defaults();
        let outside = binary.token(&agent, "ada@example.com")?;
        binary.post(&agent, "/shops", &outside, &json!({ "name": "Bench", "slug": "bench" }))?;
        let switched = binary.post(&agent, "/auth/switch", &outside, &json!({ "shop": "bench" }))?;
        let inside = text(&switched["access_token"])?;
        let hat = json!({ "title": "Hat", "price": { "amount": 5000 }, "stock": 100_000 });
        let product = binary.post(&agent, "/products", &inside, &hat)?;
        let variant = text(&product["variants"][0]["id"])?;
        let product = format!("/products/{}", text(&product["id"])?);
        Ok(Self {
            name: name.to_owned(),
            urls,
            binary,
            agent,
            tokens: [outside, inside],
            product,
            variant,
            shops: AtomicUsize::new(1),
            steps: AtomicUsize::new(0),
        })
    }

    fn read(&self) -> Outcome<Duration> {
        let url = self.binary.url(&self.product);
        let request = self.agent.get(url).header("Authorization", format!("Bearer {}", self.tokens[1]));
        timed(|| Ok(request.call()?.body_mut().read_json()?))
    }

    fn order(&self) -> Outcome<Duration> {
        let order = json!({ "lines": [{ "variant_id": self.variant, "quantity": 1 }] });
        timed(|| self.binary.post(&self.agent, "/orders", &self.tokens[1], &order))
    }

    fn open(&self) -> Outcome<Duration> {
        let slug = format!("shop-{}", self.shops.fetch_add(1, Ordering::Relaxed));
        let shop = json!({ "name": slug, "slug": slug });
        timed(|| self.binary.post(&self.agent, "/shops", &self.tokens[0], &shop))
    }

    fn grow_to(&self, shops: usize) -> Outcome<()> {
        let build = || -> Result<(), String> {
            while self.shops.load(Ordering::Relaxed) < shops {
                self.open().map_err(|error| error.to_string())?;
            }
            Ok(())
        };
        thread::scope(|scope| {
            let builders: Vec<_> = (0..BUILDERS).map(|_| scope.spawn(build)).collect();
            builders.into_iter().try_for_each(|it| it.join().map_err(|_| "panicked")?.map_err(Into::into))
        })
    }

    /// The size of PostgreSQL's catalogue on the server where it is largest.
    fn catalogue(&self) -> Outcome<i64> {
        let size = "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
                    WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'";
        let mut pg = connect(&self.urls[2])?;
        let mut largest: i64 = one(&mut pg, &format!("SELECT ({size})::text"))?.parse()?;
        if one(&mut pg, "SELECT count(*)::text FROM pg_extension WHERE extname = 'citus'")? == "1" {
            let workers = "SELECT coalesce(max(result::bigint), 0)::text FROM run_command_on_workers";
            largest = largest.max(one(&mut pg, &format!("{workers}($sql${size}$sql$)"))?.parse()?);
        }
        Ok(largest / 1_000_000)
    }

    /// The time that one worker needs for a shop, with a typical migration of a release.
    fn migrate(&self) -> Outcome<Duration> {
        // Shops that were opened since the last one.
        self.migrate_to(self.steps.load(Ordering::Relaxed))?;
        self.migrate_to(self.steps.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn migrate_to(&self, steps: usize) -> Outcome<Duration> {
        let mut trees = shophouse::trees()?;
        for number in 0..steps {
            let up = format!(
                "ALTER TABLE products ADD COLUMN added_{number} BIGINT;
                 ALTER TABLE products ALTER COLUMN added_{number} SET DEFAULT 0;
                 UPDATE products SET added_{number} = 0;
                 ALTER TABLE products ALTER COLUMN added_{number} SET NOT NULL"
            );
            trees = trees.with_tenant(Step::new(&format!("9999-01-01-{number:06}_added"), &up, "")?)?;
        }
        let [web, owner, _] = self.urls.each_ref().map(|url| DatabaseUrl::new(url.as_str()));
        let timeout = Duration::from_mins(1);
        let pool = PoolOptions { size: 3, active: None, timeout, patience: timeout };
        let limits = Limits {
            web: pool,
            owner: pool,
            backend_kb: 96 * 1024,
            prepared_statements: PreparedStatements::Auto,
            statement_timeout: timeout,
            lock_timeout: timeout,
            grace: timeout,
        };
        let engine = Tenancy::open(Logins { web, owner }, limits, trees)?;
        let options = FleetOptions { workers: 1, ..FleetOptions::default() };
        let start = Instant::now();
        let report = engine.migrate_fleet(&options, &|| false, &|_| {})?;
        if !report.is_complete() {
            return Err(format!("{report:?}").into());
        }
        Ok(start.elapsed() / u32::try_from(report.migrated.max(1))?)
    }
}
