//! Imports of several transactions (`partial=true`): what is there when one ends in the middle, and who may come in between.

use serde_json::json;

use crate::second_wall::Owner;
use crate::support::connection::Connection;
use crate::support::process::{self, Process};
use crate::support::{Answer, Database, Login, Sql, waiting};

const IMPORT: &str = "/api/v1/products/import";
const PARTIAL: &str = "/api/v1/products/import?partial=true&on_conflict=update";
const HEADER: &str = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src\n";

/// The products of a file, which has more than three batches.
const PRODUCTS: usize = 1_200;

/// Products of two variants and an image each.
fn products(numbers: impl IntoIterator<Item = usize>) -> String {
    let rows = numbers.into_iter().map(|number| {
        format!(
            "p{number},Product {number},Size,S,S{number},1,https://i.example/{number}\n\
             p{number},,,M,M{number},2,\n"
        )
    });
    [HEADER.to_owned()].into_iter().chain(rows).collect()
}

fn sends(owner: &Owner<'_>, path: &str, key: &str, file: &str) -> Connection {
    let length = file.len().to_string();
    let headers = [("Content-Type", "text/csv"), ("Content-Length", &*length), ("Idempotency-Key", key)];
    let mut connection = owner.begins("POST", path, &headers);
    connection.send(file.as_bytes());
    connection
}

fn imports(owner: &Owner<'_>, path: &str, key: &str, file: &str) -> Answer {
    sends(owner, path, key, file).answer(&format!("POST {IMPORT}"))
}

/// An import that is in its third batch, which waits for a product.
struct Halfway {
    import: Connection,
    /// Holds the product.
    holder: Sql,
    /// The import's connection to the database.
    backend: String,
    /// The products that are there.
    there: usize,
}

impl Halfway {
    fn of(database: &Database, owner: &Owner<'_>) -> Self {
        let waits_for = 700;
        imports(owner, IMPORT, "first", &products([waits_for])).expect(200);
        let mut holder = database.connect(Login::Admin);
        let lock =
            format!("SELECT FROM {}.products WHERE handle = 'p{waits_for}' FOR UPDATE", owner.schema());
        holder.run(format!("BEGIN; {lock}"));
        let import = sends(owner, PARTIAL, "key", &products(0..PRODUCTS));
        let mut sql = database.connect(Login::Admin);
        let backend = waiting::blocked(&mut sql);
        let there = usize::try_from(sql.count(format!("{}.products", owner.schema()))).unwrap();
        assert!(there > 300 && there < waits_for, "{there}");
        Self { import, holder, backend, there }
    }

    fn answer(&mut self) -> Answer {
        self.import.answer(&format!("POST {IMPORT}"))
    }
}

/// Every product is whole, and so many are there.
#[track_caller]
fn are_whole(sql: &mut Sql, schema: &str, number: usize) {
    let count = i64::try_from(number).unwrap();
    assert_eq!(sql.count(format!("{schema}.products")), count);
    let whole = format!(
        "{schema}.products p WHERE 2 = (SELECT count(*) FROM {schema}.variants WHERE product_id = p.id) \
         AND 1 = (SELECT count(*) FROM {schema}.images WHERE product_id = p.id) \
         AND 2 = (SELECT count(*) FROM {schema}.product_words WHERE product_id = p.id)"
    );
    assert_eq!(sql.count(whole), count);
    for (name, counted) in [("products", count), ("variants", 2 * count)] {
        let counter = format!("SELECT value FROM {schema}.counters WHERE name = '{name}'");
        assert_eq!(sql.one(counter), counted.to_string(), "{name}");
    }
}

