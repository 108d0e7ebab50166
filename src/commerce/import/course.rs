//! The course of an import: in which order its transactions come, and what is done without one.
//!
//! 1. A short transaction looks whether the request was done before.
//! 2. The file is checked, without a connection.
//! 3. A dry run, and an import whose file has errors, look up what is there, in short transactions that only read.
//! 4. The products are written: all of them in one transaction, or, when the client takes the good part alone, a batch in each
//!    of several transactions, which let the caller in anew.
//!
//! An import of several transactions has a row, which is stored first, and so has one of many rows, of which the client is told
//! before it is done. When the former ends in the middle, what was committed stays: whole products. Sent again, they are skipped or
//! updated.

use std::sync::Arc;

use rocket::tokio;

use crate::commerce::products::ProductError;
use crate::commerce::products::count::{self, Ceiling, Growth};
use crate::http::request::scopes::Needs;
use crate::http::{
    Answered, Begun, Either, Fetched, Once, Prefer, Received, Spools, Staff, Tenant, on_a_thread,
};
use crate::tenancy::{Class, TenantConn};

use super::batch::Outcome;
use super::check::{Checked, Terms, check};
use super::error::ImportError;
use super::jobs::run::{self as runner, Jobs, run};
use super::jobs::table;
use super::kind::FileOf;
use super::report::{Options, Report, Rules};
use super::turn;
use super::write::{Answer, Record, in_parts, whole};

/// An import, from the file to the answer.
pub(super) struct Course<S> {
    tenant: Tenant<Staff, S>,
    kind: FileOf,
    once: Arc<Once>,
    rules: Rules,
    is_dry_run: bool,
    is_partial: bool,
    /// Whether the client would rather not wait.
    prefers_job: bool,
}

/// What is known before the file is read.
enum Before {
    Answered(Answer),
    Terms(Terms),
}

/// What an import would do.
struct Forecast {
    report: Report,
    growth: Growth,
}

