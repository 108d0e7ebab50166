//! `shophouse shop restore`: bring a deleted shop back.

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::tenancy::{ShopName, lifecycle};

pub(super) fn run(name: &ShopName) -> Result<(), BootError> {
    Installation::visit(|Installation { tenancy, .. }| {
        let (shop, version) = tenancy.as_operator(|owner| {
            let entry = super::entry(owner, name)?;
            let shop = super::id(owner, name)?;
            Ok::<_, BootError>((lifecycle::restore(owner, shop)?, entry.schema_version))
        })?;
        super::audit("shop_restored", shop.id);
        print::text(&format!("{} is {}\n", shop.slug, shop.state))?;
        if version.as_str() < tenancy.tenant_version() {
            print::text("its schema lags: `shophouse migrate` brings it up to date\n")?;
        }
        Ok(())
    })
}
