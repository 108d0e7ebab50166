//! The installation that commands other than `serve` and `migrate` use. It must exist, and `public` must be current.
//! These commands migrate nothing: `shop list` run with a newer binary must not upgrade all shops.

use crate::commerce::DUE_WORK;
use crate::config::Config;
use crate::database::private::PrivateServer;
use crate::tenancy::{Logins, Tenancy};

use super::BootError;
use super::boot;

/// An installation that a command works on.
pub(super) struct Installation {
    pub tenancy: Tenancy,
    pub config: Config,
    pub logins: Logins,
}

impl Installation {
    /// Runs `work` on the configured installation. If this process has to start the private server, it also stops it.
    pub(super) fn with<T>(work: impl FnOnce(&Self) -> Result<T, BootError>) -> Result<T, BootError> {
        let config = Config::load()?;
        let (logins, private) = boot::existing_database(&config)?;
        let tenancy = Tenancy::attach(logins.clone(), config.settings.limits(), crate::trees()?)?
            .with_records(config.settings.erasure_keeps.change_records())
            .with_due_work(DUE_WORK);
        let outcome = work(&Self { tenancy, config, logins });
        let ended = private.map_or(Ok(()), PrivateServer::stop);
        let result = outcome?;
        ended?;
        Ok(result)
    }
}
