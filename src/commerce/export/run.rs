//! Writing all products, oldest first. Memory holds one batch at a time, whatever the size of the catalogue.

use std::io::Write;

use crate::commerce::products::ProductError;
use crate::commerce::products::read::{self, Filter, Key, Selection, Sort};
use crate::tenancy::{TenancyError, TenantConn};

use super::csv_rows;

/// Products of one batch. One product may have thousands of variants.
const BATCH: i64 = 100;
/// The size of the write buffer, in bytes.
const BUFFER: usize = 64 << 10;

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    /// The file could not be written.
    #[error("the export could not be written: {0}")]
    Writing(#[from] csv::Error),
    /// The products could not be read.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// The tenancy layer or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

/// Writes the catalogue.
pub(super) fn run(conn: &mut TenantConn<'_>, output: impl Write) -> Result<(), ExportError> {
    let currency = conn.shop_context()?.currency;
    conn.look_up_many().map_err(ProductError::from)?;
    let mut writer = csv::WriterBuilder::new().buffer_capacity(BUFFER).from_writer(output);
    writer.write_record(csv_rows::COLUMNS)?;
    let mut after = None;
    loop {
        let filter = Filter { sort: Some(Sort::Oldest), ..Filter::default() };
        let batch = Selection { filter, after, limit: BATCH, ..Selection::default() };
        let products = read::list(conn, batch)?;
        let Some(last) = products.last() else { break };
        after = Some(Key::new(&last.product, Sort::Oldest));
        for product in &products {
            for row in csv_rows::rows(product, currency) {
                writer.write_record(&row)?;
            }
        }
    }
    Ok(writer.flush().map_err(csv::Error::from)?)
}
