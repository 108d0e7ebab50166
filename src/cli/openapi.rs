//! `shophouse openapi`: print what the API says of itself, and end.

use std::io::{self, Write};

use super::BootError;

/// Needs neither a database nor configuration.
pub(super) fn run() -> Result<(), BootError> {
    let text = crate::description().to_pretty_json().map_err(io::Error::other)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").or_else(|error| match error.kind() {
        // Whoever reads it has seen enough: `shophouse openapi | head`.
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error.into()),
    })
}
