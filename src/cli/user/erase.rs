//! `shophouse user erase`: forget somebody.

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::identity::{Email, erase_user};

/// Forget somebody
///
/// Takes name and address out of this installation and out of every shop that knows the user, and ends all sessions and
/// keys. Orders stay, with what they copied. It cannot be undone. Refused while a shop would be left without an owner.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse user erase ada@example.com --yes")]
pub(in crate::cli) struct Arguments {
    /// The email address
    email: Email,
    /// That it is meant
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    if !arguments.yes {
        return Err(BootError::NotConfirmed("erasing somebody cannot be undone; say --yes if it is meant"));
    }
    Installation::visit(|Installation { tenancy, .. }| {
        let email = &arguments.email;
        let erased = rocket::execute(erase_user(tenancy, email.clone()));
        let user = erased.map_err(|error| super::named(error, email))?;
        super::audit("erased", user);
        print::text(&format!("{email} is forgotten\n"))
    })
}
