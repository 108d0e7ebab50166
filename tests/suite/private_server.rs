//! The private PostgreSQL: starting, joining, stopping, and what a killed process leaves behind.

use std::error::Error;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Bool;
use diesel::{
    Connection, ConnectionResult, IntoSql, PgConnection, QueryableByName, RunQueryDsl, select, sql_query,
};
use nix::unistd::geteuid;
use shophouse::database::private::{DATABASE, Login, PrivateOptions, PrivateServer};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

/// A directory that the server's account can pass when the tests run as root.
fn scratch() -> std::io::Result<TempDir> {
    tempfile::Builder::new()
        .prefix("shophouse-test-")
        .permissions(Permissions::from_mode(0o755))
        .tempdir_in("/tmp")
}

fn options(data_dir: impl Into<PathBuf>) -> PrivateOptions {
    PrivateOptions {
        data_dir: data_dir.into(),
        pg_bin: std::env::var_os("SHOPHOUSE_PG_BIN").map(PathBuf::from),
        unsafe_fast: true,
        max_connections: 10,
    }
}

fn connect(server: &PrivateServer, login: Login) -> ConnectionResult<PgConnection> {
    connect_to(&server.url(login, DATABASE))
}

#[expect(clippy::disallowed_methods, reason = "what is tested lies below the pool")]
fn connect_to(url: &str) -> ConnectionResult<PgConnection> {
    PgConnection::establish(url)
}

fn start_error(options: &PrivateOptions) -> Result<String, &'static str> {
    match PrivateServer::start(options) {
        Ok(_) => Err("it started"),
        Err(error) => Ok(error.to_string()),
    }
}

#[derive(QueryableByName)]
struct Holds {
    #[diesel(sql_type = Bool)]
    holds: bool,
}

fn holds(connection: &mut PgConnection, condition: &str) -> diesel::QueryResult<bool> {
    let row: Holds = sql_query(format!("SELECT {condition} AS holds")).get_result(connection)?;
    Ok(row.holds)
}

#[test]
fn it_starts_with_its_logins_and_stops() -> Outcome {
    let scratch = scratch()?;
    let data_dir = scratch.path().join("data");
    let server = PrivateServer::start(&options(&data_dir))?;

    let mut owner = connect(&server, Login::Owner)?;
    owner.batch_execute("CREATE TABLE public.things ()")?;
    for condition in [
        "current_setting('server_encoding') = 'UTF8'",
        "current_setting('listen_addresses') = ''",
        "(SELECT rolcreaterole AND rolcreatedb AND NOT rolsuper FROM pg_roles WHERE rolname = current_user)",
        "(SELECT datdba::regrole::text = current_user FROM pg_database WHERE datname = current_database())",
    ] {
        assert!(holds(&mut owner, condition)?, "{condition}");
    }
    let mut web = connect(&server, Login::Web)?;
    for condition in [
        "(SELECT NOT (rolinherit OR rolcreaterole OR rolcreatedb OR rolsuper) FROM pg_roles WHERE rolname = current_user)",
        "NOT has_database_privilege(current_database(), 'CREATE')",
        "NOT has_database_privilege(current_database(), 'TEMP')",
        "NOT has_schema_privilege('public', 'USAGE')",
        "NOT has_schema_privilege('public', 'CREATE')",
    ] {
        assert!(holds(&mut web, condition)?, "{condition}");
    }
    assert!(holds(
        &mut connect(&server, Login::Admin)?,
        "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
    )?);

    let url = server.url(Login::Web, DATABASE);
    server.stop()?;
    assert!(connect_to(&url).is_err(), "it still answers");
    assert!(!data_dir.join("postgres/postmaster.pid").exists());
    Ok(())
}

