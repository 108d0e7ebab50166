//! `shophouse user reset`: let a user set a new password.

use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::identity::{Email, mail_reset, reset_token};

/// Print a token to set a new password with
///
/// Prints a one-time token for POST /api/v1/auth/reset. It is valid for a day and replaces an earlier one. Check who asks
/// for it: whoever has the token can take over the account. Using it ends all of the user's sessions.
#[derive(Args)]
#[command(after_help = "Example:\n  shophouse user reset ada@example.com")]
pub(in crate::cli) struct Arguments {
    /// The email address
    email: Email,
    /// Send a message with a token, valid for an hour, instead of printing one
    #[arg(long)]
    mail: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    Installation::with(|Installation { tenancy, .. }| {
        let email = &arguments.email;
        if arguments.mail {
            let sent = rocket::execute(mail_reset(tenancy, email.clone()));
            sent.map_err(|error| super::named(error, email))?;
            return print::text(&format!("a running server sends a message to {email}\n"));
        }
        let made = rocket::execute(reset_token(tenancy, email.clone()));
        let made = made.map_err(|error| super::named(error, email))?;
        print::text(&format!(
            "token: {}\nvalid until {}, for: POST /api/v1/auth/reset {{\"token\": …, \"password\": …}}\n",
            made.token,
            made.expires_at.format("%Y-%m-%d %H:%M UTC"),
        ))
    })
}
