//! `shophouse shop restore`: restore a deleted shop.

use clap::Args;

use crate::audit::{Entry, Event};
use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::identity::Email;
use crate::tenancy::{ShopName, lifecycle};

/// Restore a deleted shop that is not erased yet
///
/// A shop always has an owner. If its owners have been erased meanwhile, name a new one with --owner.
#[derive(Args)]
#[command(after_help = "Examples:
  shophouse shop restore the-loft
  shophouse shop restore the-loft --owner bob@example.com")]
pub(in crate::cli) struct Arguments {
    /// The shop's slug or id
    #[arg(value_name = "SLUG")]
    shop: ShopName,
    /// Make this registered user an owner of the shop
    #[arg(long, value_name = "EMAIL")]
    owner: Option<Email>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, config, .. }| {
        let (shop, version, entries) = tenancy.as_operator(|owner| {
            let entry = super::entry(owner, &arguments.shop)?;
            let shop = super::id(owner, &arguments.shop)?;
            let to_be = |email| super::owner_to_be(owner, email, config.verification());
            let new_owner = arguments.owner.as_ref().map(to_be).transpose()?;
            let restored = lifecycle::restore(owner, shop, new_owner)?;
            let mut entries = vec![super::record(owner, Event::ShopRestored, shop)?];
            if let Some(user) = new_owner {
                let made = Entry::by_operator(Event::OwnerMade).to(user).in_shop(shop);
                entries.push(super::record_entry(owner, made)?);
            }
            Ok::<_, BootError>((restored, entry.schema_version, entries))
        })?;
        entries.iter().for_each(Entry::log);
        print::text(&format!("{} is {}\n", shop.slug, shop.state))?;
        if version.as_str() < tenancy.tenant_version() {
            print::text("its schema is outdated; `shophouse migrate` migrates it\n")?;
        }
        Ok(())
    })
}
