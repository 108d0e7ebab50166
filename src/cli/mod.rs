//! The command line: the commands, and their exit codes.

mod audit;
mod background;
mod boot;
mod citus;
mod drift;
mod error;
mod fleet;
mod installation;
mod load;
mod mail;
mod migrate;
mod openapi;
mod print;
mod progress;
mod psql;
mod serve;
mod shop;
mod shop_counts;
mod shop_limits;
mod status;
mod stop;
mod user;

use std::io::{self, IsTerminal};

use clap::{Parser, Subcommand};

use crate::config::{LogFormat, log_format};

pub use error::BootError;

/// For the operator's scripts; `BootError::exit_code` has the numbers.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed or refused; standard error has the reason
  2  the command line is wrong
  3  drift was found
  4  some shops could not be migrated";

/// A multi-tenant shop backend: one binary, many shops, isolated from each other by PostgreSQL.
///
/// Without DATABASE_URL it runs a private PostgreSQL server; if that runs already, commands use it.
/// Settings come from Rocket.toml (optional) and the environment.
#[derive(Parser)]
#[command(name = "shophouse", version, after_help = EXIT_CODES)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Migrate the database and serve requests (the default command)
    Serve,
    Migrate(migrate::Arguments),
    Status(status::Arguments),
    Drift(drift::Arguments),
    /// Create, list and manage shops
    #[command(subcommand)]
    Shop(shop::Command),
    /// Create users, reset their passwords, erase them
    #[command(subcommand)]
    User(user::Command),
    /// See the messages that wait or could not be sent, and try them again
    #[command(subcommand)]
    Mail(mail::Command),
    Audit(audit::Arguments),
    /// Prepare the servers of Citus
    #[command(subcommand)]
    Citus(citus::Command),
    /// See and change which server of Citus holds which shops
    #[command(subcommand)]
    Fleet(fleet::Command),
    Psql(psql::Arguments),
    /// Print the OpenAPI 3.1 document of the API
    Openapi,
}

/// Runs the command that was given.
///
/// # Errors
/// [`BootError`], with a message for the operator.
pub fn run(line: &CommandLine) -> Result<(), BootError> {
    log(log_format());
    if let Some(Command::Psql(arguments)) = &line.command {
        // Before the signal handlers below: a second Ctrl-C must not end this process while psql runs.
        return psql::run(arguments);
    }
    let stop = stop::Stop::on_signals()?;
    match &line.command {
        None | Some(Command::Serve) => serve::run(&stop),
        Some(Command::Migrate(arguments)) => migrate::run(arguments, &stop),
        Some(Command::Status(arguments)) => status::run(arguments),
        Some(Command::Drift(arguments)) => drift::run(arguments, &stop),
        Some(Command::Shop(command)) => shop::run(command, &stop),
        Some(Command::User(command)) => user::run(command),
        Some(Command::Mail(command)) => mail::run(command),
        Some(Command::Audit(arguments)) => audit::run(arguments),
        Some(Command::Citus(command)) => citus::run(command),
        Some(Command::Fleet(command)) => fleet::run(command, &stop),
        Some(Command::Psql(arguments)) => psql::run(arguments),
        Some(Command::Openapi) => openapi::run(),
    }
}

fn log(format: LogFormat) {
    use tracing_subscriber::filter::LevelFilter;
    let is_terminal = io::stderr().is_terminal();
    // To standard error: standard output is for what a command prints.
    let log = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(LevelFilter::INFO)
        .with_target(false);
    if format == LogFormat::Json || (format == LogFormat::Auto && !is_terminal) {
        log.json().flatten_event(true).with_current_span(false).with_span_list(false).init();
    } else {
        log.with_ansi(is_terminal).init();
    }
}
