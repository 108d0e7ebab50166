//! The course of an import: in which order its transactions come, and what is done without one.
//!
//! 1. A short transaction looks whether the request was done before.
//! 2. The file is checked, without a connection.
//! 3. A dry run looks up what is there, in short transactions that only read.
//! 4. The products are written: all of them in one transaction, or, when the client takes the good part alone, a batch in each
//!    of several transactions, which let the caller in anew.
//!
//! Of an import of several transactions that ends in the middle, what was committed stays: whole products. Sent again, they are
//! skipped or updated. Its answer is stored by the last transaction, so a retry with the same key then does the rest.

use std::sync::Arc;

use crate::commerce::products::ProductError;
use crate::commerce::products::count::{self, Ceiling, Growth};
use crate::http::request::scopes::ProductsWrite;
use crate::http::{Answered, Fetched, Once, Received, Spools, Staff, Tenant, on_a_thread};
use crate::tenancy::{Class, TenantConn};

use super::check::{Checked, Terms, check};
use super::error::ImportError;
use super::parts::Parts;
use super::report::{OnConflict, Options, Report};
use super::turn;
use super::write::write_all;

type Answer = Answered<Fetched<Report>>;

/// An import, from the file to the answer.
pub(super) struct Course {
    tenant: Tenant<Staff, ProductsWrite>,
    once: Arc<Once>,
    on_conflict: OnConflict,
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

impl Course {
    pub(super) fn new(tenant: Tenant<Staff, ProductsWrite>, once: Once, options: &Options) -> Self {
        Self {
            tenant,
            once: Arc::new(once),
            on_conflict: options.on_conflict.unwrap_or_default(),
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
        let needs_all = !self.is_partial && !self.is_dry_run;
        let checked = Arc::new(on_a_thread(move || check(file, terms, needs_all)).await??);
        drop(place);
        let bulk = Self { tenant: self.tenant.in_class(Class::Bulk), ..self };
        match (bulk.is_dry_run, bulk.is_partial) {
            (true, _) => bulk.dry_run(&checked).await,
            (false, true) => bulk.in_parts(&checked).await,
            (false, false) => bulk.whole(&checked).await,
        }
    }

    async fn look_up(&self) -> Result<Before, ImportError> {
        let (once, is_dry_run) = (Arc::clone(&self.once), self.is_dry_run);
        let look_up = move |conn: &mut TenantConn<'_>| {
            if let Some(answer) = once.look_up(conn.user(), conn)? {
                return Ok(Before::Answered(answer));
            }
            if !is_dry_run {
                turn::look(conn)?;
            }
            let (currency, ceiling) = (conn.shop_context()?.currency, Ceiling::of_products(conn)?);
            Ok(Before::Terms(Terms { currency, ceiling }))
        };
        self.tenant.clone().run(look_up).await
    }

    async fn dry_run(&self, checked: &Arc<Checked>) -> Result<Answer, ImportError> {
        let Forecast { report, growth } = self.forecast(checked).await?;
        if report.errors.is_empty() || self.is_partial {
            self.tenant.run_part(move |conn| count::check(conn, growth)).await?;
        }
        Ok(Answered::unkept(&Fetched(report))?)
    }

    async fn whole(&self, checked: &Arc<Checked>) -> Result<Answer, ImportError> {
        if !checked.report.errors.is_empty() {
            return Err(ImportError::Faults(checked.report.errors.clone()));
        }
        let (once, on_conflict, file) = (Arc::clone(&self.once), self.on_conflict, Arc::clone(checked));
        let write = move |conn: &mut TenantConn<'_>| {
            once.run(conn.user(), conn, |conn| write_all(conn, &file, on_conflict).map(Fetched))
        };
        self.tenant.run_part(write).await
    }

    /// Finds out what the import would do.
    async fn forecast(&self, checked: &Arc<Checked>) -> Result<Forecast, ImportError> {
        let mut forecast = Forecast { report: checked.report.clone(), growth: Growth::default() };
        let mut batches = checked.batches()?;
        loop {
            let (rest, batch) = batches.read().await?;
            let Some(batch) = batch else { return Ok(forecast) };
            batches = rest;
            let on_conflict = self.on_conflict;
            let look = move |conn: &mut TenantConn<'_>| batch.forecast(conn, on_conflict);
            let outcome = self.tenant.run_part(look).await?;
            forecast.growth += outcome.growth;
            forecast.report.add(&outcome);
        }
    }

    async fn in_parts(&self, checked: &Arc<Checked>) -> Result<Answer, ImportError> {
        self.check_room(checked).await?;
        let Self { tenant, once, on_conflict, .. } = self;
        Parts::begin(tenant, once, checked, *on_conflict).await?.write().await
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
