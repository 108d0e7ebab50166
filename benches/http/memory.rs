//! Memory: of the binary's process, and of a PostgreSQL backend that has served every shop.

use serde_json::{Value, json};
use shophouse::database::private::Login;
use ureq::Agent;

use crate::common::{Outcome, RunningBinary, one};
use crate::requests::RequestKind;
use crate::seed::{DATABASE, FIRST_PRODUCT, FIRST_SHOP, FIRST_VARIANT, ID, Shops};

/// The target for the process, in megabytes.
const PROCESS: f64 = 40.0;
/// The target for the private memory of a backend, in megabytes.
const BACKEND: f64 = 96.0;
/// How often the backend's memory is read while it serves the shops.
const READINGS: usize = 20;

/// The peak memory of the process during all measurements so far.
pub fn process(binary: &RunningBinary) -> Outcome<Value> {
    let peak = binary.peak_memory()?;
    println!("{:<48} {peak:>8.1} MB, to be at most {PROCESS}", "memory of the process, peak");
    Ok(json!({ "row": "process memory", "peak_mb": peak, "target_mb": PROCESS }))
}

/// The rows of the table: after one product of each shop, and after one request of each kind.
pub fn backend_rows(shops: &Shops<'_>) -> Outcome<Vec<Value>> {
    let rows = [("products", &RequestKind::ALL[..1]), ("everything", &RequestKind::ALL)];
    rows.into_iter().map(|(what, kinds)| backend_row(shops, what, kinds)).collect()
}

fn backend_row(shops: &Shops<'_>, what: &str, kinds: &[RequestKind]) -> Outcome<Value> {
    let peak = backend(shops, kinds)?;
    let title = format!("memory of one backend, {what} of {} shops", shops.count());
    println!("{title:<48} {peak:>8.1} MB, to be at most {BACKEND}");
    let row = json!({ "row": "backend memory", "of": what, "shops": shops.count(), "peak_mb": peak, "target_mb": BACKEND });
    Ok(row)
}

/// Sends one request of each kind to each shop through a pool of one connection, and reads the memory of its backend several times,
/// because the binary may replace the connection. Returns the largest memory, in megabytes.
pub fn backend(shops: &Shops<'_>, kinds: &[RequestKind]) -> Outcome<f64> {
    let binary = RunningBinary::start(shops.server, DATABASE, &[("SHOPHOUSE_POOL_SIZE", "1")])?;
    let agent = Agent::new_with_defaults();
    let tokens = shops.tokens(shops.count())?;
    let mut peak: f64 = 0.0;
    for (number, token) in tokens.lines().enumerate() {
        for kind in kinds {
            send(&binary, &agent, *kind, token, number)?;
        }
        if (number + 1).is_multiple_of(shops.count().div_ceil(READINGS)) || number + 1 == shops.count() {
            peak = peak.max(private(shops)?);
        }
    }
    Ok(peak)
}

fn send(binary: &RunningBinary, agent: &Agent, kind: RequestKind, token: &str, shop: usize) -> Outcome<()> {
    let path = match kind {
        RequestKind::Product => format!("/products/{ID}{FIRST_PRODUCT}"),
        RequestKind::List => "/products?limit=20".to_owned(),
        RequestKind::Storefront => {
            format!("/storefront/shop-{}/products/product-{FIRST_PRODUCT}", FIRST_SHOP + shop)
        }
        RequestKind::Order => {
            let line = json!({ "variant_id": format!("{ID}{FIRST_VARIANT}"), "quantity": 1 });
            binary.post(agent, "/orders", token, &json!({ "lines": [line] }))?;
            return Ok(());
        }
    };
    let request = agent.get(binary.url(&path)).header("Authorization", format!("Bearer {token}"));
    request.call()?.body_mut().read_to_string()?;
    Ok(())
}

/// The largest memory of a backend of the web login now, in megabytes: what it alone has, and nothing that it shares.
fn private(shops: &Shops<'_>) -> Outcome<f64> {
    let mut admin = shops.server.connect(Login::Admin, DATABASE)?;
    let query = "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE usename = 'shophouse_web'";
    let mut most: f64 = 0.0;
    for process in one(&mut admin, query)?.split(' ') {
        // The backend may have ended since the query.
        let Ok(maps) = std::fs::read_to_string(format!("/proc/{process}/smaps")) else { continue };
        most = most.max(anonymous_kb(&maps) / 1024.0);
    }
    if most == 0.0 {
        return Err("no backend's memory could be read".into());
    }
    Ok(most)
}

/// The private memory that is of no file, in kilobytes. A page of the shared buffers that only one backend has used counts as private
/// too, but its mapping has a name.
fn anonymous_kb(maps: &str) -> f64 {
    let (mut is_anonymous, mut sum) = (false, 0.0);
    for line in maps.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            // The addresses, the rights, the offset, the device, the number of the file, and its name.
            [range, _, _, _, _] if range.contains('-') => is_anonymous = true,
            [range, _, _, _, _, name, ..] if range.contains('-') => is_anonymous = name == "[heap]",
            ["Private_Dirty:", size, _] if is_anonymous => sum += size.parse().unwrap_or(0.0),
            _ => {}
        }
    }
    sum
}
