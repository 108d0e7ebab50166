//! The second wall: whatever the clients of one shop do, all others are served.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::connection::Connection;
use crate::support::process::{self, Process};
use crate::support::world::{PASSWORD, text};
use crate::support::{Answer, Database, Login, Sql, waiting};

const EXPORT: &str = "/api/v1/products/export";
const IMPORT: &str = "/api/v1/products/import";

/// An owner and their shop, over real connections.
pub struct Owner<'p> {
    process: &'p Process,
    pub bearer: String,
    pub shop: String,
}

impl<'p> Owner<'p> {
    /// Registers, and opens a shop of the same name.
    pub fn opens(process: &'p Process, name: &str) -> Self {
        let nobody = Self { process, bearer: String::new(), shop: String::new() };
        let credentials = json!({ "email": format!("{name}@example.com"), "password": PASSWORD });
        nobody.ask("POST", "/auth/register", &credentials).expect(201);
        let pair = nobody.ask("POST", "/auth/login", &credentials).expect(200);
        let user = Self { bearer: format!("Bearer {}", text(&pair["access_token"])), ..nobody };
        user.opens_another(name)
    }

    /// Whoever has this token for this shop.
    pub fn of(process: &'p Process, bearer: String, shop: String) -> Self {
        Self { process, bearer, shop }
    }

    /// Another shop of the same user.
    fn opens_another(&self, name: &str) -> Self {
        let shop =
            text(&self.ask("POST", "/shops", &json!({ "name": name, "slug": name })).expect(201)["id"]);
        let access = self.ask("POST", "/auth/switch", &json!({ "shop": shop })).expect(200);
        Self { process: self.process, bearer: format!("Bearer {}", text(&access["access_token"])), shop }
    }

    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let headers = [("Authorization", &*self.bearer)];
        self.process.ask(method, path, if self.bearer.is_empty() { &[] } else { &headers }, body)
    }

    /// Sells one product. Returns its variant.
    pub fn sells(&self) -> String {
        let product = json!({ "title": "Mug", "price": { "amount": 900 }, "stock": 1000 });
        text(&self.ask("POST", "/products", &product).expect(201)["variants"][0]["id"])
    }

    /// Products of which an export does not fit into the buffers between server and client.
    fn has_a_large_catalogue(&self) {
        let description = "x".repeat(400_000);
        for number in 0..20 {
            let product = json!({ "title": format!("P{number}"), "description": description, "price": { "amount": 1 } });
            self.ask("POST", "/products", &product).expect(201);
        }
    }

    /// Sends the head of a request on a connection of its own.
    pub fn begins(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Connection {
        let mut connection = Connection::to(self.process.address());
        let bearer = [("Authorization", &*self.bearer)];
        let bearer = if self.bearer.is_empty() { &[][..] } else { &bearer };
        connection.begin(method, path, &[headers, bearer].concat());
        connection
    }

    pub fn schema(&self) -> String {
        format!("shop_{}", self.shop.replace('-', ""))
    }

    /// Everything that an honest shop does is answered.
    #[track_caller]
    pub fn works(&self, variant: &str) {
        self.process.readiness().unwrap();
        self.ask("GET", "/products?limit=1", &Value::Null).expect(200);
        let order = json!({ "lines": [{ "variant_id": variant, "quantity": 1 }] });
        self.ask("POST", "/orders", &order).expect(201);
        let email = text(&self.ask("GET", "/me", &Value::Null).expect(200)["email"]);
        let nobody = Self { process: self.process, bearer: String::new(), shop: String::new() };
        nobody.ask("POST", "/auth/login", &json!({ "email": email, "password": PASSWORD })).expect(200);
    }
}

/// The server's connections that are in a transaction and wait for the server.
fn waiting_for_the_server(sql: &mut Sql) -> Vec<String> {
    sql.column(
        "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in %'",
    )
}

#[test]
fn clients_that_download_slowly_keep_nobody_from_anything() {
    let database = Database::new();
    let process = Process::serve(&database);
    let ada = Owner::opens(&process, "ada");
    let variant = ada.sells();
    let eve = Owner::opens(&process, "eve");
    let other = eve.opens_another("eve-too");
    eve.has_a_large_catalogue();
    other.has_a_large_catalogue();
    let begin = |owner: &Owner<'_>| {
        let mut download = owner.begins("GET", EXPORT, &[]);
        assert_eq!(download.status(), Some(200));
        download
    };
    let mut downloads: Vec<_> = [&eve, &other, &eve, &other].map(begin).into();
    ada.works(&variant);
    assert!(waiting_for_the_server(&mut database.connect(Login::Admin)).is_empty());
    let refused = eve.ask("GET", "/products/export", &Value::Null);
    refused.expect_problem(429, "too_many_transfers");
    assert!(refused.header("Retry-After").is_some(), "{refused}");
    let length = downloads.pop().unwrap().rest_of_answer().len();
    assert!(length > 8_000_000, "{length}: what was taken slowly is whole");
    waiting::until("a place to be free", || {
        (other.ask("GET", "/products/export", &Value::Null).status == 200).then_some(())
    });
}

