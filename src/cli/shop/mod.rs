//! `shophouse shop …`: one file for each command.

mod create;
mod delete;
mod export;
mod import;
mod limits;
mod list;
mod owner;
mod restore;
mod resume;
mod show;
mod suspend;

use clap::{Args, Subcommand};
use uuid::Uuid;

use crate::audit::{self, Event};
use crate::identity::{Email, Verification, users};
use crate::tenancy::registry::ledger::{self, Entry};
use crate::tenancy::{OwnerTx, ShopId, ShopName, TenancyError};

use super::BootError;
use super::stop::Stop;

/// Create, list and manage shops. A shop is named by its slug or its id.
#[derive(Subcommand)]
pub(super) enum Command {
    Create(create::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
    /// Close a shop until it is resumed; its members get 403 `shop_suspended`
    #[command(after_help = "Example:\n  shophouse shop suspend the-loft")]
    Suspend(Named),
    /// Reopen a suspended shop
    #[command(after_help = "Example:\n  shophouse shop resume the-loft")]
    Resume(Named),
    Delete(delete::Arguments),
    Restore(restore::Arguments),
    Owner(owner::Arguments),
    Limits(limits::Arguments),
    /// Write an archive of a shop to standard output
    Export(export::Arguments),
    /// Create a shop from an archive on standard input
    Import(import::Arguments),
}

/// The arguments of a command that takes only a shop.
#[derive(Args)]
pub(super) struct Named {
    /// The shop's slug or id
    #[arg(value_name = "SLUG")]
    shop: ShopName,
}

pub(super) fn run(command: &Command, stop: &Stop) -> Result<(), BootError> {
    match command {
        Command::Create(arguments) => create::run(arguments),
        Command::List(arguments) => list::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::Suspend(named) => suspend::run(&named.shop),
        Command::Resume(named) => resume::run(&named.shop),
        Command::Delete(arguments) => delete::run(arguments, stop),
        Command::Restore(arguments) => restore::run(arguments),
        Command::Owner(arguments) => owner::run(arguments),
        Command::Limits(arguments) => limits::run(arguments),
        Command::Export(arguments) => export::run(arguments, stop),
        Command::Import(arguments) => import::run(arguments, stop),
    }
}

/// The shop with this slug or id.
pub(super) fn entry(owner: &mut OwnerTx<'_>, name: &ShopName) -> Result<Entry, BootError> {
    ledger::find(owner, name)?.ok_or_else(|| BootError::NoSuchShop(name.clone()))
}

/// The id of the shop with this slug or id.
pub(super) fn id(owner: &mut OwnerTx<'_>, name: &ShopName) -> Result<ShopId, BootError> {
    entry(owner, name).map(|entry| ShopId(entry.id))
}

/// The user with this email address, who is to own a shop.
pub(super) fn owner_to_be(
    owner: &mut OwnerTx<'_>,
    email: &Email,
    verification: Verification,
) -> Result<Uuid, BootError> {
    let user = users::id_of(owner, email)?.ok_or_else(|| BootError::NoSuchUser(email.clone()))?;
    if verification.is_on() && !users::find(owner, user)?.email_verified {
        return Err(BootError::NotProved(email.clone()));
    }
    Ok(user)
}

/// Records what the operator does with a shop, in the transaction of the act. Log the entry after it.
fn record(owner: &mut OwnerTx<'_>, event: Event, shop: ShopId) -> Result<audit::Entry, BootError> {
    record_entry(owner, audit::Entry::by_operator(event).in_shop(shop))
}

fn record_entry(owner: &mut OwnerTx<'_>, entry: audit::Entry) -> Result<audit::Entry, BootError> {
    audit::record(owner.pg(), &entry).map_err(TenancyError::from)?;
    Ok(entry)
}
