//! Ending what runs in a shop that was closed.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, begin};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::shop::ShopId;

/// Cancels the statements of this login's transactions that use tables of a schema. Whoever works in a shop has locks on its
/// tables.
const CANCEL: &str = "SELECT count(pg_cancel_backend(pid)) FROM (\
    SELECT DISTINCT pid FROM pg_locks JOIN pg_stat_activity USING (pid) JOIN pg_class ON pg_class.oid = relation \
    WHERE relnamespace = to_regnamespace($1) AND usename = session_user AND pid <> pg_backend_pid()) AS running";

impl Tenancy {
    /// Cancels what requests are doing in a shop at this moment; nothing of it is committed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn cancel_running(&self, shop: ShopId) -> Result<(), TenancyError> {
        // As the web login: a login may cancel what it does itself.
        let begin = begin(self.server, Mode::Plain, self.limits.statement_timeout, "");
        let cancel =
            |pg: &mut PgConnection| diesel::sql_query(CANCEL).bind::<Text, _>(shop.schema()).execute(pg);
        self.web.run_blocking(&begin, cancel)??;
        Ok(())
    }
}
