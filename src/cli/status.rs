//! `shophouse status`: shops by version and state, and what is wrong with outdated and failed ones.

use std::collections::BTreeSet;

use clap::Args;
use serde::Serialize;

use crate::identity::UNVERIFIED;
use crate::identity::users::{self, UnreachableUser};
use crate::tenancy::registry::ledger::{self, Entry, Group};
use crate::tenancy::{OddSetting, OwnerTx, ServerFacts, ShopState, TenancyError};

use super::installation::Installation;
use super::load::{self, Load};
use super::{BootError, print};

/// Show shops by version and state, and list outdated, failed and deleted ones
///
/// Reads the shop records, asks the server, if one runs, for its load, and changes nothing. The exit code is 0 whatever it finds; with --json, a program can decide
/// for itself.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse status --json | jq .failed")]
pub(super) struct Arguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Status {
    /// The version that this binary migrates shops to.
    version: String,
    /// What the database runs on.
    server: ServerFacts,
    /// Servers of Citus that do not answer.
    silent_nodes: Vec<String>,
    shops: Vec<Group>,
    lagging: Vec<Entry>,
    failed: Vec<Entry>,
    deleting: Vec<Entry>,
    unreachable_users: Vec<UnreachableUser>,
    /// Settings of PostgreSQL that may hurt.
    settings: BTreeSet<OddSetting>,
    /// Whether email addresses have to be proved.
    verify_email: bool,
    /// The load of the server; null when none answers.
    load: Option<Load>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    Installation::with(|installation| {
        let version = installation.tenancy.tenant_version();
        let tenancy = &installation.tenancy;
        let (server, settings) =
            ((tenancy.server_facts()?, tenancy.find_silent_nodes()?), tenancy.odd_settings()?);
        let load = load::of_server(&installation.config);
        let verify_email = installation.config.verification().is_on();
        let read = |owner: &mut OwnerTx<'_>| read(owner, (version, server), settings, verify_email, load);
        let status = installation.tenancy.as_operator(read)?;
        if arguments.json { print::json(&status) } else { print::text(&as_text(&status)) }
    })
}

fn read(
    owner: &mut OwnerTx<'_>,
    (version, (server, silent_nodes)): (&str, (ServerFacts, Vec<String>)),
    settings: BTreeSet<OddSetting>,
    verify_email: bool,
    load: Option<Load>,
) -> Result<Status, TenancyError> {
    Ok(Status {
        version: version.to_owned(),
        server,
        silent_nodes,
        shops: ledger::groups(owner)?,
        lagging: ledger::outdated(owner, version)?,
        failed: ledger::list(owner, Some(ShopState::Failed))?,
        deleting: ledger::list(owner, Some(ShopState::Deleting))?,
        unreachable_users: users::unreachable(owner)?,
        settings,
        verify_email,
        load,
    })
}

fn as_text(status: &Status) -> String {
    let total: i64 = status.shops.iter().map(|group| group.shops).sum();
    let mut text = format!(
        "{total} shops; this binary migrates them to version {}\nThe database runs on {}\n",
        status.version, status.server
    );
    let silent = |node: &String| format!("No answer from {node}: requests in its shops get 503\n");
    text += &status.silent_nodes.iter().map(silent).collect::<String>();
    if !status.verify_email {
        text += UNVERIFIED;
        text += "\n";
    }
    text += &shops_as_text(status);
    text += &section(
        "Users who cannot sign in; docs/operations.md, \"Two addresses that look the same\", says what to do:\n",
        ["ID", "EMAIL"],
        &status.unreachable_users,
        |user| [user.id.to_string(), user.email.escape_default().to_string()],
    );
    let settings: Vec<_> = status.settings.iter().collect();
    text += &section(
        "Settings of PostgreSQL that may hurt:\n",
        ["SETTING", "VALUE", "WHAT TO DO"],
        &settings,
        |setting| [setting.name.clone(), setting.value.clone(), setting.advice.to_owned()],
    );
    text + &status.load.as_ref().map_or_else(String::new, load_as_text)
}

fn shops_as_text(status: &Status) -> String {
    let groups = section("", ["VERSION", "STATE", "SHOPS"], &status.shops, |group| {
        [group.schema_version.clone(), group.state.clone(), group.shops.to_string()]
    });
    let lagging = section(
        "Outdated; `shophouse migrate` migrates them:\n",
        ["SLUG", "VERSION", "STATE"],
        &status.lagging,
        |shop| [shop.slug.clone(), shop.schema_version.clone(), shop.state.clone()],
    );
    let failed = section(
        "Failed; `shophouse migrate` tries them again:\n",
        ["SLUG", "MIGRATION", "REASON"],
        &status.failed,
        |shop| {
            let migration = shop.failed_migration.clone().unwrap_or_default();
            [shop.slug.clone(), migration, print::one_line(shop.failure.as_deref().unwrap_or_default())]
        },
    );
    let deleting = section(
        "Deleted; `shophouse shop restore` restores them until they are erased:\n",
        ["SLUG", "ERASED AFTER", "WAS"],
        &status.deleting,
        |shop| {
            [shop.slug.clone(), print::time(shop.erase_after), shop.deleted_from.clone().unwrap_or_default()]
        },
    );
    [groups, lagging, failed, deleting].concat()
}

fn load_as_text(load: &Load) -> String {
    let classes = section(
        "The server's work now; refused: without a connection in time since it started:\n",
        ["CLASS", "WAITING", "RUNNING", "REFUSED"],
        &load.classes,
        |it| [it.class.clone(), it.waiting.to_string(), it.in_use.to_string(), it.refused.to_string()],
    );
    let shops = section(
        "Shops that used the most of the database in the last minute:\n",
        ["SHOP", "SECONDS", "REQUESTS", "REFUSED"],
        &load.shops,
        |it| {
            let seconds = format!("{:.1}", it.database_seconds);
            [it.shop.clone(), seconds, it.requests.to_string(), it.refused.to_string()]
        },
    );
    classes + &shops
}

/// A table below its title. Empty when there are no rows.
fn section<T, const N: usize>(
    title: &str,
    head: [&str; N],
    rows: &[T],
    row: impl Fn(&T) -> [String; N],
) -> String {
    let table = print::table(head, &rows.iter().map(row).collect::<Vec<_>>());
    if table.is_empty() { table } else { format!("\n{title}{table}") }
}
