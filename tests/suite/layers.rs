//! The house itself: which floor uses which, and who may name which tables.

use std::fs;
use std::path::{Path, PathBuf};

/// Each floor with what it must not know of.
const FLOORS: [(&str, &[&str]); 6] = [
    ("src/metrics", &["database", "tenancy", "http", "identity", "commerce", "cli", "schema", "config"]),
    ("src/database", &["tenancy", "http", "identity", "commerce", "cli", "schema", "config"]),
    ("src/tenancy", &["http", "identity", "commerce", "cli", "config"]),
    ("src/http", &["identity", "commerce", "cli", "config", "schema"]),
    ("src/identity", &["commerce", "cli", "config", "schema::tenant"]),
    ("src/commerce", &["cli", "config", "database", "schema::public"]),
];

/// The only files that know a table of a shop, beside the shop's own side, and the one that each knows.
const KNOW_TABLES: [(&str, &str); 2] =
    [("src/tenancy/registry/members.rs", "people"), ("src/tenancy/idempotency.rs", "idempotency_keys")];

/// The sources below a folder, with their text up to the tests.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
                found.push((path, code));
            }
        }
    }
    assert!(!found.is_empty(), "no sources below {folder}");
    found
}

/// The lines of code that name something, comments left out.
fn naming<'a>(code: &'a str, name: &str) -> Vec<&'a str> {
    code.lines().filter(|line| !line.trim_start().starts_with("//") && line.contains(name)).collect()
}

#[test]
fn a_floor_uses_only_the_floors_below_it() {
    for (floor, above) in FLOORS {
        for (path, code) in sources(floor) {
            for name in above {
                let found = naming(&code, &format!("crate::{name}"));
                assert!(found.is_empty(), "{} uses {name}: {found:?}", path.display());
            }
        }
    }
}

#[test]
fn the_engine_knows_of_a_shop_only_its_people_and_its_answers() {
    for (path, code) in sources("src/tenancy") {
        let known = KNOW_TABLES.iter().find(|(file, _)| path.ends_with(file)).map(|(_, table)| *table);
        for line in naming(&code, "schema::tenant") {
            let is_known = known.is_some_and(|table| line.contains(&format!("schema::tenant::{table};")));
            assert!(is_known, "{}: {line}", path.display());
        }
    }
}

#[test]
fn queries_know_nothing_of_rocket_and_routes_nothing_of_diesel() {
    for (path, code) in sources("src/commerce").into_iter().chain(sources("src/identity")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_routes = name.ends_with("routes") || name == "mod";
        let foreign = if is_routes { naming(&code, "diesel::") } else { naming(&code, "use rocket::") };
        // Hashing runs on Rocket's runtime, and has neither requests nor queries.
        let hashing = path.ends_with("identity/passwords/hashing.rs");
        assert!(foreign.is_empty() || hashing, "{}: {foreign:?}", path.display());
    }
}
