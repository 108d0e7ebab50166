//! `shophouse user verify`: take an email address as proved.

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::identity::{Email, verify_user};

/// Take a user's email address as proved
///
/// Does what the token of the message does that was sent to the address. Make sure that the user has the address: whoever
/// has a proved address is offered the roles that shops give to it.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse user verify ada@example.com")]
pub(in crate::cli) struct Arguments {
    /// The email address
    email: Email,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, .. }| {
        let email = &arguments.email;
        let verified = rocket::execute(verify_user(tenancy, email.clone()));
        verified.map_err(|error| super::named(error, email))?;
        print::text(&format!("{email} is proved\n"))
    })
}
