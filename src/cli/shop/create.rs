//! `shophouse shop create`: open a shop for somebody.

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::http::request::text::{Line, Prose};
use crate::identity::{Email, users};
use crate::tenancy::{Currency, NewShop, ShopId, Slug};

/// Open a shop for somebody who is registered
///
/// Opens a shop as POST /shops does: when this ends, its schema exists and is current.
#[derive(Args)]
#[command(
    after_help = "Example:\n  shophouse shop create the-loft --owner ada@example.com --name \"The Loft\" --currency EUR"
)]
pub(in crate::cli) struct Arguments {
    /// The shop's human handle: 3 to 63 of a-z, 0-9 and single hyphens
    slug: Slug,
    /// The email address of the user who is to own it
    #[arg(long, value_name = "EMAIL")]
    owner: Email,
    /// What it is called; its slug, unless given
    #[arg(long, value_parser = |text: &str| Line::try_from(text))]
    name: Option<Line>,
    /// What it says of itself
    #[arg(long, value_name = "TEXT", value_parser = |text: &str| Prose::try_from(text))]
    description: Option<Prose>,
    /// What its prices are in, for good
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: Currency,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    let new = NewShop {
        slug: arguments.slug.clone(),
        name: arguments.name.as_ref().map_or(arguments.slug.as_str(), Line::as_str).to_owned(),
        description: arguments.description.as_ref().map_or("", Prose::as_str).to_owned(),
        currency: arguments.currency,
    };
    Installation::visit(|Installation { tenancy, .. }| {
        let shop = tenancy.as_operator(|owner| {
            let user = users::id_of(owner, &arguments.owner)?;
            let user = user.ok_or_else(|| BootError::NoSuchUser(arguments.owner.clone()))?;
            Ok::<_, BootError>(tenancy.provision(owner, user, &new)?)
        })?;
        super::audit("shop_opened", shop.id);
        print::text(&format!("opened {} as {}\n", shop.slug, ShopId(shop.id).schema()))
    })
}
