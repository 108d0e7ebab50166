//! Taking what is due and ending it: a few items of one shop at a time, in one transaction.
//!
//! Instances share the work: each takes rows that no other has locked. A process that dies leaves everything as it was.
//! The shop's row in the ledger is locked against migrations and erasing, but nothing waits for that lock: a shop that
//! somebody changes is put off.

use std::cell::Cell;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::public::{deadlines, shops};
use crate::tenancy::TenancyError;
use crate::tenancy::access::{Due, DueWork, Mode, OwnerTx, TenantConn, begin_owner};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::shop::{ShopId, ShopState};

use super::put_off::{BUSY, CLOSED, FAILED, UPGRADING, move_each, put_off_all};

/// The most items that one transaction ends.
const BATCH: i64 = 100;

/// What a run of [`Tenancy::end_due`] did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DueReport {
    /// How many items it ended.
    pub ended: usize,
    /// How often it put a shop off: one that is not open or current, or that failed here.
    pub put_off: usize,
}

/// What one transaction did.
enum Step {
    /// Ended so many items of a shop.
    Ended(usize),
    /// Put a shop off.
    PutOff,
    /// Found nothing that is due, or only what others have.
    Idle,
}

impl Tenancy {
    /// Ends what is due in all shops. A shop in which that fails does not hold up the others.
    ///
    /// # Errors
    /// When the database cannot be reached or accepts no changes.
    pub fn end_due(&self, stopped: &dyn Fn() -> bool) -> Result<DueReport, TenancyError> {
        let mut report = DueReport::default();
        let Some(work) = self.due_work else { return Ok(report) };
        while !stopped() {
            match self.end_some(work)? {
                Step::Ended(items) => report.ended += items,
                Step::PutOff => report.put_off += 1,
                Step::Idle => break,
            }
        }
        Ok(report)
    }

    fn end_some(&self, work: DueWork) -> Result<Step, TenancyError> {
        let taken = Cell::new(None);
        let error = match self.in_short_transaction(|owner| self.take(owner, work, &taken)) {
            Ok(step) => return Ok(step),
            Err(error) => error,
        };
        let shop = match taken.get() {
            Some(shop) if !error.concerns_all_shops() => shop,
            _ => return Err(error),
        };
        tracing::warn!(%shop, %error, "what is due in the shop was not ended; this is tried again later");
        let pause = if error.is_passing() { BUSY } else { FAILED };
        self.in_short_transaction(|owner| Ok(put_off_all(owner, shop, Utc::now(), pause)?))?;
        Ok(Step::PutOff)
    }