/// How many unnamed files the server has open.
fn spool_files(process: &Process) -> usize {
    let files = fs::read_dir(format!("/proc/{}/fd", process.id())).unwrap();
    let targets = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    targets.filter(|target| target.to_string_lossy().ends_with("(deleted)")).count()
}

#[test]
fn nothing_of_a_file_is_kept_before_it_is_known_who_sends_it() {
    let database = Database::new();
    let process = Process::serve_with(&database, &[("SHOPHOUSE_BODY_PAUSE_MS", "5000")]);
    let ada = Owner::opens(&process, "ada");
    let headers = [("Content-Type", "text/csv"), ("Content-Length", "60000000")];
    let key = json!({ "name": "Script", "shop": ada.shop, "role": "staff" });
    let key = text(&ada.ask("POST", "/me/keys", &key).expect(201)["key"]);
    let mut invented = key.clone();
    let last = invented.pop().unwrap();
    invented.push(if last == 'A' { 'B' } else { 'A' });
    let stranger = |bearer: String| Owner { process: &process, bearer, shop: ada.shop.clone() };
    let sends = |owner: &Owner<'_>| {
        let mut upload = owner.begins("POST", IMPORT, &headers);
        upload.send(&vec![b'x'; 300_000]);
        upload
    };
    let mut refused = [String::new(), format!("Bearer {invented}"), "Bearer x.y.z".to_owned()]
        .map(|it| sends(&stranger(it)));
    let mut taken = sends(&stranger(format!("Bearer {key}")));
    waiting::until("the file of who may send it", || (spool_files(&process) == 1).then_some(()));
    for (upload, code) in refused.iter_mut().zip(["unauthenticated", "invalid_token", "invalid_token"]) {
        upload.answer(&format!("POST {IMPORT}")).expect_problem(401, code);
    }
    taken.answer(&format!("POST {IMPORT}")).expect_problem(408, "body_timeout");
    waiting::until("the file to be gone", || (spool_files(&process) == 0).then_some(()));
}

#[test]
fn of_large_bodies_that_nobody_wants_the_server_reads_few_at_a_time() {
    let database = Database::new();
    let process = Process::serve(&database);
    let headers = [("Content-Type", "text/csv"), ("Content-Length", "60000000")];
    let mut uploads: Vec<_> = (0..24)
        .map(|_| {
            let mut upload = Connection::to(process.address());
            upload.begin("POST", IMPORT, &headers);
            // Enough for four minutes at the least rate.
            upload.tries_to_send(&vec![b'x'; 1 << 20]);
            upload
        })
        .collect();
    let mut answered = || uploads.iter_mut().filter_map(|upload| upload.has_answered().then_some(())).count();
    waiting::until("those beyond sixteen to be answered", || (answered() >= 8).then_some(()));
    assert_eq!(answered(), 8, "the others are read on");
}

#[test]
fn a_body_that_comes_drop_by_drop_ends() {
    let database = Database::new();
    let process = Process::serve_with(&database, &[("SHOPHOUSE_BODY_PAUSE_MS", "300")]);
    let ada = Owner::opens(&process, "ada");
    let headers = [("Content-Type", "text/csv"), ("Content-Length", "60000000")];
    let mut upload = ada.begins("POST", IMPORT, &headers);
    let mut drops = 0;
    // Never a pause, and never at the least rate.
    waiting::until("the server to end it", || {
        drops += 1;
        upload.tries_to_send(b"x");
        upload.has_answered().then_some(())
    });
    upload.answer(&format!("POST {IMPORT}")).expect_problem(408, "body_timeout");
    assert!(drops > 1);
}

