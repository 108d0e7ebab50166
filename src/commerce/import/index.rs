//! The order in which a file is read: its products by their first rows, each with all of its rows, which may stand apart.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Seek};

use super::columns::Header;
use super::fault::Fault;
use super::handles;
use super::ignored::Ignored;
use super::place::Start;
use super::records::{Record, Records};
use super::woocommerce::{Families, Suffix, Woo};

/// The most runs of a file, so that the index of one does not fill the memory.
const MAX_RUNS: usize = 1_000_000;

/// Rows of one product that follow each other. A file has at most 64 MiB, so that 32 bits are enough.
#[derive(Clone, Copy)]
struct Run {
    product: u32,
    at: u32,
    line: u32,
    row: u32,
    end: u32,
}

/// The rows of a file by product.
pub(super) struct Index {
    runs: Vec<Run>,
    /// How many products there are.
    pub products: usize,
    /// How many rows there are, without blank ones.
    pub rows: u32,
    /// Why the rest of the file could not be read. It may have rows of the product that was read last.
    broken: Option<(u32, Fault)>,
    /// The columns with content that nobody reads.
    pub ignored: Vec<String>,
    /// The most rows of a product.
    most_rows: usize,
    /// What the handles of some products of WooCommerce's end in.
    suffixes: HashMap<u32, Suffix>,
}

/// A product of the file.
pub(super) struct Rows {
    pub records: Vec<Record>,
    /// Why they may not be all.
    pub broken: Option<Fault>,
    pub suffix: Option<Suffix>,
}

/// The number of each product by the hash of its handle. The handles themselves would take too much memory for a large file.
/// Two of a million handles have the same hash in one of forty million such files; they are told as one handle then.
#[derive(Default)]
struct Numbers {
    by_handle: HashMap<u64, u32>,
    hashes: RandomState,
}

impl Numbers {
    fn of(&mut self, handle: &str) -> u32 {
        let next = narrow(self.by_handle.len() as u64);
        *self.by_handle.entry(self.hashes.hash_one(handle)).or_insert(next)
    }

    /// A row without a handle and a title belongs to the product before it.
    fn of_record(&mut self, header: &Header, record: &Record, last: Option<u32>) -> u32 {
        match (handles::of_record(header, &record.cells), last) {
            (Some(handle), _) => self.of(handle.handle.as_str()),
            (None, Some(last)) => last,
            (None, None) => self.of(""),
        }
    }
}

/// What is known of a file while it is read.
struct Reading<'h> {
    header: &'h Header,
    woo: Option<&'h Woo>,
    numbers: Numbers,
    families: Families,
    runs: Vec<Run>,
    ignored: Ignored,
    rows: u32,
}

impl<'h> Reading<'h> {
    fn new(header: &'h Header, woo: Option<&'h Woo>) -> Self {
        let header = woo.map_or(header, Woo::raw);
        let (numbers, families) = (Numbers::default(), Families::default());
        Self { header, woo, numbers, families, runs: Vec::new(), ignored: Ignored::of(header), rows: 0 }
    }

    /// Reads to the end of the file, or to the fault after which no more can be read.
    fn read_all(&mut self, records: &mut Records<impl Read + Seek>) -> Result<(), Fault> {
        while let Some(record) = records.next()? {
            if !is_blank(&record) {
                self.note(&record)?;
            }
        }
        Ok(())
    }

    fn note(&mut self, record: &Record) -> Result<(), Fault> {
        let woo = self.woo;
        self.rows += 1;
        self.ignored
            .look(&record.cells, |position| woo.is_some_and(|woo| woo.reads(&record.cells, position)));
        let last = self.runs.last().map(|run| run.product);
        let product = match woo {
            Some(woo) => self.families.number(woo, &record.cells),
            None => self.numbers.of_record(self.header, record, last),
        };
        if last == Some(product) { Ok(()) } else { self.begin_run(product, record.start) }
    }

    fn begin_run(&mut self, product: u32, start: Start) -> Result<(), Fault> {
        self.end_run(start.at);
        if self.runs.len() == MAX_RUNS {
            let detail = "the file has too many rows that stand apart from others of their products; sort it by handle";
            return Err(Fault::of_row(start, "too_many_rows", detail));
        }
        let Start { at, line, row } = start;
        self.runs.push(Run { product, at: narrow(at), line, row, end: u32::MAX });
        Ok(())
    }

    /// Ends the last run there, unless it has ended.
    fn end_run(&mut self, at: u64) {
        if let Some(run) = self.runs.last_mut().filter(|run| run.end == u32::MAX) {
            run.end = narrow(at);
        }
    }
}

impl Index {
    /// Reads a file, whose header has been read, to its end.
    pub(super) fn of(records: &mut Records<impl Read + Seek>, header: &Header, woo: Option<&Woo>) -> Self {
        let mut reading = Reading::new(header, woo);
        let broken = reading.read_all(records).err();
        reading.end_run(records.end(broken.is_some()));
        let Reading { header, mut numbers, families, mut runs, ignored, rows, .. } = reading;
        if let (Some(fault), true) = (&broken, runs.is_empty()) {
            let (at, line, row) = (u32::MAX, fault.line, fault.row);
            runs.push(Run { product: numbers.of(""), at, line, row, end: at });
        }
        let last = runs.last().map_or(0, |run| run.product);
        runs.sort_by_key(|run| (run.product, run.at));
        Self {
            runs,
            products: numbers.by_handle.len() + families.len(),
            rows,
            broken: broken.map(|fault| (last, fault)),
            ignored: ignored.into_names(),
            most_rows: header.kind.most_rows(),
            suffixes: families.into_suffixes(),
        }
    }

    /// The rows of the product whose first run has a number. The number of the next product's first run takes its place.
    pub(super) fn read(&self, next: &mut usize, records: &mut Records<impl Read + Seek>) -> Option<Rows> {
        let product = self.runs.get(*next)?.product;
        let mut rows = Vec::new();
        let mut broken =
            self.broken.as_ref().filter(|(last, _)| *last == product).map(|(_, fault)| fault.clone());
        while let Some(run) = self.runs.get(*next).filter(|run| run.product == product) {
            *next += 1;
            if let Err(fault) = run.read(records, self.most_rows, &mut rows) {
                broken = Some(fault);
            }
        }
        Some(Rows { records: rows, broken, suffix: self.suffixes.get(&product).copied() })
    }
}

impl Run {
    /// Adds its rows, but not more than tell that a product has too many.
    fn read(
        self,
        records: &mut Records<impl Read + Seek>,
        most: usize,
        rows: &mut Vec<Record>,
    ) -> Result<(), Fault> {
        let Self { at, line, row, end, .. } = self;
        records.seek(Start { at: at.into(), line, row }, end.into())?;
        while rows.len() <= most
            && let Some(record) = records.next()?
        {
            if !is_blank(&record) {
                rows.push(record);
            }
        }
        Ok(())
    }
}

/// A spreadsheet leaves such a row when its cells are cleared.
fn is_blank(record: &Record) -> bool {
    record.cells.iter().all(|cell| cell.trim_ascii().is_empty())
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
