//! The tour in README.md: its commands are run in order, and their output is what it says.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::installation::Installation;

const README: &str = include_str!("../../README.md");
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
    for program in ["bash", "curl", "sed", "tee", "cut"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
        assert!(found.status.success(), "the tour, and so this test, needs {program}");
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
