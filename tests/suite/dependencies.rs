//! `docs/dependencies.md` says of each direct dependency why it is there.

use std::collections::BTreeSet;

const MANIFEST: &str = include_str!("../../Cargo.toml");
const DOCUMENT: &str = include_str!("../../docs/dependencies.md");

/// The names that the lines of a section begin with, from its heading to the next.
fn names<'a>(text: &'a str, heading: &str, next: &str, read: fn(&str) -> Option<&str>) -> BTreeSet<&'a str> {
    let (_, section) = text.split_once(&format!("\n{heading}\n")).unwrap();
    section.split(&format!("\n{next}")).next().unwrap().lines().filter_map(read).collect()
}

#[test]
fn each_dependency_is_explained_and_nothing_else() {
    for (section, heading) in
        [("[dependencies]", "## In the binary"), ("[dev-dependencies]", "## In the tests only")]
    {
        let stated = names(MANIFEST, section, "[", |line| Some(line.split_once(" = ")?.0));
        let explained =
            names(DOCUMENT, heading, "## ", |line| Some(line.strip_prefix("| `")?.split_once('`')?.0));
        assert!(!stated.is_empty());
        assert_eq!(stated, explained, "{heading} of docs/dependencies.md is not as {section} of Cargo.toml");
    }
}
