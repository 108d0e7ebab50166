//! `shophouse user reset`: let a user set a new password.

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::identity::{Email, reset_token};

/// Print a token to set a new password with
///
/// Prints a one-time token for POST /api/v1/auth/reset. It is valid for a day and replaces an earlier one. Check who asks
/// for it: whoever has the token can take over the account. Using it ends all of the user's sessions.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse user reset ada@example.com")]
pub(in crate::cli) struct Arguments {
    /// The email address
    email: Email,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, .. }| {
        let email = &arguments.email;
        let made = rocket::execute(reset_token(tenancy, email.clone()));
        let made = made.map_err(|error| super::named(error, email))?;
        super::audit("reset_token_made", made.user);
        print::text(&format!(
            "token: {}\nvalid until {}, for: POST /api/v1/auth/reset {{\"token\": …, \"password\": …}}\n",
            made.token,
            made.expires_at.format("%Y-%m-%d %H:%M UTC"),
        ))
    })
}
