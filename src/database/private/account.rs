//! The system account that PostgreSQL runs as: its programs refuse to run as root.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Uid, User, geteuid};

use super::error::PrivateServerError;

/// The accounts that root may run the server as, the best one first.
const ACCOUNTS: [&str; 2] = ["postgres", "nobody"];

/// A shell script that prints the first of its arguments, the outermost directory first, that the account may not pass
/// through.
const FIRST_IMPASSABLE: &str = r#"for dir do test -x "$dir" || { printf %s "$dir"; exit 1; }; done"#;

/// A system account.
pub(super) struct Account {
    uid: u32,
    /// Set when root has to step down to this account; otherwise the server runs as ourselves.
    step_down: Option<Group>,
}

struct Group(u32);

impl Account {
    /// A cluster that is already there can only be run by its owner, so that owner is asked first.
    pub(super) fn choose(cluster: &Path) -> Result<Self, PrivateServerError> {
        let me = geteuid();
        if !me.is_root() {
            return Ok(Self { uid: me.as_raw(), step_down: None });
        }
        if let Ok(found) = fs::metadata(cluster)
            && found.uid() != me.as_raw()
        {
            return Ok(Self::to_step_down_to(found.uid(), found.gid()));
        }
        ACCOUNTS
            .iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self::to_step_down_to(user.uid.as_raw(), user.gid.as_raw()))
            .ok_or(PrivateServerError::NoAccount)
    }

    fn to_step_down_to(uid: u32, gid: u32) -> Self {
        Self { uid, step_down: Some(Group(gid)) }
    }

    /// A command with this account's rights, in a directory that every account can enter.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        // Messages in English, since some are read; and on macOS PostgreSQL refuses to start
        // without a locale.
        command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
        if let Some(Group(gid)) = self.step_down {
            command.uid(self.uid).gid(gid);
        }
        command
    }

    /// Makes `path` this account's own.
    pub(super) fn take_over(&self, path: &Path) -> io::Result<()> {
        match self.step_down {
            Some(Group(gid)) => lchown(path, Some(self.uid), Some(gid)),
            None => Ok(()),
        }
    }

    /// Whether something that `uid` owns is ours: this account's, or made by us and not yet handed over.
    pub(super) fn is_ours(&self, uid: u32) -> bool {
        uid == self.uid || uid == geteuid().as_raw()
    }

    /// Refuses a data directory that this account cannot reach, naming the directory in the way.
    pub(super) fn check_reach(&self, data_dir: &Path) -> Result<(), PrivateServerError> {
        if self.step_down.is_none() {
            return Ok(());
        }
        let mut outermost_first: Vec<&Path> = data_dir.ancestors().collect();
        outermost_first.reverse();
        // Asked of the system as that account: mode bits alone would miss access lists.
        let answer = self
            .command(Path::new("/bin/sh"))
            .args(["-c", FIRST_IMPASSABLE, "sh"])
            .args(outermost_first)
            .output()
            .map_err(PrivateServerError::run("/bin/sh"))?;
        if answer.status.success() {
            return Ok(());
        }
        Err(PrivateServerError::OutOfReach {
            account: self.name(),
            data_dir: data_dir.to_path_buf(),
            barrier: String::from_utf8_lossy(&answer.stdout).into_owned().into(),
        })
    }

    fn name(&self) -> String {
        match User::from_uid(Uid::from_raw(self.uid)) {
            Ok(Some(user)) => user.name,
            _ => self.uid.to_string(),
        }
    }
}