    /// The owner's transaction, with the timeout that statements of requests have.
    fn in_short_transaction<T>(
        &self,
        work: impl FnOnce(&mut OwnerTx<'_>) -> Result<T, TenancyError>,
    ) -> Result<T, TenancyError> {
        let begin =
            begin_owner(self.server, Mode::Plain, self.limits.statement_timeout, self.limits.lock_timeout);
        self.owner.run_blocking(&begin, |pg| work(&mut OwnerTx::new(pg)))?
    }

    /// The work of one transaction. Notes the shop in `taken` as soon as it is known.
    fn take(
        &self,
        owner: &mut OwnerTx<'_>,
        work: DueWork,
        taken: &Cell<Option<ShopId>>,
    ) -> Result<Step, TenancyError> {
        let now = Utc::now();
        let Some(shop) = shop_with_due(owner, now)? else { return Ok(Step::Idle) };
        taken.set(Some(shop));
        let currency = match self.enter_for_due(owner, shop)? {
            Entry::Open { currency } => currency,
            Entry::Gone => {
                diesel::delete(deadlines::table.filter(deadlines::shop_id.eq(shop.0))).execute(owner.pg())?;
                return Ok(Step::PutOff);
            }
            Entry::Later(pause) => {
                put_off_all(owner, shop, now, pause)?;
                return Ok(Step::PutOff);
            }
        };
        let items: Vec<Uuid> = deadlines::table
            .filter(deadlines::shop_id.eq(shop.0).and(deadlines::due_at.le(now)))
            .order(deadlines::due_at)
            .limit(BATCH)
            .select(deadlines::item_id)
            .for_update()
            .skip_locked()
            .load(owner.pg())?;
        let outcomes = self.as_shop(owner, shop, &currency, |conn| (work.end)(conn, &items))?;
        settle(owner, shop, now, &items, &outcomes)?;
        let ended = outcomes.iter().filter(|(_, due)| *due == Due::Ended).count();
        tracing::debug!(%shop, ended, "ended what was due");
        Ok(Step::Ended(ended))
    }

    /// Runs `work` in the shop behind its policies, as a request does, but for nobody.
    fn as_shop<T>(
        &self,
        owner: &mut OwnerTx<'_>,
        shop: ShopId,
        currency: &str,
        work: impl FnOnce(&mut TenantConn<'_>) -> Result<T, TenancyError>,
    ) -> Result<T, TenancyError> {
        let currency = currency.replace('\'', "''");
        let settings = format!(
            "{}; SET LOCAL shophouse.role TO 'staff'; SET LOCAL shophouse.currency TO '{currency}'",
            self.pin(shop),
        );
        owner.pg().batch_execute(&self.server.settings(&settings))?;
        let outcome = work(&mut TenantConn::new(owner.pg(), Uuid::nil(), shop, &self.quotas))?;
        let back = self.server.settings("SET LOCAL ROLE none; SET LOCAL search_path TO public, pg_temp");
        owner.pg().batch_execute(&back)?;
        Ok(outcome)
    }

    /// Whether work in the shop is possible now, as `public.enter` decides it for requests.
    fn enter_for_due(&self, owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Entry, TenancyError> {
        let found: Option<(String, String, String, String)> = shops::table
            .find(shop.0)
            .select((shops::state, shops::schema_version, shops::schema_floor, shops::currency))
            .for_key_share()
            .skip_locked()
            .first(owner.pg())
            .optional()?;
        let Some((state, version, floor, currency)) = found else {
            let is_there: bool = select(exists(shops::table.find(shop.0))).get_result(owner.pg())?;
            return Ok(if is_there { Entry::Later(UPGRADING) } else { Entry::Gone });
        };
        let known = self.tenant_version();
        Ok(if state != ShopState::Active.as_str() {
            Entry::Later(CLOSED)
        } else if version.as_str() < known || floor.as_str() > known {
            Entry::Later(UPGRADING)
        } else {
            Entry::Open { currency }
        })
    }
}

/// Whether work in a shop is possible.
enum Entry {
    Open { currency: String },
    Later(std::time::Duration),
    Gone,
}

/// The shop that has waited longest, and that no other instance works on. Without a lock first: an idle instance only
/// reads.
fn shop_with_due(owner: &mut OwnerTx<'_>, now: DateTime<Utc>) -> QueryResult<Option<ShopId>> {
    let due = deadlines::table.filter(deadlines::due_at.le(now));
    if !select(exists(due)).get_result::<bool>(owner.pg())? {
        return Ok(None);
    }
    let first = due.order(deadlines::due_at).select(deadlines::shop_id).for_update().skip_locked();
    Ok(first.first::<Uuid>(owner.pg()).optional()?.map(ShopId))
}

/// Deletes the deadlines of what has ended, and moves those of the rest.
fn settle(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    now: DateTime<Utc>,
    items: &[Uuid],
    outcomes: &[(Uuid, Due)],
) -> QueryResult<()> {
    let (mut done, mut moved) = (Vec::new(), Vec::new());
    for item in items {
        match outcomes.iter().find(|(id, _)| id == item).map_or(Due::Busy, |(_, due)| *due) {
            Due::Ended | Due::Settled => done.push(*item),
            Due::At(time) => moved.push((*item, time)),
            Due::Busy => moved.push((*item, now + BUSY)),
        }
    }
    let done = deadlines::table.filter(deadlines::shop_id.eq(shop.0).and(deadlines::item_id.eq_any(done)));
    diesel::delete(done).execute(owner.pg())?;
    move_each(owner, shop, &moved)
}