#[test]
fn one_user_has_only_so_many_uploads_at_a_time() {
    let database = Database::new();
    let process = Process::serve_with(&database, &[("SHOPHOUSE_TRANSFERS_SHARE", "2")]);
    let ada = Owner::opens(&process, "ada");
    let shops = [ada.opens_another("one"), ada.opens_another("two"), ada.opens_another("three")];
    let headers = [("Content-Type", "text/csv"), ("Content-Length", "1000")];
    let mut uploads = vec![];
    for (number, shop) in shops.iter().take(2).enumerate() {
        let mut upload = shop.begins("POST", IMPORT, &headers);
        upload.send(&[b' '; 600]);
        uploads.push(upload);
        waiting::until("the upload to begin", || (spool_files(&process) == number + 1).then_some(()));
    }
    let mut third = shops[2].begins("POST", IMPORT, &headers);
    third.send(&[b' '; 1000]);
    third.answer(&format!("POST {IMPORT}")).expect_problem(429, "too_many_transfers");
    let bob = Owner::opens(&process, "bob");
    let mut other = bob.begins("POST", IMPORT, &headers);
    other.send(&[b' '; 1000]);
    other.answer(&format!("POST {IMPORT}")).expect_problem(422, "import_failed");
}

#[test]
fn a_refusal_is_kept_back() {
    let database = Database::new();
    let delay = ("SHOPHOUSE_REFUSAL_DELAY_MS", "300");
    let process = Process::serve_with(&database, &[("SHOPHOUSE_LIMIT_USER_REQUESTS_PER_MINUTE", "2"), delay]);
    let ada = Owner::opens(&process, "ada");
    let sent = Instant::now();
    let mut refused =
        (0..3).map(|_| ada.ask("GET", "/me", &json!(null))).filter(|answer| answer.status == 429);
    refused.next().unwrap().expect_problem(429, "rate_limited");
    assert!(sent.elapsed() >= Duration::from_millis(300), "{:?}", sent.elapsed());
}

#[test]
fn a_shop_whose_requests_all_wait_leaves_connections_to_others() {
    let database = Database::new();
    let process = Process::serve_with(&database, &[("SHOPHOUSE_POOL_SIZE", "4")]);
    let (ada, eve) = (Owner::opens(&process, "ada"), Owner::opens(&process, "eve"));
    let variant = ada.sells();
    eve.sells();
    let mut holder = database.connect(Login::Admin);
    holder.run(format!("BEGIN; LOCK TABLE {}.products", eve.schema()));
    // One is held for long before the others come.
    let mut stuck = vec![eve.begins("GET", "/api/v1/products", &[])];
    waiting::blocked_for_long(&mut database.connect(Login::Admin));
    stuck.extend((0..50).map(|_| eve.begins("GET", "/api/v1/products", &[])));
    waiting::all_blocked(&mut database.connect(Login::Admin), 2);
    ada.works(&variant);
    let mut bulk: Vec<_> = (0..3).map(|_| eve.begins("GET", EXPORT, &[])).collect();
    ada.works(&variant);
    holder.run("COMMIT");
    for request in &mut stuck {
        assert_eq!(request.status(), Some(200));
    }
    for download in &mut bulk {
        assert_eq!(download.status(), Some(200));
    }
}

#[test]
fn shops_that_wait_for_locks_take_no_place_among_the_few_connections_that_work_at_a_time() {
    let database = Database::new();
    let settings = [("SHOPHOUSE_POOL_SIZE", "4"), ("SHOPHOUSE_POOL_ACTIVE", "1")];
    let process = Process::serve_with(&database, &settings);
    let (ada, eve, bob) =
        (Owner::opens(&process, "ada"), Owner::opens(&process, "eve"), Owner::opens(&process, "bob"));
    let variant = ada.sells();
    let mut holder = database.connect(Login::Admin);
    let lock = |shop: &Owner<'_>| format!("LOCK TABLE {}.products;", shop.schema());
    holder.run(format!("BEGIN; {} {}", lock(&eve), lock(&bob)));
    let mut stuck = [&eve, &bob].map(|shop| shop.begins("GET", "/api/v1/products", &[]));
    waiting::all_blocked(&mut database.connect(Login::Admin), 2);
    ada.works(&variant);
    holder.run("COMMIT");
    for request in &mut stuck {
        assert_eq!(request.status(), Some(200));
    }
}

