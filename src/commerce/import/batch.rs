//! Products of a file that are looked up and written together, in a few statements.

use std::io::Read;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use uuid::Uuid;

use crate::commerce::products::ProductError;
use crate::commerce::products::bulk::{self, ProductWrite};
use crate::commerce::products::count::Growth;
use crate::http::on_a_thread;
use crate::tenancy::{Currency, TenantConn};

use super::conflicts::{Wanted, handle};
use super::error::ImportError;
use super::group::ImportedProduct;
use super::report::OnConflict;
use super::shopify::ShopifyReader;

/// The number of variants and images at which a batch is full. The last product may add thousands more.
const ROWS: usize = 1000;
/// The bytes of text at which a batch is full.
const BYTES: usize = 2 << 20;

/// Products, in the order of the file.
#[derive(Default)]
pub(super) struct Batch {
    products: Vec<ImportedProduct>,
    rows: usize,
    bytes: usize,
}

/// What became of a batch, or would become of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub created: usize,
    pub updated: usize,
    pub skipped: usize,
    /// How many more products and variants there are now, for the caller to record.
    pub growth: Growth,
}

impl Batch {
    fn add(&mut self, imported: ImportedProduct) {
        let draft = &imported.draft;
        self.rows += draft.variants.len() + draft.images.len();
        self.bytes +=
            draft.description.len() + draft.images.iter().map(|image| image.url.len()).sum::<usize>();
        self.products.push(imported);
    }

    fn is_full(&self) -> bool {
        self.rows >= ROWS || self.bytes >= BYTES
    }

    /// Locks the products that exist, by id. Returns their ids.
    pub(super) fn lock_products(&self, conn: &mut TenantConn<'_>) -> Result<Vec<Uuid>, ProductError> {
        let handles: Vec<&str> =
            self.products.iter().filter_map(|imported| handle(&imported.draft)).collect();
        bulk::lock_by_handle(conn, &handles)
    }

    /// Writes the products, except those that are skipped. What exists must be locked.
    pub(super) fn write(
        self,
        conn: &mut TenantConn<'_>,
        currency: Currency,
        on_conflict: OnConflict,
    ) -> Result<Outcome, ProductError> {
        let wanted = Wanted::among(conn, self.products, on_conflict)?;
        let current = bulk::read(conn, &wanted.existing())?;
        let writes: Vec<ProductWrite<'_>> = wanted
            .products
            .iter()
            .map(|(id, imported)| ProductWrite {
                id: id.unwrap_or_else(Uuid::now_v7),
                draft: &imported.draft,
                current: id.and_then(|id| current.get(&id)),
            })
            .collect();
        let growth = bulk::write(conn, &writes, currency)?;
        let updated = writes.iter().filter(|write| write.current.is_some()).count();
        let created = writes.len() - updated;
        Ok(Outcome { created, updated, skipped: wanted.skipped, growth })
    }

    /// What writing the products would do. It only reads.
    pub(super) fn forecast(
        self,
        conn: &mut TenantConn<'_>,
        on_conflict: OnConflict,
    ) -> Result<Outcome, ProductError> {
        let wanted = Wanted::among(conn, self.products, on_conflict)?;
        let current = bulk::read(conn, &wanted.existing())?;
        let mut outcome = Outcome { skipped: wanted.skipped, ..Outcome::default() };
        for (id, imported) in &wanted.products {
            let before = id.and_then(|id| current.get(&id)).map(|current| current.variants.len());
            let after = imported.draft.variants.len();
            outcome.growth += Growth::new(before.is_none().into(), before.unwrap_or(0), after);
            *if before.is_some() { &mut outcome.updated } else { &mut outcome.created } += 1;
        }
        Ok(outcome)
    }
}

/// The good products of a file, in batches.
pub(super) struct Batches<R> {
    reader: ShopifyReader<R>,
    /// How many products are still to come.
    left: usize,
}

impl<R: Read> Batches<R> {
    /// Of a file that has so many good products.
    pub(super) fn new(reader: ShopifyReader<R>, products: usize) -> Self {
        Self { reader, left: products }
    }
}

impl<R: Read + Send + 'static> Batches<R> {
    /// Reads the next batch on a thread for it. None at the end.
    pub(super) async fn read(mut self) -> Result<(Self, Option<Batch>), ImportError> {
        let read = move || {
            let batch = self.next();
            (self, batch)
        };
        let (rest, batch) = on_a_thread(read).await?;
        Ok((rest, batch.transpose()?))
    }
}

impl<R: Read> Iterator for Batches<R> {
    type Item = Result<Batch, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut batch = Batch::default();
        while self.left > 0 && !batch.is_full() {
            match self.reader.next() {
                Some(Ok(imported)) => {
                    self.left -= 1;
                    batch.add(imported);
                }
                // Its faults are known.
                Some(Err(_)) => {}
                None => {
                    self.left = 0;
                    return Some(Err(ImportError::Spool));
                }
            }
        }
        (!batch.products.is_empty()).then_some(Ok(batch))
    }
}

/// What comes from [`read_ahead`].
pub(super) type Coming = Receiver<Result<Batch, ImportError>>;

/// Has a thread of its own read batches, one of them ahead, while `work` takes them: a connection does not wait for cells to
/// be parsed.
pub(super) fn read_ahead<T>(
    batches: Batches<impl Read + Send>,
    work: impl FnOnce(Coming) -> Result<T, ImportError>,
) -> Result<T, ImportError> {
    thread::scope(|scope| {
        let (sender, coming) = sync_channel(1);
        // Nobody takes them any more when the work has ended.
        scope.spawn(move || batches.map(|batch| sender.send(batch)).take_while(Result::is_ok).for_each(drop));
        // A panic of the thread is one of this: nothing is committed then.
        work(coming)
    })
}
