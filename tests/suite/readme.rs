//! What is read first is true: the commands of the tour in README.md are run in order, and their output is what it says;
//! the tables of `docs/` name every route, problem code and setting.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::openapi::operations;
use crate::routes::{ROUTES, Who};
use crate::support::described;
use crate::support::installation::Installation;

const README: &str = include_str!("../../README.md");
const API: &str = include_str!("../../docs/api.md");
const CONFIGURATION: &str = include_str!("../../docs/configuration.md");
const ADDRESS: &str = "http://127.0.0.1:8000";
/// Stands on a line of its own behind the output of each command.
const MARK: &str = "-- end of output --";

/// A command, and what it prints.
#[derive(Debug)]
struct Step {
    command: String,
    output: String,
}

/// The commands of all ```console blocks.
fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut in_block = false;
    for line in README.lines() {
        match (in_block, line) {
            (false, "```console") => in_block = true,
            (true, "```") => in_block = false,
            (true, line) => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step { command: command.to_owned(), output: String::new() }),
                (None, Some(step)) => step.output = format!("{}{line}\n", step.output),
                (None, None) => panic!("output before any command: {line}"),
            },
            (false, _) => {}
        }
    }
    steps
}

/// The length of what stands at the beginning of the text and looks like `shape`, in which `x` is a
/// hexadecimal digit, `0` a decimal one, and the rest itself.
fn shaped(text: &str, shape: &str) -> Option<usize> {
    let fits = |(shape, char): (char, char)| match shape {
        'x' => char.is_ascii_hexdigit(),
        '0' => char.is_ascii_digit(),
        other => char == other,
    };
    (text.len() >= shape.len() && shape.chars().zip(text.chars()).all(fits)).then_some(shape.len())
}

/// A time such as `2026-01-31T09:30:00.123456Z`, with any fraction.
fn time(text: &str) -> Option<usize> {
    let length = shaped(text, "0000-00-00T00:00:00")?;
    let rest = &text[length..];
    let after_fraction =
        rest.strip_prefix('.').map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    after_fraction.starts_with('Z').then_some(text.len() - after_fraction.len() + 1)
}

/// The text with what is another at each run by its kind.
fn normalised(text: &str) -> String {
    let mut normal = String::new();
    let mut rest = text.trim();
    while let Some(char) = rest.chars().next() {
        let (kind, length) = if let Some(length) = shaped(rest, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") {
            ("UUID".to_owned(), length)
        } else if let Some(length) = time(rest) {
            ("TIME".to_owned(), length)
        } else {
            (char.to_string(), char.len_utf8())
        };
        normal.push_str(&kind);
        rest = &rest[length..];
    }
    normal
}

