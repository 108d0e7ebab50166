//! `shophouse shop owner`: make a user an owner of a shop.

use clap::Args;

use crate::audit::{Entry, Event};
use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::identity::Email;
use crate::tenancy::{ShopName, lifecycle};

/// Make a registered user an owner of a shop
///
/// For a shop whose owner is gone. The other owners stay; the new owner can remove them. Make sure who is asking.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse shop owner the-loft bob@example.com")]
pub(in crate::cli) struct Arguments {
    /// The shop's slug or id
    #[arg(value_name = "SLUG")]
    shop: ShopName,
    /// The email address of the user
    email: Email,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    let Arguments { shop, email } = arguments;
    Installation::with(|Installation { tenancy, config, .. }| {
        let (shop, made) = tenancy.as_operator(|owner| {
            let (entry, id) = (super::entry(owner, shop)?, super::id(owner, shop)?);
            let user = super::owner_to_be(owner, email, config.verification())?;
            lifecycle::make_owner(owner, id, user)?;
            let made = Entry::by_operator(Event::OwnerMade).to(user).in_shop(id);
            Ok::<_, BootError>((entry, super::record_entry(owner, made)?))
        })?;
        made.log();
        print::text(&format!("{email} is an owner of {}\n", shop.slug))
    })
}
