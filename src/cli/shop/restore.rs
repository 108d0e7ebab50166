//! `shophouse shop restore`: restore a deleted shop.

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::tenancy::{ShopName, lifecycle};

pub(super) fn run(name: &ShopName) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, .. }| {
        let (shop, version) = tenancy.as_operator(|owner| {
            let entry = super::entry(owner, name)?;
            let shop = super::id(owner, name)?;
            Ok::<_, BootError>((lifecycle::restore(owner, shop)?, entry.schema_version))
        })?;
        super::audit("shop_restored", shop.id);
        print::text(&format!("{} is {}\n", shop.slug, shop.state))?;
        if version.as_str() < tenancy.tenant_version() {
            print::text("its schema is outdated; `shophouse migrate` migrates it\n")?;
        }
        Ok(())
    })
}
