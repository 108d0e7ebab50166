//! The time that the import of a large catalogue takes, and the memory that the server needs for it.
//!
//! `./dev bench import [--rows N]`: the release binary with a private PostgreSQL and durable commits, and real requests. The
//! file has two rows per product: two variants with SKUs and stock, an image, four words and two tags.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let rows = rows_option()?;
    let dir = tempfile::Builder::new().prefix("shophouse-bench-").tempdir_in("/tmp")?;
    // As root, PostgreSQL runs under another account, which must be able to enter the directory.
    std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let server = Server::start(dir.path())?;
    let shop = server.open_shop()?;
    let file = catalogue(rows);
    println!("{rows} rows, {} KiB", file.len() >> 10);
    let cheaper = String::from_utf8(file.clone())?.replace(".99,", ".49,").into_bytes();
    for (what, query, file) in [
        ("dry run", "?dry_run=true", &file),
        ("new", "", &file),
        ("on_conflict=update, unchanged", "?on_conflict=update", &file),
        ("on_conflict=update, all prices", "?on_conflict=update", &cheaper),
        ("skipped", "", &file),
    ] {
        let start = Instant::now();
        let report = shop.import(query, file)?;
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{what}: {seconds:.1} s, {:.0} rows/s; {} created, {} updated, {} unchanged, {} skipped; peak memory so far {}",
            f64::from(rows) / seconds,
            report["created"],
            report["updated"],
            report["unchanged"],
            report["skipped"],
            server.peak_memory(),
        );
    }
    Ok(())
}

fn rows_option() -> Outcome<u32> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--rows") {
        Some(index) => Ok(arguments.get(index + 1).ok_or("--rows needs a number")?.parse()?),
        None => Ok(50_000),
    }
}

fn catalogue(rows: u32) -> Vec<u8> {
    let mut file =
        "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,\
                    Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,\
                    Variant Price,Image Src,Image Position,Image Alt Text,Status\n"
            .to_owned();
    for number in 0..rows.div_ceil(2) {
        let (colour, kind) = (number % 97, number % 31);
        let _ = writeln!(
            file,
            "thing-{number},Thing {number} Colour{colour} Kind{kind},<p>The thing with the number {number}.</p>,Vendor \
             {kind},Kind {kind},\"colour {colour}, kind {kind}\",true,Size,S,S-{number},100,shopify,5,deny,19.99,\
             https://images.example/{number}.jpg,1,Thing {number},active"
        );
        let _ = writeln!(file, "thing-{number},,,,,,,,M,M-{number},120,shopify,7,deny,21.99,,,,");
    }
    file.into_bytes()
}

/// The release binary as a process, in its own directory.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(dir: &Path) -> Outcome<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shophouse"));
        command.current_dir(dir).env_remove("DATABASE_URL").env("SHOPHOUSE_DATA_DIR", dir.join("data"));
        // The clock stops when all is done.
        command.env("SHOPHOUSE_IMPORT_WAIT_ROWS", "1000000000");
        command.env("ROCKET_PORT", "0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(output).lines();
        let address = loop {
            let line = lines.next().ok_or("the server ended before it listened")??;
            if let Some((_, ready)) = line.split_once("is ready at ") {
                break ready.split_whitespace().next().unwrap_or_default().to_owned();
            }
        };
        // Read to the end, so that the server never blocks on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address })
    }

    fn open_shop(&self) -> Outcome<Shop> {
        let agent = Agent::config_builder().timeout_global(Some(Duration::from_mins(10))).build().into();
        let mut shop = Shop { agent, api: format!("{}/api/v1", self.address), token: String::new() };
        let person = json!({ "email": "ada@example.com", "password": "correct horse", "name": "Ada" });
        shop.post("/auth/register", &person)?;
        let login = json!({ "email": "ada@example.com", "password": "correct horse" });
        shop.token = token(&shop.post("/auth/login", &login)?)?;
        shop.post("/shops", &json!({ "name": "Loft", "slug": "loft" }))?;
        shop.token = token(&shop.post("/auth/switch", &json!({ "shop": "loft" }))?)?;
        Ok(shop)
    }

    /// The peak memory of the process, as Linux reports it.
    fn peak_memory(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|peak| peak.trim().trim_end_matches("kB").trim().parse::<u32>().ok());
        kib.map_or_else(|| "unknown here".to_owned(), |kib| format!("{:.0} MiB", f64::from(kib) / 1024.0))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM, so that it also stops its PostgreSQL.
        let pid = i32::try_from(self.child.id()).unwrap_or_default();
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

/// A client that is signed in to a shop.
struct Shop {
    agent: Agent,
    api: String,
    token: String,
}

impl Shop {
    fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let request = self.agent.post(format!("{}{path}", self.api));
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        Ok(request.send_json(body)?.body_mut().read_json()?)
    }

    fn import(&self, query: &str, file: &[u8]) -> Outcome<Value> {
        let request = self.agent.post(format!("{}/products/import{query}", self.api));
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        Ok(request.header("Content-Type", "text/csv").send(file)?.body_mut().read_json()?)
    }
}

fn token(pair: &Value) -> Outcome<String> {
    Ok(pair["access_token"].as_str().ok_or("no token")?.to_owned())
}