impl<S: Needs + 'static> Course<S> {
    pub(super) fn new(
        tenant: Tenant<Staff, S>,
        once: Once,
        prefer: Prefer,
        kind: FileOf,
        options: &Options,
    ) -> Self {
        Self {
            tenant,
            kind,
            once: Arc::new(once),
            rules: Rules::of(options),
            is_dry_run: options.dry_run == Some(true),
            is_partial: options.partial == Some(true),
            prefers_job: prefer.respond_async,
        }
    }

    /// Imports the file.
    pub(super) async fn run(
        self,
        spools: &Spools,
        jobs: &Jobs,
        file: Received,
    ) -> Result<Answer, ImportError> {
        let terms = match self.look_up().await? {
            Before::Answered(answer) => return Ok(answer),
            Before::Terms(terms) => terms,
        };
        let place = spools.check(self.tenant.shop()).await?;
        let checked = Arc::new(on_a_thread(move || check(file, terms)).await??);
        drop(place);
        let bulk = Self { tenant: self.tenant.in_class(Class::Bulk), ..self };
        let is_long = bulk.prefers_job || checked.rows() > jobs.rows;
        if bulk.is_dry_run {
            return bulk.dry_run(&checked).await;
        }
        if checked.report.failed > 0 && !bulk.is_partial {
            return Err(bulk.all_faults(&checked, checked.report.clone()).await);
        }
        if is_long || bulk.is_partial {
            bulk.check_room(&checked).await?;
        }
        if is_long { bulk.begin(jobs, checked).await } else { bulk.wait(checked).await }
    }

    async fn look_up(&self) -> Result<Before, ImportError> {
        let (once, rules, is_partial) = (Arc::clone(&self.once), self.rules, self.is_partial);
        let (is_dry_run, kind) = (self.is_dry_run, self.kind);
        let look_up = move |conn: &mut TenantConn<'_>| {
            if let Some(answer) = once.look_up(conn.user(), conn)? {
                return Ok(Before::Answered(answer));
            }
            if !is_dry_run {
                turn::look(conn, None)?;
            }
            let (currency, ceiling) = (conn.shop_context()?.currency, Ceiling::of_products(conn)?);
            Ok(Before::Terms(Terms { kind, currency, ceiling, rules, is_partial }))
        };
        self.tenant.clone().run(look_up).await
    }

    async fn dry_run(&self, checked: &Arc<Checked>) -> Result<Answer, ImportError> {
        let Forecast { report, growth } = self.forecast(checked).await?;
        if report.failed > 0 && !self.is_partial {
            return Err(ImportError::Faults(report.into()));
        }
        self.tenant.run_part(move |conn| count::check(conn, growth)).await?;
        Ok(Answered::unkept(&Either::Left(Fetched(report)))?)
    }

    /// Does it while the client waits.
    async fn wait(&self, checked: Arc<Checked>) -> Result<Answer, ImportError> {
        let once = Some(Arc::clone(&self.once));
        if !self.is_partial {
            let record = Record { id: None, once, watch: Arc::default() };
            return self.write(record, &checked).await;
        }
        let (kind, rows) = (self.kind, checked.rows());
        let begun = self.tenant.run_part(move |conn| table::begin(conn, kind, rows)).await?;
        let (id, checked) = (begun.id, &checked);
        let write =
            move |watch| async move { self.write(Record { id: Some(id), once, watch }, checked).await };
        run(&self.tenant, id, None, write).await
    }

    /// Tells the client where to watch it, and does it then.
    async fn begin(self, jobs: &Jobs, checked: Arc<Checked>) -> Result<Answer, ImportError> {
        let (once, kind, rows) = (Arc::clone(&self.once), self.kind, checked.rows());
        let begin = move |conn: &mut TenantConn<'_>| {
            let mut begun = None;
            let answer = once.run(conn.user(), conn, |conn| {
                let import = table::begin(conn, kind, rows)?;
                begun = Some(import.id);
                Ok::<_, ImportError>(Either::Right(Begun(format!("/imports/{}", import.id), import)))
            })?;
            Ok::<_, ImportError>((answer, begun))
        };
        let (answer, begun) = self.tenant.run_part(begin).await?;
        // Nothing has begun if another request with the same key came first.
        if let Some(id) = begun {
            let jobs = jobs.clone();
            runner::spawn(async move {
                let (course, checked) = (&self, &checked);
                let write = move |watch| async move {
                    course.write(Record { id: Some(id), once: None, watch }, checked).await
                };
                if let Err(error) = run(&course.tenant, id, Some(&jobs), write).await {
                    tracing::info!(%id, %error, "an import has not come to its end");
                }
            });
        }
        Ok(answer)
    }

    async fn write(&self, record: Record, checked: &Arc<Checked>) -> Result<Answer, ImportError> {
        if self.is_partial {
            return in_parts(&self.tenant, record, checked).await;
        }
        match whole(&self.tenant, record, checked).await {
            Err(ImportError::Faults(found)) => Err(self.all_faults(checked, *found).await),
            other => other,
        }
    }

    /// The errors of the file, and of the products that do not fit to what is there, told together; those that are known alone if
    /// they are enough, or the others cannot be looked up.
    async fn all_faults(&self, checked: &Arc<Checked>, known: Report) -> ImportError {
        let forecast = if known.is_full() { None } else { self.forecast(checked).await.ok() };
        let found = forecast.map(|forecast| forecast.report).filter(|report| report.failed > 0);
        ImportError::Faults(found.unwrap_or(known).into())
    }

    /// Finds out what the import would do.
    async fn forecast(&self, checked: &Arc<Checked>) -> Result<Forecast, ImportError> {
        let mut forecast = Forecast { report: checked.report.clone(), growth: Growth::default() };
        let (mut batches, mut coming) = checked.batches()?.read().await?;
        while let Some(batch) = coming {
            let file = Arc::clone(checked);
            let look = move |conn: &mut TenantConn<'_>| batch.forecast(conn, &file.planner());
            // The next one is read meanwhile.
            let (outcome, read) = tokio::join!(self.tenant.run_part(look), batches.read());
            let outcome: Outcome = outcome?;
            forecast.growth += outcome.growth;
            forecast.report.add(outcome, checked);
            (batches, coming) = read?;
        }
        Ok(Forecast { report: forecast.report.ended(), ..forecast })
    }

    /// Refuses an import that would exceed a limit. The transactions that write check it again.
    async fn check_room(&self, checked: &Arc<Checked>) -> Result<(), ImportError> {
        let most = checked.growth;
        match self.tenant.run_part(move |conn| count::check(conn, most)).await {
            Err(ProductError::Limit(_)) => {}
            other => return Ok(other?),
        }
        let Forecast { growth, .. } = self.forecast(checked).await?;
        Ok(self.tenant.run_part(move |conn| count::check(conn, growth)).await?)
    }
}
