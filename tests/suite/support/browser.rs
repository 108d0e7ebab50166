//! A headless browser that opens one page.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Chromium and Chrome, by name or path.
const BROWSERS: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Much longer than it ever takes.
const PATIENCE: Duration = Duration::from_mins(2);

fn browser() -> &'static str {
    let runs = |name: &&str| {
        let version =
            Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    let found = BROWSERS.into_iter().find(runs);
    found.unwrap_or_else(|| {
        panic!(
            "this test needs Chromium or Chrome, and there is none of {BROWSERS:?}. ./dev test installs it"
        )
    })
}

/// The page at an address after its scripts have run, and their messages.
pub fn open(address: &str) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let mut child = Command::new(browser())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-dev-shm-usage", "--enable-logging=stderr", "--virtual-time-budget=20000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--dump-dom", address])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let [dom, log] = [read(child.stdout.take().unwrap()), read(child.stderr.take().unwrap())];
    let Ok(dom) = dom.recv_timeout(PATIENCE) else {
        child.kill().unwrap();
        panic!("the browser did not end: {}", log.recv().unwrap());
    };
    child.wait().unwrap();
    (dom, log.recv().unwrap())
}

/// The whole content of a pipe.
fn read(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, content) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    content
}
