//! `shophouse user reset-factor`: remove a user's second factor.

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::identity::{Email, reset_factor};

/// Remove a user's second factor
///
/// For a user who has lost the app and the recovery codes. From then on the password alone signs in. Check who asks for it.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse user reset-factor ada@example.com")]
pub(in crate::cli) struct Arguments {
    /// The email address
    email: Email,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, .. }| {
        let email = &arguments.email;
        let reset = rocket::execute(reset_factor(tenancy, email.clone()));
        reset.map_err(|error| super::named(error, email))?;
        print::text(&format!("{email} has no second factor any more\n"))
    })
}
