//! The program: parses the command line and runs one command.

use std::process::ExitCode;

use clap::Parser;
use shophouse::cli::{self, CommandLine};

fn main() -> ExitCode {
    cli::limit_heaps();
    match cli::run(&CommandLine::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shophouse: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
