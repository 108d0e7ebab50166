//! The cost and benefit of the rules of tenancy: each is compared with what it forbids, on PostgreSQL alone.
//!
//! `./dev bench rules [--shops N]`, a private PostgreSQL with its default settings and durable commits. All
//! figures are medians of measurements in turn. The shops here are small models of shops, so that only the rule in question
//! differs.

use std::error::Error;
use std::time::{Duration, Instant};

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use shophouse::database::private::{Login, PrivateOptions, PrivateServer};

const ROUNDS: usize = 31;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let shops = shops_option()?;
    let dir = tempfile::Builder::new().prefix("shophouse-bench-").tempdir_in("/tmp")?;
    // As root, PostgreSQL runs under another account, which must be able to enter the directory.
    std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let server = PrivateServer::start(&PrivateOptions {
        data_dir: dir.path().join("data"),
        pg_bin: std::env::var_os("SHOPHOUSE_PG_BIN").map(Into::into),
        unsafe_fast: false,
        max_connections: 20,
    })?;
    let bench = Bench { server, shops };
    println!("{shops} shops; medians of {ROUNDS} rounds, in turn\n");
    bench.policies()?;
    bench.entry_check()?;
    bench.foreign_keys()?;
    bench.server.stop()?;
    Ok(())
}

fn shops_option() -> Outcome<usize> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--shops") {
        Some(index) => Ok(arguments.get(index + 1).ok_or("--shops needs a number")?.parse()?),
        None => Ok(1_000),
    }
}

struct Bench {
    server: PrivateServer,
    shops: usize,
}

impl Bench {
    /// A connection to a database of its own, as the superuser.
    fn database(&self, name: &str) -> Outcome<PgConnection> {
        self.connect("postgres")?.batch_execute(&format!("CREATE DATABASE {name}"))?;
        self.connect(name)
    }

    #[expect(clippy::disallowed_methods, reason = "PostgreSQL alone is measured")]
    fn connect(&self, database: &str) -> Outcome<PgConnection> {
        Ok(PgConnection::establish(&self.server.url(Login::Admin, database))?)
    }

    /// The row-level policy as a sub-select (computed once per query), bare (once per row), and no policy.
    fn policies(&self) -> Outcome<()> {
        let mut pg = self.database("policies")?;
        pg.batch_execute(
            "CREATE ROLE bench_reader;
             CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO bench_reader;
             CREATE TABLE shop.none AS SELECT g AS id, 'product ' || g AS title FROM generate_series(1, 100000) g;
             CREATE TABLE shop.once AS TABLE shop.none; CREATE TABLE shop.each AS TABLE shop.none;
             GRANT SELECT ON shop.none, shop.once, shop.each TO bench_reader;
             ALTER TABLE shop.once ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.each ENABLE ROW LEVEL SECURITY;
             CREATE POLICY wall ON shop.once USING ((SELECT current_schema() = 'shop'));
             CREATE POLICY wall ON shop.each USING (current_schema() = 'shop');
             ANALYZE shop.none; ANALYZE shop.once; ANALYZE shop.each;
             SET search_path TO shop; SET ROLE bench_reader; SET max_parallel_workers_per_gather TO 0",
        )?;
        let count = |table: &str| format!("SELECT count(*) FROM {table}");
        let [none, once, each] =
            in_turn([count("none"), count("once"), count("each")], |sql| timed(&mut pg, sql))?;
        println!("count 100,000 rows: no policy {}, sub-select {}, bare {}", ms(none), ms(once), ms(each));
        Ok(())
    }

