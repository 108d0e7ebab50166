//! `shophouse shop resume`: reopen a suspended shop.

use crate::audit::Event;
use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::tenancy::{ShopName, lifecycle};

pub(super) fn run(name: &ShopName) -> Result<(), BootError> {
    Installation::with(|installation| {
        let (shop, entry) = installation.tenancy.as_operator(|owner| {
            let id = super::id(owner, name)?;
            let shop = lifecycle::resume(owner, id)?;
            Ok::<_, BootError>((shop, super::record(owner, Event::ShopResumed, id)?))
        })?;
        entry.log();
        print::text(&format!("{} is {}\n", shop.slug, shop.state))
    })
}
