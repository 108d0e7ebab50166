//! `shophouse shop create`: create a shop for a user.

use clap::Args;

use crate::audit::{Entry, Event};
use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::http::request::text::{Line, Prose};
use crate::identity::Email;
use crate::tenancy::{Currency, NewShop, ShopId, Slug};

/// Create a shop for a registered user
///
/// Does what POST /shops does: when it ends, the shop's schema is ready.
#[derive(Args)]
#[command(
    after_help = "Example:\n  shophouse shop create the-loft --owner ada@example.com --name \"The Loft\" --currency EUR"
)]
pub(in crate::cli) struct Arguments {
    /// The shop's slug: 3 to 63 characters of a-z, 0-9 and single hyphens
    slug: Slug,
    /// The email address of the owner
    #[arg(long, value_name = "EMAIL")]
    owner: Email,
    /// The shop's name [default: the slug]
    #[arg(long, value_parser = |text: &str| Line::try_from(text))]
    name: Option<Line>,
    /// The shop's description
    #[arg(long, value_name = "TEXT", value_parser = |text: &str| Prose::try_from(text))]
    description: Option<Prose>,
    /// The currency of all prices; it cannot be changed later
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: Currency,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    let new = NewShop {
        slug: arguments.slug.clone(),
        name: arguments.name.as_ref().map_or(arguments.slug.as_str(), Line::as_str).to_owned(),
        description: arguments.description.as_ref().map_or("", Prose::as_str).to_owned(),
        currency: arguments.currency,
        order_hold_minutes: None,
    };
    Installation::with(|Installation { tenancy, config, .. }| {
        let (shop, entry) = tenancy.as_operator(|owner| {
            let user = super::owner_to_be(owner, &arguments.owner, config.verification())?;
            let shop = tenancy.provision(owner, user, &new)?;
            let entry = Entry::by_operator(Event::ShopOpened).to(user).in_shop(shop.id);
            Ok::<_, BootError>((shop, super::record_entry(owner, entry)?))
        })?;
        entry.log();
        print::text(&format!("opened {} as {}\n", shop.slug, ShopId(shop.id).schema()))
    })
}
