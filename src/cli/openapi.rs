//! `shophouse openapi`: print the OpenAPI document.

use std::io;

use super::{BootError, print};

/// Needs neither a database nor a configuration.
pub(super) fn run() -> Result<(), BootError> {
    let text = crate::description().map_err(io::Error::other)?;
    print::text(&format!("{text:#}\n"))
}