#[test]
fn a_process_that_dies_leaves_whole_products_and_a_retry_brings_the_rest() {
    let database = Database::new();
    let process = Process::serve(&database);
    let owner = Owner::opens(&process, "ada");
    let Halfway { mut holder, backend, there, .. } = Halfway::of(&database, &owner);
    let (bearer, shop) = (owner.bearer.clone(), owner.shop.clone());
    process.kill();
    holder.run("ROLLBACK");
    let mut sql = database.connect(Login::Admin);
    waiting::gone(&mut sql, &backend);
    let process = Process::serve(&database);
    let owner = Owner::of(&process, bearer, shop);
    are_whole(&mut sql, &owner.schema(), there);
    let file = products(0..PRODUCTS);
    let refused = imports(&owner, PARTIAL, "key", &file);
    refused.expect_problem(409, "import_running");
    assert!(refused.header("Retry-After").is_some(), "{refused}");
    // A minute passes.
    sql.run("UPDATE deadlines SET due_at = due_at - interval '1 minute'");
    let open = format!("{}.imports WHERE ended_at IS NULL", owner.schema());
    waiting::until("the import to be given up", || (sql.count(&open) == 0).then_some(()));
    let report = imports(&owner, PARTIAL, "key", &file).expect(200);
    assert_eq!((&report["created"], &report["unchanged"]), (&json!(PRODUCTS - there), &json!(there)));
    are_whole(&mut sql, &owner.schema(), PRODUCTS);
}

#[test]
fn whoever_is_removed_in_the_middle_is_told_what_is_there() {
    let database = Database::new();
    // With two connections for imports.
    let process = Process::serve_with(&database, &[("SHOPHOUSE_POOL_SIZE", "16")]);
    let (owner, other) = (Owner::opens(&process, "ada"), Owner::opens(&process, "bob"));
    let variant = other.sells();
    let mut halfway = Halfway::of(&database, &owner);
    other.works(&variant);
    for path in [PARTIAL, IMPORT] {
        imports(&owner, path, "other", &products([1])).expect_problem(409, "import_running");
        imports(&other, path, path, &products([1])).expect(200);
    }
    imports(&owner, PARTIAL, "key", &products(0..PRODUCTS)).expect_problem(409, "import_running");
    let mut sql = database.connect(Login::Admin);
    sql.run(format!("DELETE FROM memberships WHERE shop_id = '{}'", owner.shop));
    halfway.holder.run("COMMIT");
    let problem = halfway.answer().expect_problem(403, "not_a_member");
    let there = usize::try_from(sql.count(format!("{}.products", owner.schema()))).unwrap();
    // The batch that had begun has ended.
    assert!(there > halfway.there && there < PRODUCTS, "{there}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(&format!("{} products were created and 0 updated", there - 1)), "{detail}");
    are_whole(&mut sql, &owner.schema(), there);
}

#[test]
fn a_shop_that_is_suspended_in_the_middle_keeps_what_is_there() {
    let database = Database::new();
    let process = Process::serve(&database);
    let owner = Owner::opens(&process, "ada");
    let mut halfway = Halfway::of(&database, &owner);
    process::done(&database, &["shop", "suspend", "ada"]);
    let answer = halfway.answer();
    assert_eq!(answer.status, 503, "{answer}");
    let detail = answer.json()["detail"].clone();
    assert!(detail.as_str().unwrap().contains("products were created"), "{detail}");
    are_whole(&mut database.connect(Login::Admin), &owner.schema(), halfway.there);
}

#[test]
fn each_transaction_holds_to_the_limits() {
    let database = Database::new();
    let limit = ("SHOPHOUSE_LIMIT_PRODUCTS_PER_SHOP", "1200");
    let process = Process::serve_with(&database, &[limit]);
    let owner = Owner::opens(&process, "ada");
    let mut halfway = Halfway::of(&database, &owner);
    owner.sells();
    halfway.holder.run("COMMIT");
    let problem = halfway.answer().expect_problem(409, "limit_reached");
    assert!(problem["detail"].as_str().unwrap().contains("they stay"), "{problem}");
    let there = database.connect(Login::Admin).count(format!("{}.products", owner.schema()));
    assert!(there <= 1_200, "{there}");
}
