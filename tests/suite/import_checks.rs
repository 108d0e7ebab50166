//! A file is checked before an import takes a connection.

use serde_json::Value;

use crate::second_wall::Owner;
use crate::support::goods::each;
use crate::support::process::Process;
use crate::support::{Database, Login, Tenants, World, waiting};

const EXPORT: &str = "/api/v1/products/export";
const IMPORT: &str = "/api/v1/products/import";

/// So many good rows, then as many bad ones as are told.
fn bad_at_its_end(rows: usize) -> String {
    let good: String = (0..rows).map(|number| format!("h{number},Title {number},1\n")).collect();
    let bad: String = (0..100).map(|number| format!("b{number},Title,x\n")).collect();
    format!("Handle,Title,Variant Price\n{good}{bad}")
}

#[test]
fn a_file_is_checked_while_every_connection_for_imports_is_in_use() {
    let database = Database::new();
    let process = Process::serve(&database);
    let (ada, eve) = (Owner::opens(&process, "ada"), Owner::opens(&process, "eve"));
    eve.sells();
    let mut holder = database.connect(Login::Admin);
    holder.run(format!("BEGIN; LOCK TABLE {}.products", eve.schema()));
    let mut stuck = eve.begins("GET", EXPORT, &[]);
    waiting::blocked(&mut database.connect(Login::Admin));
    for (file, line) in [("Handle\n".to_owned(), 1), (bad_at_its_end(5_000), 5_002)] {
        let length = file.len().to_string();
        let mut import =
            ada.begins("POST", IMPORT, &[("Content-Type", "text/csv"), ("Content-Length", &length)]);
        import.send(file.as_bytes());
        let problem = import.answer(&format!("POST {IMPORT}")).expect_problem(422, "import_failed");
        assert_eq!(problem["errors"][0]["line"], line);
    }
    waiting::all_blocked(&mut database.connect(Login::Admin), 1);
    holder.run("COMMIT");
    assert_eq!(stuck.status(), Some(200));
}

#[test]
fn a_repeated_import_is_answered_without_reading_the_file_again() {
    let tenants = Tenants::new();
    let owner = tenants.user("ada").opens_shop("loft");
    let file = "Handle,Title,Variant Price\na,A,1\nb,B,2\n";
    let sends = |query: &str, key: &str| owner.imports_with(query, file, &[("Idempotency-Key", key)]);
    for (number, query) in ["", "?partial=true", "?on_conflict=update&partial=true"].iter().enumerate() {
        let key = number.to_string();
        let first = sends(query, &key);
        let report = first.expect(200);
        assert_eq!(first.header("Idempotency-Replayed"), None, "{query}");
        let again = sends(query, &key);
        assert_eq!(
            (again.expect(200), again.header("Idempotency-Replayed")),
            (report, Some("true")),
            "{query}"
        );
        sends("?dry_run=true", &key).expect_problem(422, "idempotency_key_reused");
    }
    assert_eq!(each(&owner.all("/products?sort=title"), "title"), ["A", "B"]);
}

#[test]
fn a_dry_run_only_reads() {
    let world = World::new();
    let owner = world.user("ada").opens_shop("loft");
    let header = "Handle,Title,Variant SKU,Variant Price\n";
    owner.imports("", format!("{header}a,A,X,1\n")).expect(200);
    let mut sql = world.sql();
    let before = sql.content(&owner.schema());
    // Whoever would change a product waits for this.
    sql.run(format!("BEGIN; LOCK TABLE {}.products, {0}.variants IN SHARE MODE", owner.schema()));
    let report: Value = owner
        .imports(
            "?dry_run=true&partial=true&on_conflict=update",
            format!("{header}b,B,X,1\na,A,Y,1\nc,C,X,x\n"),
        )
        .expect(200);
    sql.run("COMMIT");
    assert_eq!((&report["created"], &report["updated"]), (&1.into(), &1.into()));
    let errors = report["errors"].as_array().unwrap();
    assert_eq!((errors.len(), &errors[0]["line"]), (1, &4.into()), "{report}");
    assert_eq!(sql.content(&owner.schema()), before);
}
