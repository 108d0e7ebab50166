//! `shophouse shop suspend`: close a shop until it is resumed.

use crate::audit::Event;
use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::tenancy::{ShopId, ShopName, lifecycle};

pub(super) fn run(name: &ShopName) -> Result<(), BootError> {
    Installation::with(|installation| {
        let (shop, entry) = installation.tenancy.as_operator(|owner| {
            let id = super::id(owner, name)?;
            let shop = lifecycle::suspend(owner, id)?;
            Ok::<_, BootError>((shop, super::record(owner, Event::ShopSuspended, id)?))
        })?;
        entry.log();
        // New requests are refused from the commit on. Those that run are ended.
        installation.tenancy.cancel_running(ShopId(shop.id))?;
        print::text(&format!("{} is {}\n", shop.slug, shop.state))
    })
}
