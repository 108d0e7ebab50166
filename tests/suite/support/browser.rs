//! A headless browser that opens one page.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Programs of the kind, by name or by place.
const BROWSERS: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Far longer than it ever takes.
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

/// The page at an address, once its scripts have run, and what they complained of.
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
    let give_up = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > give_up {
            child.kill().unwrap();
            panic!("the browser did not end: {}", log.join().unwrap());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    (dom.join().unwrap(), log.join().unwrap())
}

fn read(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
