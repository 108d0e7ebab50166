//! `shophouse user …`: one file for each command.

mod create;
mod erase;
mod reset;
mod reset_factor;
mod verify;

use clap::Subcommand;

use crate::identity::{Email, IdentityError};

use super::BootError;

/// Create users, reset their passwords, take their addresses as proved, erase them. A user is named by the email address.
#[derive(Subcommand)]
pub(super) enum Command {
    Create(create::Arguments),
    Reset(reset::Arguments),
    ResetFactor(reset_factor::Arguments),
    Verify(verify::Arguments),
    Erase(erase::Arguments),
}

pub(super) fn run(command: &Command) -> Result<(), BootError> {
    match command {
        Command::Create(arguments) => create::run(arguments),
        Command::Reset(arguments) => reset::run(arguments),
        Command::ResetFactor(arguments) => reset_factor::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Erase(arguments) => erase::run(arguments),
    }
}

/// Adds the email address to the error for a user who does not exist.
fn named(error: IdentityError, email: &Email) -> BootError {
    match error {
        IdentityError::NoSuchUser => BootError::NoSuchUser(email.clone()),
        other => other.into(),
    }
}
