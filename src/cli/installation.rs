//! What commands other than `serve` and `migrate` stand on: an installation that is there and up to date.
//! They migrate nothing: with another binary at hand, `shop list` must not upgrade a fleet in passing.

use crate::config::Config;
use crate::database::private::PrivateServer;
use crate::tenancy::{Logins, Tenancy};

use super::BootError;
use super::boot;

/// An installation, for as long as a command works on it.
pub(super) struct Installation {
    pub tenancy: Tenancy,
    pub config: Config,
    pub logins: Logins,
}

impl Installation {
    /// Runs `work` on the installation that the configuration names. A private server that this process
    /// had to start ends with it.
    pub(super) fn visit<T>(work: impl FnOnce(&Self) -> Result<T, BootError>) -> Result<T, BootError> {
        let config = Config::load()?;
        let (logins, private) = boot::present_database(&config)?;
        let tenancy = Tenancy::attach(logins.clone(), config.settings.limits(), crate::trees()?)?;
        let outcome = work(&Self { tenancy, config, logins });
        let ended = private.map_or(Ok(()), PrivateServer::stop);
        let result = outcome?;
        ended?;
        Ok(result)
    }
}
