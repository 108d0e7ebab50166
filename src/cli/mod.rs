//! The command line: what commands there are, and what every command needs.

mod boot;
mod housekeeping;
mod migrate;
mod openapi;
mod serve;
mod stop;

use clap::{Parser, Subcommand};

pub use boot::BootError;

/// A multi-tenant shop backend: one binary, many shops, each behind its own wall.
///
/// Without DATABASE_URL it runs a private PostgreSQL of its own. Settings come from Rocket.toml and the
/// environment; README.md has the table.
#[derive(Parser)]
#[command(name = "shophouse", version)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Bring the database up to date and serve requests (what happens without a command)
    Serve,
    /// Bring `public` and every shop up to date, and end
    Migrate,
    /// Print the API's description (OpenAPI 3.1), and end
    Openapi,
}

/// Runs the command that was given.
///
/// # Errors
/// What the command says; the message is for the operator.
pub fn run(line: &CommandLine) -> Result<(), BootError> {
    log();
    let stop = stop::Stop::on_signals()?;
    match line.command {
        None | Some(Command::Serve) => serve::run(&stop),
        Some(Command::Migrate) => migrate::run(&stop),
        Some(Command::Openapi) => openapi::run(),
    }
}

fn log() {
    use std::io::IsTerminal;
    use tracing_subscriber::filter::LevelFilter;
    // Standard error, so that what a command prints can be piped.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_max_level(LevelFilter::INFO)
        .with_target(false)
        .init();
}
