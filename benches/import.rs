//! The time that the import and the export of a large catalogue take, the memory that the server needs, and what another shop
//! notices of it.
//!
//! `./dev bench import [--rows N]`: the release binary, a PostgreSQL with durable commits, and real requests. The file is
//! as large as that of a real shop with as many rows: of a product it has five variants with SKUs and stock, three images, 2.5 KB of
//! text, four words and two tags. `COPY` of the rows that the import wrote, into
//! the same tables of an empty shop, is the limit of what PostgreSQL can do: it also checks the foreign keys and writes the indexes.

#[path = "common/mod.rs"]
mod common;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::{Outcome, RunningBinary, Server, machine, ms, one, option};
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use serde_json::{Value, json};
use shophouse::database::private::Login;
use ureq::Agent;

const DATABASE: &str = "import";
/// What an import fills, in the order of the foreign keys.
const TABLES: [&str; 6] =
    ["products", "variants", "images", "product_words", "product_tags", "stock_movements"];
/// The time from one request of the other shop to the next.
const PACE: Duration = Duration::from_millis(50);

fn main() -> Outcome<()> {
    let rows = u32::try_from(option("--rows")?.unwrap_or(50_000))?;
    let server = Server::start()?;
    server.database(DATABASE)?;
    let mut admin = server.connect(Login::Admin, DATABASE)?;
    println!("{}", machine(&mut admin)?);
    // The clock stops when all is done.
    let binary = RunningBinary::start(&server, DATABASE, &[("SHOPHOUSE_IMPORT_WAIT_ROWS", "1000000000")])?;
    let agent = Agent::config_builder().timeout_global(Some(Duration::from_mins(10))).build().into();
    let user = User { token: binary.token(&agent, "ada@example.com")?, agent, binary: &binary };
    let open = |slug| user.opens(slug);
    let (shop, empty, busy, other) = (open("loft")?, open("empty")?, open("busy")?, open("annex")?);
    let file = catalogue(rows);
    let cheaper = String::from_utf8(file.clone())?.replace(".99,", ".49,").into_bytes();
    other.import("", &catalogue(200))?;
    println!("{rows} rows, {} KiB\n\n{:28}{:>9}{:>9}", file.len() >> 10, "", "seconds", "rows/s");
    let row = |what: &str, work: &dyn Fn() -> Outcome<()>| -> Outcome<()> {
        let start = Instant::now();
        work()?;
        let seconds = start.elapsed().as_secs_f64();
        println!("{what:28}{seconds:>9.1}{:>9.0}", f64::from(rows) / seconds);
        Ok(())
    };
    row("dry run", &|| shop.import("?dry_run=true", &file))?;
    row("new products", &|| shop.import("", &file))?;
    row("update, nothing changes", &|| shop.import("?on_conflict=update", &file))?;
    row("update, all prices change", &|| shop.import("?on_conflict=update", &cheaper))?;
    row("skipped", &|| shop.import("", &file))?;
    row("export", &|| shop.export())?;
    let (schema, empty) = (shop.schema(&mut admin)?, empty.schema(&mut admin)?);
    let copies = Copies::take(&server, &mut admin, &schema)?;
    row("COPY of the same rows", &|| copies.put(&mut server.connect(Login::Admin, DATABASE)?, &empty))?;
    let alone = beside(&other, || {
        std::thread::sleep(Duration::from_secs(5));
        Ok(())
    })?;
    println!("\nlists of another shop, every {} ms: {alone}", PACE.as_millis());
    let start = Instant::now();
    let meanwhile = beside(&other, || busy.import("", &file))?;
    let rate = f64::from(rows) / start.elapsed().as_secs_f64();
    println!("the same while new products are imported, {rate:.0} rows/s: {meanwhile}");
    println!("\npeak memory of the process: {:.0} MB", binary.peak_memory()?);
    drop(user);
    drop(binary);
    server.stop()
}

/// The median and the 99th percentile of the time that the reads of another shop take beside some work.
fn beside(other: &Shop<'_>, work: impl FnOnce() -> Outcome<()>) -> Outcome<String> {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| other.reads(&is_over).map_err(|error| error.to_string()));
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        let mut times = reading.join().map_err(|_| "the reader panicked")??;
        done?;
        times.sort_unstable();
        let at = |part: usize| times.get(times.len() * part / 100).copied().map(ms).unwrap_or_default();
        Ok(format!("p50 {:.1} ms, p99 {:.1} ms", at(50), at(99)))
    })
}

/// The rows that an import wrote, in files.
struct Copies(PathBuf);

