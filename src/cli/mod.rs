//! The command line: what commands there are, and how each ends.

mod background;
mod boot;
mod census;
mod drift;
mod error;
mod installation;
mod migrate;
mod openapi;
mod print;
mod progress;
mod psql;
mod serve;
mod shop;
mod status;
mod stop;
mod user;

use std::io::{self, IsTerminal};

use clap::{Parser, Subcommand};

use crate::config::LogFormat;

pub use error::BootError;

/// What the operator's scripts can tell the ends of a command by; `BootError::exit_code` has the numbers.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed, or refused; the reason is on standard error
  2  the command line is wrong
  3  drift was found
  4  some shops could not be migrated";

/// A multi-tenant shop backend: one binary, many shops, each behind its own wall.
///
/// Without DATABASE_URL it runs a private PostgreSQL of its own, and commands join one that runs already.
/// Settings come from Rocket.toml and the environment; README.md has the table.
#[derive(Parser)]
#[command(name = "shophouse", version, after_help = EXIT_CODES)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Bring the database up to date and serve requests (what happens without a command)
    Serve,
    Migrate(migrate::Arguments),
    Status(status::Arguments),
    Drift(drift::Arguments),
    /// Open, list and look after shops
    #[command(subcommand)]
    Shop(shop::Command),
    /// Look after people
    #[command(subcommand)]
    User(user::Command),
    Psql(psql::Arguments),
    /// Print the API's description (OpenAPI 3.1), and end
    Openapi,
}

/// Runs the command that was given.
///
/// # Errors
/// What the command says; the message is for the operator.
pub fn run(line: &CommandLine) -> Result<(), BootError> {
    log(LogFormat::configured());
    if let Some(Command::Psql(arguments)) = &line.command {
        // A second Ctrl-C must not end us under it.
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
        Some(Command::Psql(arguments)) => psql::run(arguments),
        Some(Command::Openapi) => openapi::run(),
    }
}

fn log(format: LogFormat) {
    use tracing_subscriber::filter::LevelFilter;
    let is_terminal = io::stderr().is_terminal();
    // Standard error, so that what a command prints can be piped.
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
