//! `shophouse shop limits`: the limits of one shop, and changing them.

use clap::Args;
use serde::Serialize;

use crate::audit::{Entry, Event};
use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::limits::{Limit, Overrides, Values};
use crate::tenancy::ShopName;
use crate::tenancy::registry::limits;

/// Show a shop's limits, and set them for this shop
///
/// Running servers learn of a change within seconds.
#[derive(Args)]
#[command(after_help = after_help())]
pub(in crate::cli) struct Arguments {
    /// The shop's slug or id
    #[arg(value_name = "SLUG")]
    shop: ShopName,
    /// Set a limit for this shop; 0 means no limit
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(Limit, u32)>,
    /// Take the limit of this shop back: the configured value holds again
    #[arg(long, value_name = "NAME", value_parser = limit)]
    unset: Vec<Limit>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The limits that a shop may have of its own.
fn of_shops() -> impl Iterator<Item = Limit> {
    Limit::ALL.into_iter().filter(|limit| limit.is_of_shop())
}

fn after_help() -> String {
    let lines: Vec<String> =
        of_shops().map(|limit| format!("  {:28}  {}\n", limit.name(), limit.counts())).collect();
    format!(
        "Limits:\n{}\nExample:\n  shophouse shop limits the-loft --set orders_per_minute=600 --unset products_per_shop",
        lines.concat()
    )
}

fn limit(name: &str) -> Result<Limit, String> {
    let limit: Limit = name.parse().map_err(|_| format!("there is no limit {name}"))?;
    if limit.is_of_shop() {
        Ok(limit)
    } else {
        Err(format!("{name} is no limit of a shop; see docs/limits.md"))
    }
}

fn assignment(text: &str) -> Result<(Limit, u32), String> {
    let (name, value) = text.split_once('=').ok_or("give NAME=VALUE")?;
    let value = value.parse().map_err(|_| format!("{value} is not a whole number from 0 to {}", u32::MAX))?;
    Ok((limit(name)?, value))
}

/// A limit of a shop.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    /// Zero means no limit.
    value: u32,
    /// Where the value comes from.
    from: &'static str,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    let Arguments { shop, set, unset, json } = arguments;
    let is_changed = !set.is_empty() || !unset.is_empty();
    Installation::with(|installation| {
        let (overrides, entry) = installation.tenancy.as_operator(|owner| {
            let id = super::id(owner, shop)?;
            if !is_changed {
                return Ok((limits::of(owner, id)?, None));
            }
            let overrides = limits::change(owner, id, set, unset)?;
            Ok::<_, BootError>((overrides, Some(super::record(owner, Event::LimitsChanged, id)?)))
        })?;
        entry.inspect(Entry::log);
        let rows = rows(&overrides, &installation.config.settings.quotas.0);
        if *json { print::json(&rows) } else { print::text(&as_text(&rows)) }
    })
}

fn rows(overrides: &Overrides, configured: &Values) -> Vec<Row> {
    let row = |limit: Limit| {
        let value = configured.get(limit).map_or(0, std::num::NonZero::get);
        let (value, from) = match overrides.get(&limit) {
            Some(own) => (*own, "shop"),
            None if value == limit.default() => (value, "default"),
            None => (value, "configuration"),
        };
        Row { name: limit.name(), value, from }
    };
    of_shops().map(row).collect()
}

fn as_text(rows: &[Row]) -> String {
    let cells = |row: &Row| {
        let value = if row.value == 0 { "none".to_owned() } else { row.value.to_string() };
        [row.name.to_owned(), value, row.from.to_owned()]
    };
    print::table(["LIMIT", "VALUE", "FROM"], &rows.iter().map(cells).collect::<Vec<_>>())
}
