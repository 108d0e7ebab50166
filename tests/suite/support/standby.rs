//! A standby of a disposable PostgreSQL: it streams all changes, and can be promoted.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::server::place;
use super::{DisposablePostgres, Login, Sql, waiting};

/// Ends PostgreSQL when standard input closes, that is, at the latest when this process ends.
const LIFELINE: &str = r#""$@" </dev/null & cat; kill -QUIT $!; wait $!"#;

pub struct Standby {
    lifeline: Child,
    /// Its data directory and its socket.
    home: TempDir,
    /// The directory of the primary's socket.
    primary: String,
}

impl Standby {
    /// Copies the primary, and returns when the copy answers.
    pub fn of(postgres: &DisposablePostgres) -> Self {
        let home = tempfile::Builder::new()
            .prefix("shophouse-standby-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in(place())
            .unwrap();
        let account = fs::metadata(postgres.cluster()).unwrap();
        chown(home.path(), Some(account.uid()), Some(account.gid())).unwrap();
        let program = |program: &Path| {
            let mut command = Command::new(program);
            if nix::unistd::geteuid().is_root() {
                command.uid(account.uid()).gid(account.gid());
            }
            command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let url = postgres.url(Login::Admin);
        let primary = url.split('\'').nth(1).unwrap().to_owned();
        let data = home.path().join("data");
        // Writes to the copy where the primary is, and that it is a standby.
        let copied = program(&programs().join("pg_basebackup"))
            .args(["--write-recovery-conf", "--checkpoint=fast", "-U", "postgres", "-h", &primary, "-D"])
            .arg(&data)
            .status();
        assert!(copied.unwrap().success(), "pg_basebackup failed");
        let sockets = format!("unix_socket_directories={}", home.path().display());
        let lifeline = program(Path::new("sh"))
            .args(["-c", LIFELINE, "sh"])
            .arg(programs().join("postgres"))
            .arg("-D")
            .arg(&data)
            // The primary has so many, and a standby must not have fewer.
            .args(["-c", &sockets, "-c", "listen_addresses=", "-c", "max_connections=40"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let standby = Self { lifeline, home, primary };
        waiting::until("the standby to answer", || {
            let asked = program(&programs().join("pg_isready")).arg("-h").arg(standby.home.path()).status();
            asked.unwrap().success().then_some(())
        });
        standby
    }

    /// Makes it the primary.
    pub fn is_promoted(&self) {
        self.connect(Login::Admin).run("SELECT pg_promote()");
    }

    pub fn connect(&self, login: Login) -> Sql {
        Sql::to(&Self::with_host(&self.home.path().display().to_string(), login))
    }

    /// A connection string that names both: whichever answers is used, the primary before the standby.
    pub fn url_of_both(&self, login: Login) -> String {
        Self::with_host(&format!("{},{}", self.primary, self.home.path().display()), login)
    }

    fn with_host(host: &str, login: Login) -> String {
        let user = match login {
            Login::Admin => "postgres",
            Login::Owner => "shophouse_owner",
            Login::Web => "shophouse_web",
        };
        let database = shophouse::database::private::DATABASE;
        format!("host='{host}' port=5432 user={user} dbname={database}")
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        drop(self.lifeline.stdin.take());
        let _ = self.lifeline.wait();
    }
}

/// Where PostgreSQL's programs are.
fn programs() -> PathBuf {
    std::env::var_os("SHOPHOUSE_PG_BIN").map_or_else(
        || {
            let asked = Command::new("pg_config").arg("--bindir").output().unwrap();
            PathBuf::from(String::from_utf8(asked.stdout).unwrap().trim())
        },
        PathBuf::from,
    )
}
