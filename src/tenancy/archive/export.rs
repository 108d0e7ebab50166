//! Exporting: writes a snapshot of a shop to an archive. The shop stays open meanwhile.

use std::io::Write;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::schema::public::shops;
use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, NO_TRANSACTION_TIMEOUT, begin_owner};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::shop::known_currency;
use crate::tenancy::shop::{ShopId, UnknownWord};

use super::copy::{copy_out, finish_copy_out, set_formats};
use super::error::ArchiveError;
use super::manifest::{MEMBERS, Manifest, ShopEntry, TableEntry, file_of};
use super::pack::pack;
use super::progress::{OnProgress, report};
use super::spool::{Spooled, Spooler};
use super::tables::{self, PEOPLE, Table, quoted};

/// The size of an archive.
#[derive(Clone, Copy, Debug)]
pub struct Exported {
    /// How many tables.
    pub tables: usize,
    /// How many rows in all tables.
    pub rows: u64,
}

impl Tenancy {
    /// Writes an archive of a shop to `out`. The shop may have any state and any version.
    ///
    /// # Errors
    /// As [`ArchiveError`] says. What was written is then of no use.
    pub fn export_shop(
        &self,
        shop: ShopId,
        out: &mut dyn Write,
        progress: OnProgress<'_>,
    ) -> Result<Exported, ArchiveError> {
        let (manifest, files) = self.spool_shop(shop, progress)?;
        pack(&manifest, &files, out, progress)?;
        let rows = manifest.tables.iter().map(|table| table.file.rows).sum();
        Ok(Exported { tables: manifest.tables.len(), rows })
    }

    /// Spools the shop's rows in one transaction, with one snapshot. The transaction ends before the archive is
    /// written, because the reader may be slow.
    fn spool_shop(
        &self,
        shop: ShopId,
        progress: OnProgress<'_>,
    ) -> Result<(Manifest, Vec<Spooled>), ArchiveError> {
        let begin = begin_owner(self.server, Mode::Plain, Duration::ZERO, self.limits.lock_timeout);
        let tables = self.owner.run_blocking(&begin, |pg| tables::of_shop(pg, shop))??;
        if !tables.iter().any(|table| table.name == PEOPLE) {
            return Err(ArchiveError::Incomplete);
        }
        let begin = begin_owner(self.server, Mode::Snapshot, Duration::ZERO, self.limits.lock_timeout);
        let snapshot = format!("{begin}; SET TRANSACTION READ ONLY");
        self.owner.run_blocking(&snapshot, |pg| {
            lock(pg, shop, &tables)?;
            pg.batch_execute(NO_TRANSACTION_TIMEOUT)?;
            if tables::of_shop(pg, shop)? != tables {
                return Err(ArchiveError::Migrated);
            }
            set_formats(pg)?;
            spool(pg, shop, &tables, progress)
        })?
    }
}

/// Locks the tables against migrations. This comes before the first query, which takes the transaction's snapshot.
fn lock(pg: &mut PgConnection, shop: ShopId, tables: &[Table]) -> QueryResult<()> {
    let schema = shop.schema();
    let names: Vec<_> = tables.iter().map(|table| format!("{schema}.{}", quoted(&table.name))).collect();
    pg.batch_execute(&format!("LOCK TABLE {} IN ACCESS SHARE MODE", names.join(", ")))
}

fn spool(
    pg: &mut PgConnection,
    shop: ShopId,
    tables: &[Table],
    progress: OnProgress<'_>,
) -> Result<(Manifest, Vec<Spooled>), ArchiveError> {
    let (entry, version) = ledger_entry(pg, shop)?;
    let members = format!(
        "(SELECT m.user_id, u.email, m.role, m.created_at FROM public.memberships m \
         JOIN public.users u ON u.id = m.user_id WHERE m.shop_id = '{shop}' ORDER BY m.user_id)"
    );
    let spooled = spool_rows(pg, MEMBERS, &members, &format!("{members} AS members"), progress)?;
    let member_entry = spooled.entry(MEMBERS.to_owned());
    let (mut entries, mut files) = (Vec::new(), vec![spooled]);
    for (position, table) in tables.iter().enumerate() {
        let source = format!("{}.{}", shop.schema(), quoted(&table.name));
        // As a query: Citus copies a table outside of the transaction, and a query within.
        let target = format!("(SELECT {} FROM {source})", table.column_list());
        let spooled = spool_rows(pg, &table.name, &target, &source, progress)?;
        let file = spooled.entry(file_of(position + 1, &table.name));
        entries.push(TableEntry { name: table.name.clone(), columns: table.columns.clone(), file });
        files.push(spooled);
    }
    Ok((Manifest::new(version, entry, member_entry, entries), files))
}

/// The columns of an entry, and the version.
type LedgerRow = ((String, String, String, String, String, i32), String);

fn ledger_entry(pg: &mut PgConnection, shop: ShopId) -> Result<(ShopEntry, String), ArchiveError> {
    let columns = (
        (
            shops::slug,
            shops::name,
            shops::description,
            shops::currency,
            shops::state,
            shops::order_hold_minutes,
        ),
        shops::schema_version,
    );
    // A shop that is being erased lacks tables.
    let found = shops::table.find(shop.0).filter(shops::erasing_since.is_null());
    let row: Option<LedgerRow> = found.select(columns).first(pg).optional()?;
    let ((slug, name, description, currency, state, minutes), version) =
        row.ok_or(ArchiveError::Incomplete)?;
    let order_hold_minutes = Some(minutes);
    let slug = slug.parse().map_err(|_| TenancyError::from(UnknownWord { kind: "slug", value: slug }))?;
    let currency = known_currency(&currency).map_err(TenancyError::from)?;
    Ok((ShopEntry { slug, name, description, currency, state, order_hold_minutes }, version))
}

/// Spools the rows that COPY returns, and compares their number with a count in the same transaction.
fn spool_rows(
    pg: &mut PgConnection,
    name: &str,
    target: &str,
    source: &str,
    progress: OnProgress<'_>,
) -> Result<Spooled, ArchiveError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let mut spooler = Spooler::new()?;
    spooler.add_all(copy_out(pg, target)?, ArchiveError::Read, |rows| report(progress, name, rows))?;
    finish_copy_out(pg)?;
    let count: Count = diesel::sql_query(format!("SELECT count(*) AS rows FROM {source}")).get_result(pg)?;
    let spooled = spooler.done()?;
    if u64::try_from(count.rows) != Ok(spooled.rows) {
        let error = format!("{name}: only {} of {} rows were read", spooled.rows, count.rows);
        return Err(ArchiveError::Read(std::io::Error::other(error)));
    }
    Ok(spooled)
}
