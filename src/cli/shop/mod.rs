//! `shophouse shop …`: one file a command.

mod export;
mod import;
mod list;
mod show;

use clap::Subcommand;

use crate::tenancy::ledger::{self, Entry};
use crate::tenancy::{OwnerTx, ShopName};

use super::BootError;
use super::stop::Stop;

/// What can be done with shops. A shop is named by its slug or its id.
#[derive(Subcommand)]
pub(super) enum Command {
    /// List the shops, by slug
    List(list::Arguments),
    /// Show all that the ledger says of a shop
    Show(show::Arguments),
    /// Write a shop to standard output as an archive
    Export(export::Arguments),
    /// Make a shop of an archive on standard input
    Import(import::Arguments),
}

pub(super) fn run(command: &Command, stop: &Stop) -> Result<(), BootError> {
    match command {
        Command::List(arguments) => list::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::Export(arguments) => export::run(arguments, stop),
        Command::Import(arguments) => import::run(arguments, stop),
    }
}

/// The shop of this name.
fn entry(owner: &mut OwnerTx<'_>, name: &ShopName) -> Result<Entry, BootError> {
    ledger::find(owner, name)?.ok_or_else(|| BootError::NoSuchShop(name.clone()))
}
