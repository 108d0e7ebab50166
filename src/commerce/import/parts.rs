//! An import of several transactions: each writes a batch, so that none takes long. The caller must be let in each time.

use std::sync::Arc;

use crate::http::request::scopes::Needs;
use crate::http::{Answered, Fetched, Once, Staff, Tenant};
use crate::tenancy::TenantConn;

use super::batch::Batch;
use super::check::Checked;
use super::error::ImportError;
use super::report::Report;
use super::turn::{self, Lease};
use super::write::write_batch;

/// The import, and what it has done so far.
pub(super) struct Parts<'c, S> {
    tenant: &'c Tenant<Staff, S>,
    once: &'c Arc<Once>,
    checked: &'c Arc<Checked>,
    lease: Lease,
    done: Report,
}

impl<'c, S: Needs> Parts<'c, S> {
    /// Begins, if the shop has no other import.
    pub(super) async fn begin(
        tenant: &'c Tenant<Staff, S>,
        once: &'c Arc<Once>,
        checked: &'c Arc<Checked>,
    ) -> Result<Self, ImportError> {
        let lease = tenant.run_part(turn::begin).await?;
        Ok(Self { tenant, once, checked, lease, done: checked.report.clone() })
    }

    /// Writes all of it. If it ends in the middle, the error says what is there.
    pub(super) async fn write(mut self) -> Result<Answered<Fetched<Report>>, ImportError> {
        let cause = match self.write_parts().await {
            Ok(answer) => return Ok(answer),
            Err(cause) => cause,
        };
        let Self { tenant, lease, done, .. } = self;
        let ended: Result<(), ImportError> = tenant.run_part(move |conn| lease.end(conn)).await;
        if let Err(error) = ended {
            tracing::debug!(%error, "the lease of an import ends by itself");
        }
        let cause = Box::new(cause);
        if done.created + done.updated == 0 {
            Err(*cause)
        } else {
            Err(ImportError::Cut { done: done.into(), cause })
        }
    }

    async fn write_parts(&mut self) -> Result<Answered<Fetched<Report>>, ImportError> {
        let (mut batches, first) = self.checked.batches()?.read().await?;
        let mut batch = first.unwrap_or_default();
        loop {
            let (rest, following) = batches.read().await?;
            let Some(following) = following else { return self.write_last(batch).await };
            self.write_part(batch).await?;
            (batches, batch) = (rest, following);
        }
    }

    async fn write_part(&mut self, batch: Batch) -> Result<(), ImportError> {
        let (checked, lease) = (Arc::clone(self.checked), self.lease);
        let write = move |conn: &mut TenantConn<'_>| {
            let lease = lease.renew(conn)?;
            Ok::<_, ImportError>((lease, write_batch(conn, batch, &checked)?))
        };
        let (lease, outcome) = self.tenant.run_part(write).await?;
        self.lease = lease;
        self.done.add(outcome, self.checked);
        Ok(())
    }

    /// Writes the last batch, stores the answer, and lets other imports begin.
    async fn write_last(&self, batch: Batch) -> Result<Answered<Fetched<Report>>, ImportError> {
        let (once, checked) = (Arc::clone(self.once), Arc::clone(self.checked));
        let (lease, mut report) = (self.lease, self.done.clone());
        let write = move |conn: &mut TenantConn<'_>| {
            once.run(conn.user(), conn, |conn| {
                let lease = lease.renew(conn)?;
                report.add(write_batch(conn, batch, &checked)?, &checked);
                lease.end(conn)?;
                Ok(Fetched(report.ended()))
            })
        };
        self.tenant.run_part(write).await
    }
}