    /// The entry check in the message that begins the transaction, against a message of its own.
    fn entry_check(&self) -> Outcome<()> {
        let mut pg = self.database("entry_check")?;
        pg.batch_execute(
            "CREATE TABLE members (id INT PRIMARY KEY, role TEXT);
             INSERT INTO members SELECT g, 'owner' FROM generate_series(1, 10000) g;
             CREATE FUNCTION enter(p_id INT) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
                 SET search_path = pg_catalog, pg_temp AS
             $$ BEGIN PERFORM 1 FROM public.members WHERE id = p_id;
                IF NOT FOUND THEN RAISE EXCEPTION 'no'; END IF; END $$;
             CREATE ROLE bench_shop",
        )?;
        let begin = "BEGIN; SET LOCAL search_path TO public, pg_temp; SET LOCAL ROLE bench_shop";
        let enter = "SELECT public.enter(77)";
        let one = vec![format!("{begin}; {enter}"), "SELECT 1".to_owned(), "COMMIT".to_owned()];
        let two = vec![begin.to_owned(), enter.to_owned(), "SELECT 1".to_owned(), "COMMIT".to_owned()];
        let [one, two] = in_turn([one, two], |messages| {
            let start = Instant::now();
            for _ in 0..200 {
                for message in messages {
                    pg.batch_execute(message)?;
                }
            }
            Ok(start.elapsed() / 200)
        })?;
        println!("pinned transaction: entry check in BEGIN's message {}, in its own {}", ms(one), ms(two));
        Ok(())
    }

    /// Opening a shop whose orders refer to its own `people`, against one whose orders refer to `public.users`; and deleting
    /// one user. The connection is new, and so has not loaded the tables' metadata.
    fn foreign_keys(&self) -> Outcome<()> {
        let fleets =
            [Fleet::build(self, "inside", "people")?, Fleet::build(self, "outside", "public.users")?];
        let mut connections = [self.connect(fleets[0].database)?, self.connect(fleets[1].database)?];
        let mut opened = [Vec::new(), Vec::new()];
        for number in self.shops..self.shops + 30 {
            for (fleet, (pg, opened)) in fleets.iter().zip(connections.iter_mut().zip(&mut opened)) {
                opened.push(timed(pg, &fleet.open(number))?);
            }
        }
        for (fleet, (pg, opened)) in fleets.iter().zip(connections.iter_mut().zip(opened)) {
            let deleted = timed(pg, "DELETE FROM public.users WHERE id = 2")?;
            let (users, opened, deleted) = (fleet.users, ms(median(opened)), ms(deleted));
            println!("foreign keys to {users}: opening a shop {opened}, deleting a user {deleted}");
        }
        Ok(())
    }
}

/// A database of shops whose orders all refer to the same kind of table.
struct Fleet {
    database: &'static str,
    users: &'static str,
}

impl Fleet {
    fn build(bench: &Bench, database: &'static str, users: &'static str) -> Outcome<Self> {
        let fleet = Self { database, users };
        let mut pg = bench.database(database)?;
        pg.batch_execute("CREATE TABLE users (id INT PRIMARY KEY); INSERT INTO users VALUES (1), (2)")?;
        for number in 0..bench.shops {
            pg.batch_execute(&fleet.open(number))?;
        }
        Ok(fleet)
    }

    fn open(&self, number: usize) -> String {
        format!(
            "BEGIN; CREATE SCHEMA shop_{number}; SET LOCAL search_path TO shop_{number};
             CREATE TABLE people (id INT PRIMARY KEY);
             CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT REFERENCES {users} (id));
             CREATE INDEX orders_customer ON orders (customer_id); COMMIT",
            users = self.users,
        )
    }
}

/// Measures the alternatives in turn, for several rounds. Returns the median of each.
fn in_turn<A, const N: usize>(
    alternatives: [A; N],
    mut measure: impl FnMut(&A) -> Outcome<Duration>,
) -> Outcome<[Duration; N]> {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (alternative, times) in alternatives.iter().zip(&mut times) {
            times.push(measure(alternative)?);
        }
    }
    Ok(times.map(median))
}

fn timed(pg: &mut PgConnection, sql: &str) -> Outcome<Duration> {
    let start = Instant::now();
    pg.batch_execute(sql)?;
    Ok(start.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