impl Copies {
    fn take(server: &Server, admin: &mut PgConnection, schema: &str) -> Outcome<Self> {
        // PostgreSQL writes it, which may run under another account.
        let folder = server.log().with_file_name("postgres").join("copies");
        admin.batch_execute(&format!(
            "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null && mkdir {}'",
            folder.display()
        ))?;
        for table in TABLES {
            admin.batch_execute(&format!("COPY {schema}.{table} TO '{}/{table}'", folder.display()))?;
        }
        Ok(Self(folder))
    }

    fn put(&self, admin: &mut PgConnection, schema: &str) -> Outcome<()> {
        let copy = |table| format!("COPY {schema}.{table} FROM '{}/{table}'; ", self.0.display());
        Ok(admin.batch_execute(&format!("BEGIN; {} COMMIT", TABLES.map(copy).concat()))?)
    }
}

/// A client that is signed in.
struct User<'a> {
    binary: &'a RunningBinary,
    agent: Agent,
    token: String,
}

/// A client that is signed in to a shop.
struct Shop<'a> {
    binary: &'a RunningBinary,
    agent: Agent,
    slug: &'static str,
    token: String,
}

impl<'a> User<'a> {
    fn opens(&self, slug: &'static str) -> Outcome<Shop<'a>> {
        let post = |path: &str, body: &Value| self.binary.post(&self.agent, path, &self.token, body);
        post("/shops", &json!({ "name": slug, "slug": slug }))?;
        let pair = post("/auth/switch", &json!({ "shop": slug }))?;
        let token = pair["access_token"].as_str().ok_or("no token")?.to_owned();
        Ok(Shop { binary: self.binary, agent: self.agent.clone(), slug, token })
    }
}

impl Shop<'_> {
    fn import(&self, query: &str, file: &[u8]) -> Outcome<()> {
        let request = self.agent.post(self.binary.url(&format!("/products/import{query}")));
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        let mut answer = request.header("Content-Type", "text/csv").send(file)?;
        let report: Value = answer.body_mut().read_json()?;
        if report["failed"] == 0 { Ok(()) } else { Err(format!("products failed: {report}").into()) }
    }

    fn schema(&self, admin: &mut PgConnection) -> Outcome<String> {
        let id = format!("SELECT replace(id::text, '-', '') FROM shops WHERE slug = '{}'", self.slug);
        Ok(format!("shop_{}", one(admin, &id)?))
    }

    fn export(&self) -> Outcome<()> {
        self.get("/products/export")
    }

    fn get(&self, path: &str) -> Outcome<()> {
        let request = self.agent.get(self.binary.url(path));
        let mut answer = request.header("Authorization", format!("Bearer {}", self.token)).call()?;
        std::io::copy(&mut answer.body_mut().as_reader(), &mut std::io::sink())?;
        Ok(())
    }

    /// Lists products at a steady pace, and returns the time that each request took from when it was due.
    fn reads(&self, is_over: &AtomicBool) -> Outcome<Vec<Duration>> {
        let (start, mut times) = (Instant::now(), Vec::new());
        while !is_over.load(Ordering::Relaxed) {
            let due = start + PACE * u32::try_from(times.len())?;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            self.get("/products?limit=20")?;
            times.push(due.elapsed());
        }
        Ok(times)
    }
}

/// The rows of a product, each a variant.
const VARIANTS: u32 = 5;
/// Its images.
const IMAGES: u32 = 3;
/// The length of its description, in sentences.
const SENTENCES: usize = 60;

/// As Shopify exports it.
fn catalogue(rows: u32) -> Vec<u8> {
    let mut file =
        "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,\
                    Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,\
                    Variant Price,Image Src,Image Position,Image Alt Text,Status\n"
            .to_owned();
    let body = "This is what the makers say of the thing. ".repeat(SENTENCES);
    for row in 0..rows {
        let (number, index) = (row / VARIANTS, row % VARIANTS);
        let (colour, kind) = (number % 97, number % 31);
        let lead = match index {
            0 => format!(
                "Thing {number} Colour{colour} Kind{kind},<p>{body}</p>,Vendor {kind},Kind {kind},\"colour {colour}, kind {kind}\",true,Size"
            ),
            _ => ",,,,,,".to_owned(),
        };
        let image = match index {
            index if index < IMAGES => {
                format!("https://images.example/{number}-{index}.jpg,{},Thing {number}", index + 1)
            }
            _ => ",,".to_owned(),
        };
        let status = if index == 0 { "active" } else { "" };
        let _ = writeln!(
            file,
            "thing-{number},{lead},{index},S-{number}-{index},100,shopify,5,deny,{}.99,{image},{status}",
            19 + index
        );
    }
    file.into_bytes()
}
