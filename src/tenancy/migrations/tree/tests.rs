//! Tests of trees with a baseline.

use super::*;

const TEXT: &str = "-- version: 20260102000000\nCREATE TABLE both (\n);\nCREATE INDEX both_idx ON both (id);";

fn tree() -> Tree {
    let step =
        |day| Step::new(&format!("2026-01-0{day}-000000_step"), &format!("-- step {day}"), "").unwrap();
    Tree::of(vec![step(1), step(2), step(3)]).unwrap()
}

#[test]
fn a_schema_is_made_from_the_baseline_and_the_migrations_after_it() {
    let tree = tree().with_baseline(TEXT).unwrap();
    let Creation { sql, tables, later } = tree.creation("20260103000000", "s_1");
    let rows =
        "INSERT INTO s_1.__diesel_schema_migrations (version) VALUES ('20260101000000'), ('20260102000000')";
    assert!(sql.contains("CREATE TABLE both (") && sql.contains(rows), "{sql}");
    assert_eq!(later.iter().map(Step::version).collect::<Vec<_>>(), ["20260103000000"]);
    assert_eq!(tables, ["both"]);
    let next = Step::new("2026-01-04-000000_next", "", "").unwrap();
    let next = tree.and(next).unwrap();
    assert_eq!(
        next.creation("20260104000000", "s_1").later.len(),
        2,
        "a later release without a new baseline"
    );
}

#[test]
fn a_schema_older_than_the_baseline_is_made_by_the_migrations() {
    let tree = tree().with_baseline(TEXT).unwrap();
    let Creation { sql, tables, later: steps } = tree.creation("20260101000000", "s_1");
    assert_eq!((sql.as_str(), tables.len(), steps.len()), ("", 0, 1));
}

#[test]
fn a_baseline_of_an_unknown_version_is_refused() {
    for text in ["-- version: 20260109000000", "CREATE TABLE both ()"] {
        assert!(tree().with_baseline(text).is_err(), "{text}");
    }
}
