//! `shophouse shop show`: one shop's record.

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::tenancy::registry::ledger::Entry;
use crate::tenancy::{ShopId, ShopName};

/// Show a shop's record: state, version, times, and why it failed
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse shop show the-loft")]
pub(in crate::cli) struct Arguments {
    /// The shop's slug or id
    #[arg(value_name = "SLUG")]
    shop: ShopName,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    Installation::with(|installation| {
        let shop = installation.tenancy.as_operator(|owner| super::entry(owner, &arguments.shop))?;
        if arguments.json { print::json(&shop) } else { print::text(&as_text(&shop)) }
    })
}

fn as_text(shop: &Entry) -> String {
    let mut lines = vec![
        ("slug", shop.slug.clone()),
        ("name", print::one_line(&shop.name)),
        ("id", shop.id.to_string()),
        ("schema", ShopId(shop.id).schema()),
        ("state", shop.state.clone()),
        ("currency", shop.currency.clone()),
        ("version", shop.schema_version.clone()),
        ("migrated", print::time(Some(shop.migrated_at))),
        ("opened", print::time(Some(shop.created_at))),
    ];
    if let Some(migration) = &shop.failed_migration {
        lines.push(("failed at", migration.clone()));
    }
    if let Some(failure) = &shop.failure {
        lines.push(("reason", print::one_line(failure)));
    }
    if shop.erase_after.is_some() {
        lines.push(("deleted", print::time(shop.deleted_at)));
        lines.push(("erased", format!("after {}", print::time(shop.erase_after))));
    }
    lines.iter().map(|(name, value)| format!("{name:9} {value}\n")).collect()
}
