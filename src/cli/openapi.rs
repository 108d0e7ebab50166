//! `shophouse openapi`: print what the API says of itself, and end.

use std::io;

use super::{BootError, print};

/// Needs neither a database nor configuration.
pub(super) fn run() -> Result<(), BootError> {
    let text = crate::description().to_pretty_json().map_err(io::Error::other)?;
    print::text(&format!("{text}\n"))
}
