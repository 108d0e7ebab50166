//! `shophouse drift`: which shops differ from their migrations, and where.

use clap::Args;

use crate::tenancy::{Difference, DriftReport, ShopDrift, ShopName};

use super::installation::Installation;
use super::progress::Meter;
use super::stop::Stop;
use super::{BootError, print, shop};

/// Find shops that differ from their migrations, and schemas that belong to no shop
///
/// For each shop it applies the migrations, up to the shop's version, to a new schema that is never committed, and
/// compares tables, columns, constraints, indexes, policies and grants. It also finds schemas that belong to no shop.
/// It changes nothing.
#[derive(Args)]
#[command(
    after_help = "Example:\n  shophouse drift --json | jq '.drifted[].slug'\n\nExit codes:\n  0  no drift\n  3  drift was found"
)]
pub(super) struct Arguments {
    /// Check only this shop (its slug or id)
    #[arg(long, value_name = "SLUG")]
    shop: Option<ShopName>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, stop: &Stop) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, .. }| {
        let only = arguments.shop.as_ref().map(|name| tenancy.as_operator(|owner| shop::id(owner, name)));
        let report = {
            let meter = Meter::new("shops compared");
            tenancy.drift(only.transpose()?, || stop.is_requested(), |done, of| meter.set(done, of))?
        };
        stop.check()?;
        let printed = if arguments.json { print::json(&report) } else { print::text(&as_text(&report)) };
        printed?;
        if report.is_clean() {
            Ok(())
        } else {
            Err(BootError::Drift(report.drifted.len(), report.orphans.len()))
        }
    })
}

fn as_text(report: &DriftReport) -> String {
    let shops: String = report.drifted.iter().map(shop_as_text).collect();
    let orphans: String =
        report.orphans.iter().map(|schema| format!("{schema}: a schema that belongs to no shop\n")).collect();
    let unknown = match report.unknown {
        0 => String::new(),
        some => format!("; {some} not compared, at versions that this binary does not know"),
    };
    format!("{shops}{orphans}{} shops compared, {} differ{unknown}\n", report.compared, report.drifted.len())
}

fn shop_as_text(shop: &ShopDrift) -> String {
    let ShopDrift { slug, schema_version, count, differences, .. } = shop;
    let lines: String = differences.iter().map(line).collect();
    let more = match count - differences.len() {
        0 => String::new(),
        more => format!("  and {more} more\n"),
    };
    format!("{slug}, at version {schema_version}:\n{lines}{more}")
}

fn line(difference: &Difference) -> String {
    match difference {
        Difference::Missing { object } => format!("  missing     {}\n", print::one_line(object)),
        Difference::Unexpected { object } => format!("  unexpected  {}\n", print::one_line(object)),
        Difference::Changed { object, expected, found } => {
            let [object, expected, found] = [object, expected, found].map(|text| print::one_line(text));
            format!("  changed     {object}\n    expected: {expected}\n    found:    {found}\n")
        }
    }
}
