//! The clients in `clients/`: their examples, against a server, and their types, checked strictly. They need what
//! `./dev clients --setup` installs; without it this says what it left out.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::Database;
use crate::support::process::Process;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether the tools are there, in the versions that `list` names. If not, says so even when the test's output is captured.
pub fn is_set_up(what: &str, list: &str, installed: &str, command: &str) -> bool {
    let [wanted, there] = [list, installed].map(|file| fs::read(root().join(file)).ok());
    let is_set_up = wanted.is_some() && wanted == there;
    if !is_set_up {
        let text = format!("NOT RUN: {what}. ./dev {command} installs what it needs.\n");
        io::stderr().write_all(text.as_bytes()).unwrap();
    }
    is_set_up
}

#[track_caller]
pub fn run<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, directory: &str, arguments: &[A]) {
    let output = Command::new(program).current_dir(root().join(directory)).args(arguments).output().unwrap();
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success(), "{out}\n{err}");
}

#[test]
fn in_typescript() {
    let directory = "clients/typescript";
    let [list, installed] =
        ["package-lock.json", "node_modules/installed"].map(|file| format!("{directory}/{file}"));
    if !is_set_up("the TypeScript client", &list, &installed, "clients --setup") {
        return;
    }
    let built = tempfile::tempdir_in(root().join(directory).join("node_modules")).unwrap();
    let into = built.path().to_str().unwrap();
    run("node", directory, &["node_modules/typescript/bin/tsc", "--outDir", into]);
    // The client under the name that it has where it is installed.
    let package = built.path().join("node_modules/shophouse-client");
    fs::create_dir_all(&package).unwrap();
    fs::write(package.join("package.json"), r#"{"type": "module", "exports": "./index.js"}"#).unwrap();
    fs::write(package.join("index.js"), "export * from '../../src/index.js';").unwrap();
    for example in ["tour", "first-calls"] {
        makes_a_shop(example, |address| {
            run("node", directory, &[&format!("{into}/example/{example}.js"), address]);
        });
    }
}

/// Runs an example against a server. The first calls lead to a shop with a product, which everybody can see.
fn makes_a_shop(example: &str, run: impl FnOnce(&str)) {
    let database = Database::new();
    let server = Process::serve(&database);
    run(server.address());
    if example != "tour" {
        let mut products = ureq::get(server.url("/storefront/the-loft/products")).call().unwrap();
        let products: Value = products.body_mut().read_json().unwrap();
        assert_eq!(products["data"][0]["title"], "Linen Shirt", "{products}");
    }
    server.stopped();
}

#[test]
fn with_curl() {
    makes_a_shop("first-calls", |address| run("sh", "clients/curl", &["-eu", "first-calls.sh", address]));
}

#[test]
fn in_python() {
    let installed = "target/clients/installed";
    if !is_set_up("the Python client", "clients/python/tools.txt", installed, "clients --setup") {
        return;
    }
    let python: PathBuf = root().join("target/clients/bin/python");
    let cache = tempfile::tempdir().unwrap();
    run(&python, "clients/python", &["-m", "mypy", "--cache-dir", cache.path().to_str().unwrap()]);
    let program = "import runpy, sys; sys.dont_write_bytecode = True; sys.path.insert(0, '.'); \
                   runpy.run_path(sys.argv.pop(1), run_name='__main__')";
    for example in ["tour", "first_calls"] {
        let file = format!("example/{example}.py");
        makes_a_shop(example, |address| {
            run(&python, "clients/python", &["-B", "-c", program, &file, address]);
        });
    }
}