#[test]
fn the_tour_works_as_it_is_written() {
    for program in ["bash", "curl", "jq"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
        assert!(
            found.status.success(),
            "the tour, and so this test, needs {program}; ./dev test installs it"
        );
    }
    let steps = steps();
    assert!(steps.len() > 10 && README.contains(ADDRESS), "the tour is not found: {steps:?}");
    let installation = Installation::new();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    std::os::unix::fs::symlink(examples, installation.path().join("examples")).unwrap();
    let server = installation.start();

    let script: String =
        steps.iter().map(|step| format!("{}\nprintf '\\n%s\\n' '{MARK}'\n", step.command)).collect();
    let mut bash = Command::new("bash")
        .current_dir(installation.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    bash.stdin.take().unwrap().write_all(script.replace(ADDRESS, &server.address).as_bytes()).unwrap();
    let output = String::from_utf8(bash.wait_with_output().unwrap().stdout).unwrap();
    let mark = format!("\n{MARK}\n");
    let mut outputs = output.split(&*mark);
    for Step { command, output } in &steps {
        let printed = outputs.next().unwrap_or_else(|| panic!("no output of: {command}"));
        assert_eq!(normalised(printed), normalised(output), "$ {command}");
    }
    assert_eq!(outputs.collect::<Vec<_>>(), [""], "and nothing else");
}

#[test]
fn only_what_changes_from_run_to_run_is_passed_over() {
    for (text, normal) in [
        (r#"{"id":"01a2059f-ce42-74f0-a976-558e1fd0b4e3","number":1001}"#, r#"{"id":"UUID","number":1001}"#),
        (r#""2026-11-22T23:38:08.834510Z","2026-11-22T23:38:08Z""#, r#""TIME","TIME""#),
        ("2026-11-22T23:38:08+01:00 01a2059f-ce42-74f0", "2026-11-22T23:38:08+01:00 01a2059f-ce42-74f0"),
    ] {
        assert_eq!(normalised(text), normal);
    }
}

/// The cells of each row of a page's tables.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    page.lines().filter_map(|line| Some(line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect()))
}

/// What a cell holds when it is code and nothing else.
fn code(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}

#[test]
fn the_page_of_the_api_lists_every_route_and_who_may_call_it() {
    let listed: BTreeSet<(String, &str)> = rows(API)
        .filter_map(|row| {
            let route = code(row[0]).filter(|route| route.contains(" /"))?;
            let who = match row[1] {
                // Which role is needed in the shop of the address stands in no signature.
                "member" | "owner" => "signed in",
                who => who,
            };
            Some((route.replace("/api/v1", "/"), who))
        })
        .collect();
    let mounted = ROUTES.iter().map(|entry| {
        let who = match entry.who {
            Who::Anyone => "anyone",
            Who::SignedIn => "signed in",
            Who::AtLeast(role) => role,
        };
        let path = match entry.route {
            "/api/v1" => "/",
            route => route.strip_prefix("/api/v1").unwrap_or(route),
        };
        (format!("{} {}", entry.method, path.replace('<', "{").replace('>', "}")), who)
    });
    let mounted = mounted.collect();
    let differing: Vec<_> = listed.symmetric_difference(&mounted).collect();
    assert!(differing.is_empty(), "in docs/api.md or among the routes, and not in both: {differing:?}");
}

/// The code and the status of every problem that an operation may answer with; no operation has the one of a wrong method.
fn codes() -> BTreeSet<(&'static str, String)> {
    let of = |operation: &'static Value| {
        let statuses = operation["responses"].as_object().unwrap().keys();
        statuses.flat_map(move |status| {
            let codes = described::codes(operation, status.parse().unwrap());
            codes.into_iter().map(move |code| (code, status.clone()))
        })
    };
    let described = operations().flat_map(|(_, operation)| of(operation));
    described.chain([("method_not_allowed", "405".to_owned())]).collect()
}

/// What the page of the API says to do is what `/docs/problems` says.
#[test]
fn the_advice_for_a_problem_is_the_same_everywhere() {
    let page = shophouse::problem_page();
    let is_status = |cell: &str| cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_digit());
    let plain = |text: &str| text.replace("<code>", "`").replace("</code>", "`");
    for row in rows(API).filter(|row| is_status(row[1])) {
        let code = code(row[0]).unwrap();
        let line = page.lines().find(|line| line.contains(&format!("id=\"{code}\""))).unwrap();
        let (_, advice) = line.rsplit_once("<td>").unwrap();
        assert_eq!(plain(advice.trim_end_matches("</td></tr>")), row[2], "{code}");
    }
}

#[test]
fn the_page_of_the_api_lists_every_problem_code() {
    let is_status = |cell: &str| cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_digit());
    let listed: BTreeSet<(&str, String)> = rows(API)
        .filter(|row| is_status(row[1]))
        .map(|row| (code(row[0]).unwrap(), row[1].to_owned()))
        .collect();
    let described = codes();
    let differing: Vec<_> = listed.symmetric_difference(&described).collect();
    assert!(
        differing.is_empty(),
        "in docs/api.md or in the API's description, and not in both: {differing:?}"
    );
}

/// A unit test holds Rocket.toml against the defaults themselves.
#[test]
fn the_page_of_the_settings_lists_each_with_its_default() {
    let file = include_str!("../../Rocket.toml");
    let (_, settings) = file.split_once("[default.shophouse]\n").unwrap();
    let defaults = settings.lines().filter_map(|line| line.split_once(" = "));
    let expected: BTreeSet<(String, String)> = defaults
        .map(|(key, value)| (format!("SHOPHOUSE_{}", key.to_uppercase()), value.trim_matches('"').to_owned()))
        .collect();
    let listed: BTreeSet<(String, String)> = rows(CONFIGURATION)
        .filter_map(|row| Some((code(row[0])?.to_owned(), row[1].trim_matches('`').to_owned())))
        .map(|(name, default)| (name, if default == "none" { String::new() } else { default }))
        .collect();
    assert!(!expected.is_empty());
    let missing: Vec<_> = expected.difference(&listed).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = Vec::new();
    for folder in ["", "docs", "docs/decisions", "benches"] {
        let files = std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    assert!(pages.len() > 10, "{pages:?}");
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(target.exists(), "{}: {link}", page.display());
            if !heading.is_empty() {
                let text = std::fs::read_to_string(&target).unwrap();
                let headings = text.lines().filter(|line| line.starts_with('#')).map(anchor);
                assert!(headings.into_iter().any(|anchor| anchor == heading), "{}: {link}", page.display());
            }
        }
    }
}

/// As hosting sites name a heading in addresses.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|char| char.is_alphanumeric() || " -_".contains(*char));
    kept.map(|char| if char == ' ' { '-' } else { char }).collect()
}
