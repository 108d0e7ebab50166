//! The cluster, PostgreSQL's own directory: making it, its version, the server that runs on it.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::{Command, Output};

use super::account::Account;
use super::data_dir::{DataDir, PORT};
use super::error::PrivateServerError;
use super::logins::ADMIN;
use super::options::PrivateOptions;
use super::programs::Programs;

/// A cluster grows under a name of this kind and gets its own name when it is whole.
const UNFINISHED: &str = "postgres.unfinished-";

/// The cluster's major version; none when there is no cluster yet.
pub(super) fn major(cluster: &Path) -> Result<Option<u32>, PrivateServerError> {
    let path = cluster.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => match text.trim().parse() {
            Ok(major) => Ok(Some(major)),
            Err(_) => Err(PrivateServerError::NotACluster(cluster.to_path_buf())),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PrivateServerError::file("read", &path)(error)),
    }
}

/// Makes the cluster beside its place and moves it there when it is whole, so that an initdb
/// killed halfway leaves nothing that looks like a cluster.
pub(super) fn create(
    data_dir: &DataDir,
    programs: &Programs,
    account: &Account,
    options: &PrivateOptions,
) -> Result<(), PrivateServerError> {
    sweep_unfinished(&data_dir.dir);
    let unfinished = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempdir_in(&data_dir.dir)
        .map_err(PrivateServerError::file("write in", &data_dir.dir))?;
    let path = unfinished.path();
    account.take_over(path).map_err(PrivateServerError::file("hand over", path))?;
    initdb(path, programs, account, options)?;
    match fs::rename(path, &data_dir.cluster) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {
            return Err(PrivateServerError::NotACluster(data_dir.cluster.clone()));
        }
        Err(error) => return Err(PrivateServerError::file("create", &data_dir.cluster)(error)),
    }
    if !options.unsafe_fast {
        // The new name must outlast a power cut as the files under it do.
        let sync = File::open(&data_dir.dir).and_then(|dir| dir.sync_all());
        sync.map_err(PrivateServerError::file("sync", &data_dir.dir))?;
    }
    Ok(())
}

/// Removes what killed starts left. Best effort: an initdb that outlived its parent may still be
/// writing there; the next start that makes a cluster removes the rest.
fn sweep_unfinished(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED)
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!(path = %entry.path().display(), %error, "cannot remove an unfinished cluster");
        }
    }
}

fn initdb(
    path: &Path,
    programs: &Programs,
    account: &Account,
    options: &PrivateOptions,
) -> Result<(), PrivateServerError> {
    let run = |locale: &str| -> io::Result<Output> {
        let mut initdb = account.command(&programs.initdb());
        initdb
            .arg("--pgdata")
            .arg(path)
            .args(["--encoding=UTF8", "--data-checksums", "--no-instructions"])
            // Who may enter the socket's directory is who may log in; see `DataDir`.
            .args(["--auth-local=trust", "--auth-host=reject"])
            .arg(format!("--username={ADMIN}"))
            .arg(format!("--locale={locale}"));
        if options.unsafe_fast {
            initdb.arg("--no-sync");
        }
        initdb.output()
    };
    let failed_to_run = || PrivateServerError::run(programs.initdb());
    let mut answer = run("C.UTF-8").map_err(failed_to_run())?;
    // Not every system has this locale. It removes nothing that was not its own: on failure
    // initdb leaves a directory it was given empty.
    if !answer.status.success() && String::from_utf8_lossy(&answer.stderr).contains("locale") {
        answer = run("C").map_err(failed_to_run())?;
    }
    if answer.status.success() {
        return Ok(());
    }
    Err(PrivateServerError::Initdb {
        program: programs.initdb(),
        said: String::from_utf8_lossy(&answer.stderr).trim().to_owned(),
    })
}

/// The server's command line. Every setting stands here, none in the cluster's own files, so
/// that a new release of ours brings its settings to old clusters.
pub(super) fn server(data_dir: &DataDir, programs: &Programs, options: &PrivateOptions) -> Command {
    let mut settings = vec![
        format!("port={PORT}"),
        "listen_addresses=".to_owned(),
        format!("unix_socket_directories={}", data_dir.socket_dir),
        "unix_socket_permissions=0700".to_owned(),
        format!("max_connections={}", options.max_connections),
        "logging_collector=off".to_owned(),
        "log_destination=stderr".to_owned(),
        // Statements and details carry customers' data, which no log may hold.
        "log_min_error_statement=panic".to_owned(),
        "log_error_verbosity=terse".to_owned(),
    ];
    if options.unsafe_fast {
        let fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
        settings.extend(fast.map(str::to_owned));
    }
    let mut command = Command::new(programs.postgres());
    command.arg("-D").arg(&data_dir.cluster);
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    command
}
