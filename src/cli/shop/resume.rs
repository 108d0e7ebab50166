//! `shophouse shop resume`: reopen a suspended shop.

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::tenancy::{ShopName, lifecycle};

pub(super) fn run(name: &ShopName) -> Result<(), BootError> {
    Installation::with(|installation| {
        let shop = installation.tenancy.as_operator(|owner| {
            let shop = super::id(owner, name)?;
            Ok::<_, BootError>(lifecycle::resume(owner, shop)?)
        })?;
        super::audit("shop_resumed", shop.id);
        print::text(&format!("{} is {}\n", shop.slug, shop.state))
    })
}
