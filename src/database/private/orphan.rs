//! A server that a killed process of ours left running, or its pid file alone.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
#[cfg(not(target_os = "linux"))]
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::PrivateServerError;

const FAST_PATIENCE: Duration = Duration::from_secs(20);
const IMMEDIATE_PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);

/// What the process with the pid file's number is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// There is none, or it is something else that got the number later.
    NotTheServer,
    TheServer,
    /// Some PostgreSQL, perhaps of another cluster: neither it nor the pid file is touched.
    Unknown,
}

/// Stops it, or removes the pid file. To be called with the lock held: no other process of ours
/// runs a server here, so one that does run is an orphan.
pub(super) fn stop(cluster: &Path) -> Result<(), PrivateServerError> {
    let path = cluster.join("postmaster.pid");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(PrivateServerError::file("read", &path)(error)),
    };
    // One that holds no pid is left to PostgreSQL, which says what to do.
    let Some(pid) = text.lines().next().and_then(|line| line.trim().parse::<i32>().ok()) else {
        return Ok(());
    };
    match holder(pid, cluster) {
        Holder::TheServer => stop_process(pid, cluster),
        // PostgreSQL would take whatever process has that number now for a server, and refuse to start.
        Holder::NotTheServer => match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(PrivateServerError::file("remove", &path)(error))
            }
            _ => Ok(()),
        },
        Holder::Unknown => Ok(()),
    }
}

fn stop_process(pid: i32, cluster: &Path) -> Result<(), PrivateServerError> {
    tracing::info!(pid, "stopping the private PostgreSQL that an earlier process left running");
    for (signal, patience) in [(Signal::SIGINT, FAST_PATIENCE), (Signal::SIGQUIT, IMMEDIATE_PATIENCE)] {
        // It may have ended just now: what counts is whether it is there afterwards.
        let _ = kill(Pid::from_raw(pid), signal);
        let give_up = Instant::now() + patience;
        while Instant::now() < give_up {
            if holder(pid, cluster) != Holder::TheServer {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
    }
    Err(PrivateServerError::OrphanWillNotEnd(pid))
}

#[cfg(target_os = "linux")]
fn holder(pid: i32, cluster: &Path) -> Holder {
    let proc = Path::new("/proc").join(pid.to_string());
    let Ok(stat) = fs::read_to_string(proc.join("stat")) else {
        return Holder::NotTheServer;
    };
    // `pid (name) state …`, where the name may itself hold brackets.
    let Some((name, rest)) = stat.rsplit_once(')') else {
        return Holder::Unknown;
    };
    let is_dead = rest.trim_start().starts_with(['Z', 'X']);
    if is_dead || !name.contains("postgres") {
        return Holder::NotTheServer;
    }
    match fs::read_link(proc.join("cwd")) {
        Ok(cwd) if cwd == cluster => Holder::TheServer,
        Ok(_) => Holder::NotTheServer,
        // In a container root may not look there, but may read the command line.
        Err(_) => {
            let args = fs::read(proc.join("cmdline")).unwrap_or_default();
            let dir = cluster.as_os_str().as_encoded_bytes();
            let names_cluster = args.split(|byte| *byte == 0).any(|arg| arg == dir);
            if names_cluster { Holder::TheServer } else { Holder::Unknown }
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn holder(pid: i32, cluster: &Path) -> Holder {
    let ask = |what: &str| {
        let answer = Command::new("ps").args(["-ww", "-o", what, "-p", &pid.to_string()]).output();
        answer.map(|answer| String::from_utf8_lossy(&answer.stdout).into_owned())
    };
    let (Ok(name), Ok(args)) = (ask("comm="), ask("args=")) else {
        return Holder::Unknown;
    };
    if !name.contains("postgres") {
        Holder::NotTheServer
    } else if args.contains(&*cluster.to_string_lossy()) {
        Holder::TheServer
    } else {
        Holder::Unknown
    }
}
