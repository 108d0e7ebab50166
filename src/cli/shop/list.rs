//! `shophouse shop list`: the shops of the installation.

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::tenancy::ShopState;
use crate::tenancy::registry::ledger::{self, Entry};

/// List the shops, by slug
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse shop list --state suspended")]
pub(in crate::cli) struct Arguments {
    /// List only shops in this state: active, suspended, failed or deleting
    #[arg(long)]
    state: Option<ShopState>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    Installation::with(|installation| {
        let shops = installation.tenancy.as_operator(|owner| ledger::list(owner, arguments.state))?;
        if arguments.json { print::json(&shops) } else { print::text(&as_text(&shops)) }
    })
}

fn as_text(shops: &[Entry]) -> String {
    let row = |shop: &Entry| {
        let opened = shop.created_at.format("%Y-%m-%d").to_string();
        let (state, version) = (shop.state.clone(), shop.schema_version.clone());
        [shop.slug.clone(), state, version, shop.currency.clone(), opened, print::one_line(&shop.name)]
    };
    let rows: Vec<_> = shops.iter().map(row).collect();
    print::table(["SLUG", "STATE", "VERSION", "CURRENCY", "OPENED", "NAME"], &rows)
}
