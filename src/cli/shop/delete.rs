//! `shophouse shop delete`: close a shop, and erase it later or now.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::Args;

use crate::audit::Event;
use crate::cli::installation::Installation;
use crate::cli::stop::Stop;
use crate::cli::{BootError, print};
use crate::tenancy::lifecycle::{self, LifecycleError};
use crate::tenancy::{Erasure, ShopId, ShopName, Tenancy};

/// Close a shop now, and erase it after its grace period
///
/// Within the grace period (SHOPHOUSE_SHOPS_GRACE_DAYS) the shop can be restored and its slug stays taken. After it, a
/// running server erases the shop.
#[derive(Args)]
#[command(after_help = "Examples:
  shophouse shop delete the-loft
  shophouse shop delete the-loft --now --yes")]
pub(in crate::cli) struct Arguments {
    /// The shop's slug or id
    #[arg(value_name = "SLUG")]
    shop: ShopName,
    /// Erase the shop and all its data now, even if it is deleted already
    #[arg(long)]
    now: bool,
    /// Erase without asking for confirmation
    #[arg(long, requires = "now")]
    yes: bool,
}

pub(super) fn run(arguments: &Arguments, stop: &Stop) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, .. }| {
        if arguments.now {
            return erase(tenancy, arguments, stop);
        }
        let (shop, entry) = tenancy.as_operator(|owner| {
            let id = super::id(owner, &arguments.shop)?;
            let shop = lifecycle::delete(owner, id, tenancy.grace())?;
            Ok::<_, BootError>((shop, super::record(owner, Event::ShopDeleted, id)?))
        })?;
        entry.log();
        let due = print::time(shop.erase_after);
        print::text(&format!("{} is closed and will be erased after {due}\n", shop.slug))
    })
}

fn erase(tenancy: &Tenancy, arguments: &Arguments, stop: &Stop) -> Result<(), BootError> {
    let found = tenancy.as_operator(|owner| super::entry(owner, &arguments.shop))?;
    if !arguments.yes {
        confirm(&found.slug)?;
    }
    let shop = ShopId(found.id);
    let entry = tenancy.as_operator(|owner| {
        match lifecycle::delete(owner, shop, std::time::Duration::ZERO) {
            Err(LifecycleError::AlreadyDeleting) => lifecycle::erase_now(owner, shop),
            other => other,
        }?;
        super::record(owner, Event::ShopDeleted, shop)
    })?;
    entry.log();
    match tenancy.erase(shop, || stop.is_requested())? {
        Erasure::Complete => print::text(&format!("{} is erased\n", found.slug)),
        Erasure::Skipped => print::text(&format!("another process is erasing {}\n", found.slug)),
        Erasure::Stopped => Err(BootError::Stopped),
    }
}

/// Asks the operator to type the slug, which nobody does out of habit.
fn confirm(slug: &str) -> Result<(), BootError> {
    if !io::stdin().is_terminal() {
        return Err(BootError::NotConfirmed("there is no terminal to ask on; add --yes"));
    }
    eprint!("This erases {slug} and all its data. It cannot be undone. Type its slug to continue: ");
    io::stderr().flush()?;
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed)?;
    if typed.trim() == slug { Ok(()) } else { Err(BootError::NotConfirmed("that is not the shop's slug")) }
}
