//! `shophouse user …`: one file a command.

mod create;
mod erase;
mod reset;

use clap::Subcommand;

use super::BootError;

/// What can be done with people. A user is named by the email address.
#[derive(Subcommand)]
pub(super) enum Command {
    Create(create::Arguments),
    Reset(reset::Arguments),
    Erase(erase::Arguments),
}

pub(super) fn run(command: &Command) -> Result<(), BootError> {
    match command {
        Command::Create(arguments) => create::run(arguments),
        Command::Reset(arguments) => reset::run(arguments),
        Command::Erase(arguments) => erase::run(arguments),
    }
}
