//! `shophouse migrate`: migrate `public` and every shop.

use std::time::Instant;

use clap::Args;

use crate::config::Config;
use crate::database::private::PrivateServer;
use crate::tenancy::registry::ledger;
use crate::tenancy::{End, FleetOptions, FleetReport, Plan, ShopName, Tenancy};

use super::boot::{self, Booted};
use super::progress::Meter;
use super::stop::Stop;
use super::{BootError, print};

/// Migrate `public` and every shop
///
/// A shop whose migration fails is closed and keeps its data; the next run tries it again. Several instances may run
/// this at the same time: they share the work. After a killed run, the next one continues.
#[derive(Args)]
#[command(after_help = "\
Examples:
  shophouse migrate --dry-run        show pending migrations
  shophouse migrate --canary 10      ten shops first; continue only if all of them succeed
  shophouse migrate --shop the-loft  one shop, for example one that failed

The exit code is 4 when some shops were not migrated; `shophouse status` lists them with the reasons.")]
pub(super) struct Arguments {
    /// Migrate only this shop (its slug or id)
    #[arg(long, value_name = "SLUG", conflicts_with_all = ["canary", "max_failures", "dry_run"])]
    shop: Option<ShopName>,
    /// Print the pending migrations, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Migrate N shops first, and stop unless all of them succeed
    #[arg(long, value_name = "N", default_value_t = 0)]
    canary: usize,
    /// Shops migrated at the same time [default: twice the cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    workers: Option<u32>,
    /// Stop when more than N shops fail [default: 1 in 100, at least 5]
    #[arg(long, value_name = "N")]
    max_failures: Option<usize>,
}

pub(super) fn run(arguments: &Arguments, stop: &Stop) -> Result<(), BootError> {
    let mut config = Config::load()?;
    if arguments.dry_run {
        return print_plan(&config);
    }
    if let Some(workers) = arguments.workers {
        config.settings.migrations_workers = workers;
    }
    // `private` has a name so that the private server runs until the work is done.
    let Booted { config, app, private, .. } = boot::boot(config, stop)?;
    let options = FleetOptions {
        workers: config.settings.workers() as usize,
        max_failures: arguments.max_failures,
        canary: arguments.canary,
    };
    let start = Instant::now();
    let report = match &arguments.shop {
        Some(name) => migrate_one(&app.tenancy, name)?,
        None => migrate_all(&app.tenancy, &options, stop)?,
    };
    print_report(&app.tenancy, &report, start)?;
    private.map_or(Ok(()), PrivateServer::stop)?;
    if report.is_complete() { Ok(()) } else { Err(BootError::ShopsLeftBehind(left_behind(&report))) }
}

fn migrate_one(tenancy: &Tenancy, name: &ShopName) -> Result<FleetReport, BootError> {
    let found = tenancy.as_operator(|owner| ledger::find(owner, name))?;
    let entry = found.ok_or_else(|| BootError::NoSuchShop(name.clone()))?;
    Ok(tenancy.migrate_one(crate::tenancy::ShopId(entry.id))?)
}

fn migrate_all(tenancy: &Tenancy, options: &FleetOptions, stop: &Stop) -> Result<FleetReport, BootError> {
    let meter = Meter::new("migrating shops");
    Ok(tenancy.migrate_fleet(options, &|| stop.is_requested(), &|progress| {
        meter.set(progress.migrated + progress.failed, progress.due);
    })?)
}

fn print_report(tenancy: &Tenancy, report: &FleetReport, start: Instant) -> Result<(), BootError> {
    let done = format!(
        "version {}: {} shops migrated in {:.1} s\n",
        tenancy.tenant_version(),
        report.migrated,
        start.elapsed().as_secs_f64(),
    );
    let failed = report.failed.iter().map(|failure| {
        format!("  {} failed: {}\n", failure.shop, print::one_line(&failure.error.to_string()))
    });
    let in_use = report.in_use.iter().map(|shop| format!("  {shop} was in use the whole time\n"));
    print::text(&std::iter::once(done).chain(failed).chain(in_use).collect::<String>())
}

fn left_behind(report: &FleetReport) -> String {
    let why = match report.end {
        End::Done => "fix the reasons above, then run `shophouse migrate` again",
        End::Stopped => "stopped; run `shophouse migrate` again to continue",
        End::TooManyFailures => "too many shops failed, the rest was not tried; see --max-failures",
        End::CanaryFailed => "not all canary shops were migrated, the rest was not tried",
    };
    format!("{} shops failed, {} were in use: {why}", report.failed.len(), report.in_use.len())
}

fn print_plan(config: &Config) -> Result<(), BootError> {
    let (logins, private) = boot::existing_database(config)?;
    let plan = Plan::read(logins, config.settings.limits(), &crate::trees()?);
    private.map_or(Ok(()), PrivateServer::stop)?;
    let plan = plan?;
    if plan.is_empty() {
        return print::text("no pending migrations\n");
    }
    let list = |names: &[String]| names.iter().map(|name| format!("  {name}\n")).collect::<String>();
    let public = (!plan.public.is_empty()).then(|| format!("public, pending:\n{}", list(&plan.public)));
    let shops = plan.shops.iter().map(|group| {
        format!("{} shops at version {}, pending:\n{}", group.count, group.version, list(&group.migrations))
    });
    print::text(&public.into_iter().chain(shops).collect::<String>())
}
