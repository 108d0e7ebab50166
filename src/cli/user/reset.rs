//! `shophouse user reset`: let somebody set a new password.

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::identity::{Email, reset_token};

/// Let somebody set a new password
///
/// Prints a one-time token, good for a day, for POST /api/v1/auth/reset; one that was made before is good no longer. Make
/// sure who asks for it: whoever has the token can take over the account. Using it ends all of the user's sessions.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse user reset ada@example.com")]
pub(in crate::cli) struct Arguments {
    /// The email address
    email: Email,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    Installation::visit(|Installation { tenancy, .. }| {
        let email = &arguments.email;
        let made = rocket::execute(reset_token(tenancy, email.clone()));
        let made = made.map_err(|error| super::named(error, email))?;
        super::audit("reset_token_made", made.user);
        print::text(&format!(
            "token: {}\ngood until {}, for: POST /api/v1/auth/reset {{\"token\": …, \"password\": …}}\n",
            made.token,
            made.expires_at.format("%Y-%m-%d %H:%M UTC"),
        ))
    })
}