#[test]
fn a_second_start_joins_and_a_later_one_keeps_what_was_written() -> Outcome {
    let scratch = scratch()?;
    let options = options(scratch.path().join("data"));
    let first = PrivateServer::start(&options)?;
    connect(&first, Login::Owner)?.batch_execute("CREATE TABLE public.kept AS SELECT 7 AS number")?;

    let second = PrivateServer::start(&options)?;
    let read = "(SELECT number = 7 FROM public.kept)";
    assert!(holds(&mut connect(&second, Login::Owner)?, read)?);
    drop(second);
    assert!(holds(&mut connect(&first, Login::Owner)?, read)?, "the server outlives who joined it");

    drop(first);
    let again = PrivateServer::start(&options)?;
    assert!(holds(&mut connect(&again, Login::Owner)?, read)?);
    again.stop()?;
    Ok(())
}

#[test]
fn a_pid_file_whose_number_now_belongs_to_another_process_is_no_obstacle() -> Outcome {
    let scratch = scratch()?;
    let options = options(scratch.path().join("data"));
    PrivateServer::start(&options)?.stop()?;
    let cluster = options.data_dir.join("postgres");

    // A process of the server's own account, since only such a one is mistaken for a server.
    let account = fs::metadata(&cluster)?;
    let mut stranger = Command::new("cat");
    stranger.stdin(Stdio::piped()).stdout(Stdio::null());
    if geteuid().is_root() {
        stranger.uid(account.uid()).gid(account.gid());
    }
    let mut stranger = stranger.spawn()?;
    let pid_file = cluster.join("postmaster.pid");
    fs::write(&pid_file, format!("{}\n{}\n", stranger.id(), cluster.display()))?;

    let started = PrivateServer::start(&options);
    let is_alive = stranger.try_wait()?.is_none();
    stranger.kill()?;
    stranger.wait()?;
    started?.stop()?;
    assert!(is_alive, "a process that has nothing to do with us was ended");
    Ok(())
}

#[test]
fn a_directory_without_the_programs_is_named_in_the_error() -> Outcome {
    let scratch = scratch()?;
    let mut options = options(scratch.path().join("data"));
    let empty = scratch.path().join("no-programs-here");
    fs::create_dir(&empty)?;
    options.pg_bin = Some(empty.clone());

    let error = start_error(&options)?;
    for part in ["SHOPHOUSE_PG_BIN", "initdb", &empty.display().to_string()] {
        assert!(error.contains(part), "{part} is missing in: {error}");
    }
    Ok(())
}

#[test]
fn a_path_too_long_for_a_socket_works_all_the_same() -> Outcome {
    let scratch = scratch()?;
    let data_dir = scratch.path().join("long".repeat(30)).join("it's data");
    let server = PrivateServer::start(&options(&data_dir))?;
    let url = server.url(Login::Web, DATABASE);
    assert!(url.contains("host='/tmp/shophouse-"), "{url}");
    let one: i32 =
        select(1.into_sql::<diesel::sql_types::Integer>()).get_result(&mut connect(&server, Login::Web)?)?;
    assert_eq!(one, 1);

    let socket_dir = url.split('\'').nth(1).map(Path::new).ok_or("no host")?;
    assert_eq!(fs::metadata(socket_dir)?.mode() & 0o777, 0o700);
    server.stop()?;
    assert!(!socket_dir.exists(), "it stays behind in /tmp");
    Ok(())
}

/// Only for root: a server of root's runs as another account.
#[test]
fn as_root_a_parent_that_the_server_cannot_pass_is_named_in_the_error() -> Outcome {
    if !geteuid().is_root() {
        return Ok(());
    }
    let scratch = scratch()?;
    let barrier = scratch.path().join("closed");
    fs::create_dir(&barrier)?;
    fs::set_permissions(&barrier, Permissions::from_mode(0o700))?;

    let error = start_error(&options(barrier.join("data")))?;
    let named = format!("pass through {}.", fs::canonicalize(&barrier)?.display());
    for part in ["SHOPHOUSE_DATA_DIR", &named] {
        assert!(error.contains(part), "{part} is missing in: {error}");
    }
    Ok(())
}
