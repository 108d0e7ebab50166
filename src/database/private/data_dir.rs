//! The data directory: where each thing of the private server is, and the lock that one process holds.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;
use sha2::{Digest, Sha256};

use super::account::Account;
use super::error::PrivateServerError;

/// Only a part of the socket's name: the server listens on no network.
pub(super) const PORT: u16 = 5432;

/// The longest path of a unix socket: `sun_path`, less its final NUL.
const SOCKET_PATH_LIMIT: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// PostgreSQL's own directory in the data directory.
pub(super) const CLUSTER: &str = "postgres";

/// A data directory, and the paths in it.
pub(super) struct DataDir {
    pub(super) dir: PathBuf,
    pub(super) cluster: PathBuf,
    pub(super) socket_dir: String,
    pub(super) log: PathBuf,
    pub(super) lock: PathBuf,
}

impl DataDir {
    /// Makes the data directory when it is missing, and resolves its path: every process that
    /// names this directory, however it spells it, must arrive at the same socket.
    pub(super) fn open(data_dir: &Path) -> Result<Self, PrivateServerError> {
        if !data_dir.exists() {
            create_data_dir(data_dir).map_err(PrivateServerError::file("create", data_dir))?;
        }
        let dir = fs::canonicalize(data_dir).map_err(PrivateServerError::file("open", data_dir))?;
        Ok(Self {
            cluster: dir.join(CLUSTER),
            socket_dir: socket_dir(&dir),
            log: dir.join("postgres.log"),
            lock: dir.join("lock"),
            dir,
        })
    }

    /// The lock, or none when another process has it. It is held for as long as the file is open.
    pub(super) fn try_lock(&self) -> Result<Option<File>, PrivateServerError> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&self.lock)
            .map_err(PrivateServerError::file("open", &self.lock))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(PrivateServerError::file("lock", &self.lock)(error)),
        }
    }

    /// Makes the socket's directory. Its mode is all that protects the server: whoever can enter the directory may
    /// log in as anyone, so one that somebody else made or can enter is refused.
    pub(super) fn prepare_socket_dir(&self, account: &Account) -> Result<(), PrivateServerError> {
        let dir = Path::new(&self.socket_dir);
        match DirBuilder::new().mode(0o700).create(dir) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(PrivateServerError::file("create", dir)(error));
            }
            _ => {}
        }
        let found = fs::symlink_metadata(dir).map_err(PrivateServerError::file("read", dir))?;
        if !found.is_dir() || !account.is_ours(found.uid()) || found.mode() & 0o077 != 0 {
            return Err(PrivateServerError::UnsafeSocketDir(dir.to_path_buf()));
        }
        account.take_over(dir).map_err(PrivateServerError::file("hand over", dir))
    }
}

/// Root's must let the server's account through; anybody else's is their own.
fn create_data_dir(dir: &Path) -> std::io::Result<()> {
    let mode = if geteuid().is_root() { 0o711 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(dir)?;
    // A umask may have taken rights away.
    fs::set_permissions(dir, Permissions::from_mode(mode))
}

/// Inside the data directory if a client can name it there, else a name in /tmp drawn from it.
fn socket_dir(data_dir: &Path) -> String {
    if let Some(inside) = data_dir.join("socket").to_str()
        // libpq takes a comma in a host for a list of hosts.
        && !inside.contains(',')
        && format!("{inside}/.s.PGSQL.{PORT}").len() <= SOCKET_PATH_LIMIT
    {
        return inside.to_owned();
    }
    let digest = Sha256::digest(data_dir.as_os_str().as_encoded_bytes());
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("/tmp/shophouse-{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_inside_where_a_client_can_name_it() {
        assert_eq!(socket_dir(Path::new("/srv/shop")), "/srv/shop/socket");
        let longest = format!("/{}", "x".repeat(SOCKET_PATH_LIMIT - 1 - "/socket/.s.PGSQL.5432".len()));
        assert_eq!(socket_dir(Path::new(&longest)), format!("{longest}/socket"));
    }

    #[test]
    fn the_socket_is_in_tmp_otherwise_and_differs_by_data_directory() {
        let long = |last: char| format!("/{}{last}", "x".repeat(SOCKET_PATH_LIMIT));
        let [one, other] = ['a', 'b'].map(|last| socket_dir(Path::new(&long(last))));
        assert!(one.starts_with("/tmp/shophouse-"), "{one}");
        assert_eq!(one.len(), "/tmp/shophouse-".len() + 16);
        assert_ne!(one, other);
        assert!(socket_dir(Path::new("/srv/a,b")).starts_with("/tmp/shophouse-"));
    }
}
