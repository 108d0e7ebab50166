//! Imports that go on after the answer: watching one, cancelling one, and what is left when the process dies in the middle.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::second_wall::Owner;
use crate::support::holds::ends;
use crate::support::process::Process;
use crate::support::sql::moved;
use crate::support::world::text;
use crate::support::{Answer, Database, Login, Member, Sql, Tenants, World, waiting};

const FILE: &str = "Handle,Title,Published,Variant Price\nhat,Hat,FALSE,1.00\ncap,Cap,,2.00\n";
const STOCK: &str = "Handle,Title,SKU,On hand\nhat,Hat,,3\n";

/// Asks for an import that goes on after the answer.
fn begins(owner: &Member<'_>, path: &str, headers: &[(&str, &str)], file: &str) -> Answer {
    let headers = [headers, &[("Prefer", "wait=5, Respond-Async; x=1")]].concat();
    let body = Some((ContentType::CSV, file.as_bytes().to_vec()));
    owner.raw(Method::Post, &format!("/api/v1{path}"), &headers, body)
}

/// Where an import that was begun can be watched, below the base.
fn location(answer: &Answer) -> String {
    let import = answer.expect(202);
    let location = answer.header("Location").unwrap();
    assert_eq!(location, format!("/api/v1/imports/{}", text(&import["id"])));
    location.trim_start_matches("/api/v1").to_owned()
}

/// The import when it has ended.
fn ended(ask: impl Fn() -> Answer) -> Value {
    waiting::until("an import to end", || {
        let import = ask().expect(200);
        (!import["ended_at"].is_null()).then_some(import)
    })
}

#[test]
fn an_import_is_begun_watched_listed_and_kept_for_a_week() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let forecast = owner.imports("?dry_run=true", FILE).expect(200);
    let answer = begins(&owner, "/products/import", &[("Idempotency-Key", "k")], FILE);
    assert_eq!(answer.header("Preference-Applied"), Some("respond-async"));
    let begun = answer.expect(202);
    assert_eq!(
        (&begun["state"], &begun["kind"], &begun["rows_total"]),
        (&json!("running"), &json!("products"), &json!(2))
    );
    let path = location(&answer);
    let import = ended(|| owner.get(&path));
    assert_eq!(
        (&import["state"], &import["rows_done"], &import["report"]),
        (&json!("done"), &json!(2), &forecast)
    );
    assert_eq!((&import["problem"], &import["user_id"]), (&Value::Null, &json!(owner.user)));
    assert_eq!(owner.all("/products").len(), 2);
    // Once, however often it is asked for.
    let again = begins(&owner, "/products/import", &[("Idempotency-Key", "k")], FILE);
    assert_eq!((again.header("Idempotency-Replayed"), location(&again)), (Some("true"), path.clone()));
    let cancelled = owner.send(Method::Post, &format!("{path}/cancel"), None).expect(200);
    assert_eq!(cancelled["state"], "done", "it is too late");
    let stocked = location(&begins(&owner, "/stock/import", &[], STOCK));
    assert_eq!(ended(|| owner.get(&stocked))["kind"], "stock");
    let listed = owner.all("/imports?limit=1");
    assert_eq!(
        listed.iter().map(|import| &import["id"]).collect::<Vec<_>>(),
        [&ended(|| owner.get(&stocked))["id"], &import["id"]]
    );
    // Nobody else sees it.
    let other = world.user("bob").opens_shop("attic");
    let clerk = owner.joined_by("cleo", "customer");
    for path in [path.clone(), format!("{path}/cancel")] {
        let method = if path.ends_with("cancel") { Method::Post } else { Method::Get };
        other.send(method, &path, None).expect_problem(404, "not_found");
        clerk.send(method, &path, None).expect_problem(403, "forbidden");
    }
    assert!(other.all("/imports").is_empty());
    // A week passes.
    assert_eq!(ends(&world).ended, 0);
    let mut sql = world.sql();
    sql.run(format!("UPDATE {}.imports SET ended_at = {}", owner.schema(), moved("ended_at", "-7 days")));
    sql.run("UPDATE deadlines SET due_at = due_at - interval '7 days'");
    assert_eq!(ends(&world).ended, 2);
    owner.get(&path).expect_problem(404, "not_found");
    assert_eq!(sql.count("deadlines"), 0);
}

#[test]
fn what_can_be_refused_at_once_is_and_what_fails_later_says_why() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let faulty = "Handle,Title,Variant Price\nhat,Hat,one\n";
    begins(&owner, "/products/import", &[], faulty).expect_problem(422, "import_failed");
    let report = begins(&owner, "/products/import?dry_run=true", &[], FILE);
    assert_eq!(
        (report.expect(200)["created"].clone(), report.header("Preference-Applied")),
        (json!(2), None)
    );
    assert!(owner.all("/imports").is_empty(), "nothing was begun");
    // The shop has no such product, which is known only when it is looked up.
    let path = location(&begins(&owner, "/stock/import", &[], STOCK));
    let import = ended(|| owner.get(&path));
    assert_eq!((&import["state"], &import["problem"]["code"]), (&json!("failed"), &json!("import_failed")));
    assert_eq!(import["report"]["errors"][0]["code"], "unknown_product", "{import}");
    // What waits for the client has a row too, if it takes several transactions.
    owner.imports("?partial=true", FILE).expect(200);
    let listed = owner.all("/imports");
    assert_eq!((&listed[0]["state"], &listed[0]["report"]["created"]), (&json!("done"), &json!(2)));
}

