//! The program: parses the command line and runs one command.

use std::process::ExitCode;

use clap::Parser;
use shophouse::cli::{self, CommandLine};
use tikv_jemallocator::Jemalloc;

/// With glibc's allocator, threads wait for each other, or each has a heap of its own, which keeps what was freed in it.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    match cli::run(&CommandLine::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shophouse: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
