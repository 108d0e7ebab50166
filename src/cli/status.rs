//! `shophouse status`: how the fleet is, and what is wrong with the shops that are not well.

use clap::Args;
use serde::Serialize;

use crate::tenancy::ledger::{self, Entry, Group};
use crate::tenancy::{OwnerTx, ShopState, TenancyError};

use super::installation::Installation;
use super::{BootError, print};

/// Reads the ledger, and changes nothing. It ends with 0 whatever it finds: it is for people, and with
/// --json for programs that decide for themselves.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse status --json | jq .failed")]
pub(super) struct Arguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Status {
    /// The version that this binary brings shops to.
    version: String,
    shops: Vec<Group>,
    lagging: Vec<Entry>,
    failed: Vec<Entry>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    Installation::visit(|installation| {
        let version = installation.tenancy.tenant_version();
        let status = installation.tenancy.as_operator(|owner| look(owner, version))?;
        if arguments.json { print::json(&status) } else { print::text(&told(&status)) }
    })
}

fn look(owner: &mut OwnerTx<'_>, version: &str) -> Result<Status, TenancyError> {
    Ok(Status {
        version: version.to_owned(),
        shops: ledger::groups(owner)?,
        lagging: ledger::lagging(owner, version)?,
        failed: ledger::list(owner, Some(ShopState::Failed))?,
    })
}

fn told(status: &Status) -> String {
    let total: i64 = status.shops.iter().map(|group| group.shops).sum();
    let group = |group: &Group| [group.schema_version.clone(), group.state.clone(), group.shops.to_string()];
    let groups: Vec<_> = status.shops.iter().map(group).collect();
    let lagging = |shop: &Entry| [shop.slug.clone(), shop.schema_version.clone(), shop.state.clone()];
    let failed = |shop: &Entry| {
        let migration = shop.failed_migration.clone().unwrap_or_default();
        [shop.slug.clone(), migration, print::one_line(shop.failure.as_deref().unwrap_or_default())]
    };
    [
        format!("{total} shops; this binary brings them to version {}\n", status.version),
        part("", &print::table(["VERSION", "STATE", "SHOPS"], &groups)),
        part(
            "Lagging, until the next `shophouse migrate`:\n",
            &print::table(
                ["SLUG", "VERSION", "STATE"],
                &status.lagging.iter().map(lagging).collect::<Vec<_>>(),
            ),
        ),
        part(
            "Failed, and tried again by `shophouse migrate`:\n",
            &print::table(
                ["SLUG", "MIGRATION", "REASON"],
                &status.failed.iter().map(failed).collect::<Vec<_>>(),
            ),
        ),
    ]
    .concat()
}

/// A table below its title; nothing when the table is empty.
fn part(title: &str, table: &str) -> String {
    if table.is_empty() { String::new() } else { format!("\n{title}{table}") }
}
