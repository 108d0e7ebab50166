//! `shophouse user create`: register a user.

use std::io::{self, BufRead};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;

use crate::cli::installation::Installation;
use crate::cli::{BootError, print};
use crate::http::request::text::Word;
use crate::identity::{Email, Hasher, IdentityError, NewPassword, create_user};

/// Register a user
///
/// Does what POST /auth/register does, and takes the address as proved: make sure that the user has it. Without --password-stdin a password is generated and printed once; it is not
/// stored anywhere in plain text. The user should change it after the first sign-in.
#[derive(Args)]
#[command(after_help = "Examples:
  shophouse user create ada@example.com --name Ada
  shophouse user create ada@example.com --password-stdin < password.txt")]
pub(in crate::cli) struct Arguments {
    /// The email address
    email: Email,
    /// The user's name
    #[arg(long, default_value = "", value_parser = |text: &str| Word::try_from(text))]
    name: Word,
    /// Read the password, 8 to 128 characters, from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), BootError> {
    let text = if arguments.password_stdin { first_line()? } else { generated()? };
    let password = NewPassword::try_from(text.clone())
        .map_err(|error| BootError::Usage(format!("the password on standard input {error}")))?;
    Installation::with(|Installation { tenancy, config, .. }| {
        let hasher = Hasher::new(config.settings.password_iterations).map_err(IdentityError::from)?;
        let (email, name) = (arguments.email.clone(), arguments.name.as_str().to_owned());
        let user = rocket::execute(create_user(tenancy, &hasher, email, password, name))?;
        let password = if arguments.password_stdin { String::new() } else { format!("password: {text}\n") };
        print::text(&format!("registered {} as {}\n{password}", user.email, user.id))
    })
}

/// The first line of standard input.
fn first_line() -> Result<String, BootError> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A password of 128 random bits.
fn generated() -> Result<String, BootError> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}
