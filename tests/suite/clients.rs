//! The clients in `clients/`: their tours through the API, against a server, and their types, checked strictly. They need what
//! `./dev clients --setup` installs; without it this says what it left out.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Database;
use crate::support::process::Process;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether the tools are there, in the versions that `list` names. If not, says so even when the test's output is captured.
fn is_set_up(client: &str, list: &str, installed: &str) -> bool {
    let [wanted, there] = [list, installed].map(|file| fs::read(root().join(file)).ok());
    let is_set_up = wanted.is_some() && wanted == there;
    if !is_set_up {
        let text =
            format!("NOT RUN: the {client} client's tour. ./dev clients --setup installs what it needs.\n");
        io::stderr().write_all(text.as_bytes()).unwrap();
    }
    is_set_up
}

#[track_caller]
fn run<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, directory: &str, arguments: &[A]) {
    let output = Command::new(program).current_dir(root().join(directory)).args(arguments).output().unwrap();
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success(), "{out}\n{err}");
}

#[test]
fn the_tour_in_typescript() {
    let directory = "clients/typescript";
    let [list, installed] =
        ["package-lock.json", "node_modules/installed"].map(|file| format!("{directory}/{file}"));
    if !is_set_up("TypeScript", &list, &installed) {
        return;
    }
    let built = tempfile::tempdir_in(root().join(directory).join("node_modules")).unwrap();
    let into = built.path().to_str().unwrap();
    run("node", directory, &["node_modules/typescript/bin/tsc", "--outDir", into]);
    let database = Database::new();
    let server = Process::serve(&database);
    run("node", directory, &[&format!("{into}/example/tour.js"), server.address()]);
    server.stopped();
}

#[test]
fn the_tour_in_python() {
    if !is_set_up("Python", "clients/python/tools.txt", "target/clients/installed") {
        return;
    }
    let python: PathBuf = root().join("target/clients/bin/python");
    let cache = tempfile::tempdir().unwrap();
    run(&python, "clients/python", &["-m", "mypy", "--cache-dir", cache.path().to_str().unwrap()]);
    let database = Database::new();
    let server = Process::serve(&database);
    let tour = "import runpy, sys; sys.dont_write_bytecode = True; sys.path.insert(0, '.'); \
                runpy.run_path('example/tour.py', run_name='__main__')";
    run(&python, "clients/python", &["-B", "-c", tour, server.address()]);
    server.stopped();
}
