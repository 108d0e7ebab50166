//! The course of an import: in which order its transactions come, and what is done without one.
//!
//! 1. A short transaction looks whether the request was done before.
//! 2. The file is checked, without a connection.
//! 3. A dry run, and an import whose file has errors, look up what is there, in short transactions that only read.
//! 4. The products are written: all of them in one transaction, or, when the client takes the good part alone, a batch in each
//!    of several transactions, which let the caller in anew.
//!
//! Of an import of several transactions that ends in the middle, what was committed stays: whole products. Sent again, they are
//! skipped or updated. Its answer is stored by the last transaction, so a retry with the same key then does the rest.

use std::sync::Arc;

use crate::commerce::products::ProductError;
use crate::commerce::products::count::{self, Ceiling, Growth};
use crate::http::request::scopes::Needs;
use crate::http::{Answered, Fetched, Once, Received, Spools, Staff, Tenant, on_a_thread};
use crate::tenancy::{Class, TenantConn};

use super::check::{Checked, Terms, check};
use super::error::ImportError;
use super::kind::FileOf;
use super::parts::Parts;
use super::report::{Options, Report, Rules};
use super::turn;
use super::write::write_all;

type Answer = Answered<Fetched<Report>>;

/// An import, from the file to the answer.
pub(super) struct Course<S> {
    tenant: Tenant<Staff, S>,
    kind: FileOf,
    once: Arc<Once>,
    rules: Rules,
    is_dry_run: bool,
    is_partial: bool,
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

impl<S: Needs> Course<S> {
    pub(super) fn new(tenant: Tenant<Staff, S>, once: Once, kind: FileOf, options: &Options) -> Self {
        Self {
            tenant,
            kind,
            once: Arc::new(once),
            rules: Rules::of(options),
            is_dry_run: options.dry_run == Some(true),
            is_partial: options.partial == Some(true),
        }
    }

    /// Imports the file.
    pub(super) async fn run(self, spools: &Spools, file: Received) -> Result<Answer, ImportError> {
        let terms = match self.look_up().await? {
            Before::Answered(answer) => return Ok(answer),
            Before::Terms(terms) => terms,
        };
        let place = spools.check(self.tenant.shop()).await?;
        let checked = Arc::new(on_a_thread(move || check(file, terms)).await??);
        drop(place);
        let bulk = Self { tenant: self.tenant.in_class(Class::Bulk), ..self };
        match (bulk.is_dry_run, bulk.is_partial) {
            (true, _) => bulk.dry_run(&checked).await,
            (false, true) => bulk.in_parts(&checked).await,
            (false, false) => bulk.whole(&checked).await,
        }
    }

    async fn look_up(&self) -> Result<Before, ImportError> {
        let (once, rules, is_partial) = (Arc::clone(&self.once), self.rules, self.is_partial);
        let (is_dry_run, kind) = (self.is_dry_run, self.kind);
        let look_up = move |conn: &mut TenantConn<'_>| {
            if let Some(answer) = once.look_up(conn.user(), conn)? {
                return Ok(Before::Answered(answer));
            }
            if !is_dry_run {
                turn::look(conn)?;
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
        Ok(Answered::unkept(&Fetched(report))?)
    }

    async fn whole(&self, checked: &Arc<Checked>) -> Result<Answer, ImportError> {
        if checked.report.failed > 0 {
            return Err(self.all_faults(checked, checked.report.clone()).await);
        }
        let (once, file) = (Arc::clone(&self.once), Arc::clone(checked));
        let write = move |conn: &mut TenantConn<'_>| {
            once.run(conn.user(), conn, |conn| write_all(conn, &file).map(Fetched))
        };
        match self.tenant.run_part(write).await {
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
        let mut batches = checked.batches()?;
        loop {
            let (rest, batch) = batches.read().await?;
            let Some(batch) = batch else {
                return Ok(Forecast { report: forecast.report.ended(), ..forecast });
            };
            batches = rest;
            let file = Arc::clone(checked);
            let look = move |conn: &mut TenantConn<'_>| batch.forecast(conn, &file.planner());
            let outcome = self.tenant.run_part(look).await?;
            forecast.growth += outcome.growth;
            forecast.report.add(outcome, checked);
        }
    }

    async fn in_parts(&self, checked: &Arc<Checked>) -> Result<Answer, ImportError> {
        self.check_room(checked).await?;
        let Self { tenant, once, .. } = self;
        Parts::begin(tenant, once, checked).await?.write().await
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
