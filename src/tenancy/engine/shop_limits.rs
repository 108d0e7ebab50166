//! The limits that shops have of their own. A server reads them now and then, so that no request has to.

use crate::tenancy::TenancyError;
use crate::tenancy::registry::limits;

use super::tenancy::Tenancy;

impl Tenancy {
    /// Reads which shops have limits of their own. From now on these hold in this process.
    ///
    /// # Errors
    /// When the database fails; the limits stay as they were.
    pub async fn refresh_limits(&self) -> Result<(), TenancyError> {
        let all = self.in_public(limits::all).await?;
        self.quotas.set_overrides(all);
        Ok(())
    }
}
