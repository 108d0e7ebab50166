//! `shophouse shop export`: write a shop to an archive.

use std::io::{self, IsTerminal};

use clap::Args;

use crate::cli::BootError;
use crate::cli::installation::Installation;
use crate::cli::progress::Rows;
use crate::cli::stop::Stop;
use crate::tenancy::{ShopId, ShopName};

/// The archive is a consistent snapshot; the shop stays open meanwhile. `tar tf` lists its files, and its manifest.json
/// describes them.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse shop export the-loft > the-loft.tar")]
pub(in crate::cli) struct Arguments {
    /// The shop's slug or id
    #[arg(value_name = "SLUG")]
    shop: ShopName,
}

pub(super) fn run(arguments: &Arguments, stop: &Stop) -> Result<(), BootError> {
    let mut out = io::stdout().lock();
    if out.is_terminal() {
        return Err(BootError::Usage("the archive is written to standard output: add > FILE.tar".to_owned()));
    }
    Installation::with(|installation| {
        let shop = installation.tenancy.as_operator(|owner| super::entry(owner, &arguments.shop))?;
        let progress = Rows::new();
        let watch = |part: &str, rows: u64| {
            progress.show(part, rows);
            !stop.is_requested()
        };
        let exported = installation.tenancy.export_shop(ShopId(shop.id), &mut out, &watch)?;
        drop(progress);
        tracing::info!(shop = shop.slug, tables = exported.tables, rows = exported.rows, "exported");
        Ok(())
    })
}