#[test]
fn the_operator_sees_the_classes_of_work_and_the_shops_that_use_the_most() {
    let database = Database::new();
    let process = Process::serve(&database);
    let eve = Owner::opens(&process, "eve");
    eve.sells();
    let mut holder = database.connect(Login::Admin);
    holder.run(format!("BEGIN; LOCK TABLE {}.products", eve.schema()));
    let mut stuck: Vec<_> = (0..5).map(|_| eve.begins("GET", "/api/v1/products", &[])).collect();
    let port = process.address().rsplit(':').next().unwrap().to_owned();
    let status = || {
        let ended = process::run_at_port(&database, &port, &["status", "--json"]);
        serde_json::from_str::<Value>(&ended.stdout).unwrap()
    };
    let load = waiting::until("requests to wait", || {
        let load = status()["load"].clone();
        let web = load["classes"].as_array().unwrap().iter().find(|it| it["class"] == "web").unwrap().clone();
        (web["waiting"] == 3 && web["in_use"] == 2).then_some(load)
    });
    assert_eq!(load["classes"].as_array().unwrap().len(), 5, "{load}");
    let text = process::run_at_port(&database, &port, &["status"]).stdout;
    assert!(text.contains("CLASS") && text.contains("sign_in"), "{text}");
    holder.run("COMMIT");
    for request in &mut stuck {
        assert_eq!(request.status(), Some(200));
    }
    drop(process);
    assert_eq!(status()["load"], Value::Null);
}

#[test]
fn suspending_a_shop_ends_what_runs_in_it_and_nothing_else() {
    let database = Database::new();
    let process = Process::serve_with(&database, &[("SHOPHOUSE_POOL_SIZE", "4")]);
    let (ada, eve) = (Owner::opens(&process, "ada"), Owner::opens(&process, "eve"));
    for shop in [&ada, &eve] {
        shop.sells();
    }
    eve.has_a_large_catalogue();
    let mut download = eve.begins("GET", EXPORT, &[]);
    assert_eq!(download.status(), Some(200));
    let mut holder = database.connect(Login::Admin);
    let lock = |shop: &Owner<'_>| format!("LOCK TABLE {}.variants;", shop.schema());
    holder.run(format!("BEGIN; {} {}", lock(&ada), lock(&eve)));
    let mut running = [&ada, &eve].map(|shop| shop.begins("GET", "/api/v1/products", &[]));
    waiting::all_blocked(&mut database.connect(Login::Admin), 2);
    process::done(&database, &["shop", "suspend", "eve"]);
    assert_eq!(running[1].status(), Some(503));
    eve.ask("GET", "/products", &Value::Null).expect_problem(403, "shop_suspended");
    holder.run("COMMIT");
    assert_eq!(running[0].status(), Some(200));
    waiting::until("the download to end", || (spool_files(&process) == 0).then_some(()));
}

#[test]
fn health_is_answered_when_every_other_connection_is_in_use() {
    let database = Database::new();
    let process = Process::serve(&database);
    let eve = Owner::opens(&process, "eve");
    eve.sells();
    let mut holder = database.connect(Login::Admin);
    holder.run(format!("BEGIN; LOCK TABLE {}.products", eve.schema()));
    let mut stuck: Vec<_> = (0..20).map(|_| eve.begins("GET", "/api/v1/products", &[])).collect();
    waiting::all_blocked(&mut database.connect(Login::Admin), 2);
    process.readiness().unwrap();
    holder.run("COMMIT");
    for request in &mut stuck {
        assert_eq!(request.status(), Some(200));
    }
}

#[test]
fn large_bodies_of_one_user_leave_memory_to_others() {
    let database = Database::new();
    let process = Process::serve(&database);
    let (ada, eve) = (Owner::opens(&process, "ada"), Owner::opens(&process, "eve"));
    let headers = [("Content-Type", "application/json"), ("Content-Length", "1000000")];
    let mut bodies: Vec<_> = (0..12)
        .map(|_| {
            let mut body = eve.begins("POST", "/api/v1/products", &headers);
            body.tries_to_send(&vec![b' '; 999_000]);
            body
        })
        .collect();
    let title = json!({ "title": "Mug", "description": "y".repeat(500_000), "price": { "amount": 1 } });
    ada.ask("POST", "/products", &title).expect(201);
    // Each ends with what is no JSON, or was refused before.
    let ends = |body: &mut Connection| {
        body.tries_to_send(&[b' '; 1_000]);
        let answer = body.answer("POST /api/v1/products");
        (answer.status, text(&answer.json()["code"]))
    };
    let answers: Vec<_> = bodies.iter_mut().map(ends).collect();
    let refused = answers.iter().filter(|answer| **answer == (503, "busy".to_owned())).count();
    let read = answers.iter().filter(|answer| **answer == (400, "invalid_json".to_owned())).count();
    assert_eq!(refused + read, 12, "{answers:?}");
    assert!(refused >= 7 && read >= 1, "{answers:?}");
}
