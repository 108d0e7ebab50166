//! The supervisor of the server: a shell script that ends the server when our process ends, also when ours is killed.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::account::Account;
use super::error::PrivateServerError;

const SCRIPT: &str = include_str!("supervisor.sh");

/// Longer than the script itself needs, which gives up on a gentle end after 20 seconds.
const END_PATIENCE: Duration = Duration::from_secs(40);
const PAUSE: Duration = Duration::from_millis(5);

/// A supervisor that runs, and its server.
pub(super) struct Supervisor {
    script: Child,
    /// The pipe that the script reads. Closing it ends the server.
    pipe: Option<ChildStdin>,
}

impl Supervisor {
    /// Starts `server` under the script; what both print is appended to `log`.
    pub(super) fn start(account: &Account, server: &Command, log: &File) -> Result<Self, PrivateServerError> {
        let shell = Path::new("/bin/sh");
        let output = || log.try_clone().map(Stdio::from).map_err(PrivateServerError::run(shell));
        let mut script = account
            .command(shell)
            .args(["-c", SCRIPT, "shophouse-postgres"])
            .arg(server.get_program())
            .args(server.get_args())
            .stdin(Stdio::piped())
            .stdout(output()?)
            .stderr(output()?)
            // Ctrl-C on the terminal is for us: we then end the server once the last request is done.
            .process_group(0)
            .spawn()
            .map_err(PrivateServerError::run(shell))?;
        let pipe = script.stdin.take();
        Ok(Self { script, pipe })
    }

    /// The exit status, if the server has ended by itself.
    pub(super) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.script.try_wait()
    }

    /// Closes the pipe and waits until the server has ended.
    pub(super) fn stop(mut self) -> Result<(), PrivateServerError> {
        self.close()
    }

    fn close(&mut self) -> Result<(), PrivateServerError> {
        if self.pipe.take().is_none() {
            return Ok(());
        }
        let give_up = Instant::now() + END_PATIENCE;
        loop {
            match self.script.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(PrivateServerError::EndedBadly(status)),
                Ok(None) if Instant::now() < give_up => thread::sleep(PAUSE),
                Ok(None) => return Err(PrivateServerError::WillNotEnd(self.script.id())),
                Err(error) => return Err(PrivateServerError::run("/bin/sh")(error)),
            }
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "the private PostgreSQL did not end well");
        }
    }
}