const HEADER: &str = "Handle,Title,Option1 Name,Option1 Value,Variant Price\n";
/// More than three batches.
const PRODUCTS: usize = 1_200;
/// The product that somebody holds.
const HELD: usize = 700;

fn products(numbers: impl IntoIterator<Item = usize>) -> String {
    let rows =
        numbers.into_iter().map(|number| format!("p{number},Product {number},Size,S,1\np{number},,,M,2\n"));
    [HEADER.to_owned()].into_iter().chain(rows).collect()
}

fn sends(owner: &Owner<'_>, path: &str, file: &str) -> Answer {
    let length = file.len().to_string();
    let headers = [("Content-Type", "text/csv"), ("Content-Length", &*length)];
    let mut connection = owner.begins("POST", &format!("/api/v1/products/import{path}"), &headers);
    connection.send(file.as_bytes());
    connection.answer("POST /api/v1/products/import")
}

/// An import of many rows, which waits for a product in the middle.
struct Halfway {
    path: String,
    holder: Sql,
    backend: String,
}

impl Halfway {
    fn of(database: &Database, owner: &Owner<'_>, query: &str) -> Self {
        sends(owner, "", &products([HELD])).expect(200);
        let mut holder = database.connect(Login::Admin);
        holder.run(format!(
            "BEGIN; SELECT FROM {}.products WHERE handle = 'p{HELD}' FOR UPDATE",
            owner.schema()
        ));
        let answer = sends(owner, &format!("?on_conflict=update{query}"), &products(0..PRODUCTS));
        assert_eq!(answer.header("Preference-Applied"), None, "the file is long, and nobody asked");
        let path = location(&answer);
        let backend = waiting::blocked_for_long(&mut database.connect(Login::Admin));
        Self { path, holder, backend }
    }
}

fn serves(database: &Database) -> Process {
    Process::serve_with(database, &[("SHOPHOUSE_IMPORT_WAIT_ROWS", "1000")])
}

fn get(owner: &Owner<'_>, path: &str) -> Answer {
    owner.ask("GET", path, &Value::Null)
}

/// So many products are there, each with both variants.
#[track_caller]
fn are_whole(sql: &mut Sql, schema: &str, number: usize) {
    let count = i64::try_from(number).unwrap();
    let counts = [sql.count(format!("{schema}.products")), sql.count(format!("{schema}.variants"))];
    assert_eq!(counts, [count, 2 * count]);
}

/// What the report of an ended import counts is what is there.
#[track_caller]
fn tells_what_is_there(sql: &mut Sql, schema: &str, import: &Value) {
    let created = usize::try_from(import["report"]["created"].as_u64().unwrap()).unwrap();
    assert!(created > 100 && created < PRODUCTS - 1, "{import}");
    are_whole(sql, schema, created + 1);
}

#[test]
fn a_process_that_dies_in_the_middle_leaves_nothing_half_done_and_the_import_says_so() {
    let database = Database::new();
    for (name, query) in [("ada", ""), ("bob", "&partial=true")] {
        let process = serves(&database);
        let owner = Owner::opens(&process, name);
        let Halfway { path, mut holder, backend } = Halfway::of(&database, &owner, query);
        sends(&owner, "", FILE).expect_problem(409, "import_running");
        let (bearer, shop) = (owner.bearer.clone(), owner.shop.clone());
        process.kill();
        holder.run("ROLLBACK");
        let mut sql = database.connect(Login::Admin);
        waiting::gone(&mut sql, &backend);
        let process = serves(&database);
        let owner = Owner::of(&process, bearer, shop);
        // It is not known yet whether somebody works on it.
        assert_eq!(get(&owner, &path).expect(200)["state"], "running");
        sends(&owner, "", FILE).expect_problem(409, "import_running");
        // A minute passes.
        sql.run("UPDATE deadlines SET due_at = due_at - interval '1 minute'");
        let import = ended(|| get(&owner, &path));
        assert_eq!(
            (&import["state"], &import["problem"]["code"]),
            (&json!("failed"), &json!("import_interrupted"))
        );
        if query.is_empty() {
            assert_eq!(import["report"], Value::Null, "nothing is left of it");
            are_whole(&mut sql, &owner.schema(), 1);
        } else {
            tells_what_is_there(&mut sql, &owner.schema(), &import);
        }
        let again = location(&sends(&owner, "?on_conflict=update", &products(0..PRODUCTS)));
        assert_eq!(ended(|| get(&owner, &again))["state"], "done");
        are_whole(&mut sql, &owner.schema(), PRODUCTS);
    }
}

#[test]
fn an_import_that_is_cancelled_ends() {
    let database = Database::new();
    let process = serves(&database);
    for (name, query) in [("ada", ""), ("bob", "&partial=true")] {
        let owner = Owner::opens(&process, name);
        let Halfway { path, mut holder, .. } = Halfway::of(&database, &owner, query);
        let cancelled = owner.ask("POST", &format!("{path}/cancel"), &Value::Null).expect(200);
        assert_eq!((&cancelled["state"], &cancelled["ended_at"]), (&json!("cancelling"), &Value::Null));
        holder.run("ROLLBACK");
        let import = ended(|| get(&owner, &path));
        assert_eq!((&import["state"], &import["problem"]), (&json!("cancelled"), &Value::Null));
        let mut sql = database.connect(Login::Admin);
        if query.is_empty() {
            are_whole(&mut sql, &owner.schema(), 1);
        } else {
            tells_what_is_there(&mut sql, &owner.schema(), &import);
        }
        sends(&owner, "", FILE).expect(200);
    }
}
