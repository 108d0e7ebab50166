//! `shophouse user erase`: erase a user's personal data.

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::identity::{Email, erase_user};

/// Erase a user
///
/// Removes the user's name and email address from this installation and from every shop that knows the user, and ends
/// all sessions and API keys. Orders stay; SHOPHOUSE_ERASURE_KEEPS says what stays in them. It cannot be undone. It
/// is refused while the user is the only owner of a shop.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse user erase ada@example.com --yes")]
pub(in crate::cli) struct Arguments {
    /// The email address
    email: Email,
    /// Confirm the erasure
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    if !arguments.yes {
        return Err(BootError::NotConfirmed("erasing a user cannot be undone; add --yes to confirm"));
    }
    Installation::with(|Installation { tenancy, .. }| {
        let email = &arguments.email;
        let erased = rocket::execute(erase_user(tenancy, email.clone()));
        erased.map_err(|error| super::named(error, email))?;
        print::text(&format!("{email} is erased\n"))
    })
}
