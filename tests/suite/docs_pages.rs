//! The pages at `/docs`: what the guide shows are files that the suite runs.

use std::fs;

use rocket::http::Method;

use crate::clients::root;
use crate::support::Tenants;

/// The files of which the guide is made.
const FIRST_CALLS: [&str; 3] = [
    "clients/curl/first-calls.sh",
    "clients/typescript/example/first-calls.ts",
    "clients/python/example/first_calls.py",
];

#[test]
fn the_guide_shows_the_first_calls_as_they_are_run() {
    let tenants = Tenants::new();
    let answer = tenants.nobody().raw(Method::Get, "/docs/first-calls", &[], None);
    let page = answer.expect_page();
    assert!(!page.contains("<script") && !page.contains("<!-- "), "it works without scripts: {page}");
    for file in FIRST_CALLS {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let parts: Vec<&str> = text.trim().split("\n\n").collect();
        assert_eq!(parts.len(), 6, "{file}: the preparation and five calls");
        for (number, part) in parts.iter().enumerate() {
            let is_numbered = part.lines().next().unwrap().contains(&format!(" {number}. "));
            assert!(number == 0 || is_numbered, "{file}: {part}");
            let shown = part.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            assert!(page.contains(&format!("<code>{shown}</code>")), "{file}: {part}");
        }
    }
}
