//! Products of a file that are looked up and written together, in a few statements.

use std::collections::HashMap;
use std::io::{Read, Seek};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use uuid::Uuid;

use crate::commerce::products::ProductError;
use crate::commerce::products::bulk::{self, ProductWrite};
use crate::commerce::products::count::Growth;
use crate::commerce::products::current::CurrentProduct;
use crate::http::on_a_thread;
use crate::tenancy::{Currency, TenantConn};

use super::error::ImportError;
use super::fault::Faults;
use super::plan::{Plan, Planner};
use super::product::ImportedProduct;
use super::report::OnConflict;
use super::sales;
use super::shopify::ShopifyReader;

/// The number of variants and images at which a batch is full. The last product may add thousands more.
const ROWS: usize = 500;
/// The bytes of text at which a batch is full.
const BYTES: usize = 1 << 20;

/// Products, in the order of the file.
#[derive(Default)]
pub(super) struct Batch {
    products: Vec<ImportedProduct>,
    rows: usize,
    bytes: usize,
    /// How many rows of the file they have.
    pub file_rows: u32,
}

/// What became of a batch, or would become of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub skipped: usize,
    /// The errors of each product that does not fit to what is there.
    pub failed: Vec<Faults>,
    pub variants_removed: usize,
    pub images_removed: usize,
    /// Tracked variants that begin at 0, because the file has no column of quantities.
    pub without_quantity: usize,
    pub warnings: Faults,
    /// How many more products and variants there are now, for the caller to record.
    pub growth: Growth,
}

/// What is to be written, and what becomes of the batch then.
struct Planned {
    outcome: Outcome,
    plans: Vec<(Uuid, Plan)>,
    current: HashMap<Uuid, CurrentProduct>,
}

impl Batch {
    fn add(&mut self, imported: ImportedProduct) {
        self.file_rows += imported.rows;
        self.rows += imported.variants.len() + imported.images.len();
        self.bytes += imported.description.len() + imported.images.bytes();
        self.products.push(imported);
    }

    fn is_full(&self) -> bool {
        self.rows >= ROWS || self.bytes >= BYTES
    }

    fn handles(&self) -> Vec<&str> {
        self.products.iter().map(|imported| imported.handle.as_str()).collect()
    }

    /// Locks the products that exist, by id. Returns their ids.
    pub(super) fn lock_products(&self, conn: &mut TenantConn<'_>) -> Result<Vec<Uuid>, ProductError> {
        bulk::lock_by_handle(conn, &self.handles())
    }

    /// Writes the products that change. What exists must be locked.
    pub(super) fn write(
        self,
        conn: &mut TenantConn<'_>,
        currency: Currency,
        planner: &Planner<'_>,
    ) -> Result<Outcome, ProductError> {
        let planned = self.plan(conn, planner)?;
        let growth = bulk::write(conn, &planned.writes(), currency, "import")?;
        Ok(Outcome { growth, ..planned.outcome })
    }

    /// What writing the products would do. It only reads.
    pub(super) fn forecast(
        self,
        conn: &mut TenantConn<'_>,
        planner: &Planner<'_>,
    ) -> Result<Outcome, ProductError> {
        conn.look_up_many()?;
        let planned = self.plan(conn, planner)?;
        let growth = bulk::growth(&planned.writes());
        Ok(Outcome { growth, ..planned.outcome })
    }

    fn plan(self, conn: &mut TenantConn<'_>, planner: &Planner<'_>) -> Result<Planned, ProductError> {
        let handles = self.handles();
        let known = if handles.is_empty() { HashMap::new() } else { bulk::find_by_handle(conn, &handles)? };
        let skips = planner.rules.on_conflict == OnConflict::Skip;
        let ids: Vec<Uuid> = known.values().copied().filter(|_| !skips).collect();
        let current = bulk::read(conn, &ids)?;
        let mut planned = Planned { outcome: Outcome::default(), plans: Vec::new(), current };
        for imported in self.products {
            match known.get(imported.handle.as_str()) {
                Some(_) if skips => planned.outcome.skipped += 1,
                id => {
                    let current = id.and_then(|id| planned.current.get(id));
                    let plan = planner.plan(imported, current)?;
                    planned.add(id.copied(), plan);
                }
            }
        }
        sales::warn(conn, planner.header, &planned.plans, &mut planned.outcome.warnings)?;
        Ok(planned)
    }
}

impl Planned {
    fn add(&mut self, id: Option<Uuid>, plan: Result<Plan, Faults>) {
        let mut plan = match plan {
            Ok(plan) => plan,
            Err(faults) => return self.outcome.failed.push(faults),
        };
        let outcome = &mut self.outcome;
        outcome.warnings.merge(std::mem::take(&mut plan.warnings));
        outcome.variants_removed += plan.variants_removed;
        outcome.images_removed += plan.images_removed;
        outcome.without_quantity += plan.without_quantity;
        match id {
            None => outcome.created += 1,
            Some(_) if plan.is_changed => outcome.updated += 1,
            Some(_) => return outcome.unchanged += 1,
        }
        self.plans.push((id.unwrap_or_else(Uuid::now_v7), plan));
    }

    fn writes(&self) -> Vec<ProductWrite<'_>> {
        self.plans
            .iter()
            .map(|(id, plan)| ProductWrite { id: *id, draft: &plan.draft, current: self.current.get(id) })
            .collect()
    }
}

/// The good products of a file, in batches.
pub(super) struct Batches<R> {
    reader: ShopifyReader<R>,
    /// How many products are still to come.
    left: usize,
}

impl<R: Read + Seek> Batches<R> {
    /// Of a file that has so many good products.
    pub(super) fn new(reader: ShopifyReader<R>, products: usize) -> Self {
        Self { reader, left: products }
    }
}

impl<R: Read + Seek + Send + 'static> Batches<R> {
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

impl<R: Read + Seek> Iterator for Batches<R> {
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
    batches: Batches<impl Read + Seek + Send>,
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
