//! `shophouse status`: how the fleet is, and what is wrong with the shops that are not well.

use clap::Args;
use serde::Serialize;

use crate::tenancy::registry::ledger::{self, Entry, Group};
use crate::tenancy::{OwnerTx, ShopState, TenancyError};

use super::installation::Installation;
use super::{BootError, print};

/// Say how the fleet is: shops by version and state, and what is wrong with those that are not well
///
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
    deleting: Vec<Entry>,
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
        lagging: ledger::outdated(owner, version)?,
        failed: ledger::list(owner, Some(ShopState::Failed))?,
        deleting: ledger::list(owner, Some(ShopState::Deleting))?,
    })
}

fn told(status: &Status) -> String {
    let total: i64 = status.shops.iter().map(|group| group.shops).sum();
    let mut told = format!("{total} shops; this binary brings them to version {}\n", status.version);
    let group = |group: &Group| [group.schema_version.clone(), group.state.clone(), group.shops.to_string()];
    told += &part("", ["VERSION", "STATE", "SHOPS"], &status.shops, group);
    told += &part(
        "Lagging, until the next `shophouse migrate`:\n",
        ["SLUG", "VERSION", "STATE"],
        &status.lagging,
        |shop| [shop.slug.clone(), shop.schema_version.clone(), shop.state.clone()],
    );
    told += &part(
        "Failed, and tried again by `shophouse migrate`:\n",
        ["SLUG", "MIGRATION", "REASON"],
        &status.failed,
        |shop| {
            let migration = shop.failed_migration.clone().unwrap_or_default();
            [shop.slug.clone(), migration, print::one_line(shop.failure.as_deref().unwrap_or_default())]
        },
    );
    told += &part(
        "Being deleted, and restored until they are erased by `shophouse shop restore`:\n",
        ["SLUG", "ERASED AFTER", "WAS"],
        &status.deleting,
        |shop| {
            [shop.slug.clone(), print::time(shop.erase_after), shop.deleted_from.clone().unwrap_or_default()]
        },
    );
    told
}

/// A table below its title; nothing when there are no rows.
fn part<T, const N: usize>(
    title: &str,
    head: [&str; N],
    rows: &[T],
    row: impl Fn(&T) -> [String; N],
) -> String {
    let table = print::table(head, &rows.iter().map(row).collect::<Vec<_>>());
    if table.is_empty() { table } else { format!("\n{title}{table}") }
}
