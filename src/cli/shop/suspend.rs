//! `shophouse shop suspend`: close a shop until it is resumed.

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::tenancy::{ShopId, ShopName, lifecycle};

pub(super) fn run(name: &ShopName) -> Result<(), BootError> {
    Installation::with(|installation| {
        let shop = installation.tenancy.as_operator(|owner| {
            let shop = super::id(owner, name)?;
            Ok::<_, BootError>(lifecycle::suspend(owner, shop)?)
        })?;
        super::audit("shop_suspended", shop.id);
        // New requests are refused from the commit on. Those that run are ended.
        installation.tenancy.cancel_running(ShopId(shop.id))?;
        print::text(&format!("{} is {}\n", shop.slug, shop.state))
    })
}
