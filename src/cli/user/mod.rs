//! `shophouse user …`: one file a command.

mod create;
mod erase;
mod reset;

use clap::Subcommand;
use uuid::Uuid;

use crate::identity::{Email, IdentityError};

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

/// Says who there is not.
fn named(error: IdentityError, email: &Email) -> BootError {
    match error {
        IdentityError::NoSuchUser => BootError::NoSuchUser(email.clone()),
        other => other.into(),
    }
}

/// Writes what the operator did to the audit log.
fn audit(event: &'static str, user: Uuid) {
    tracing::info!(audit = event, %user, by = "operator", "audit");
}
