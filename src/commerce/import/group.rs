//! The rows of one product, gathered into a draft.

use crate::commerce::products::draft::MAX_VARIANTS;
use crate::commerce::products::{Draft, Handle, Status, VariantDraft};
use crate::tenancy::Currency;

use super::cells;
use super::columns::{Column, Header, Row};
use super::fault::Fault;
use super::faults::Faults;
use super::images::Images;
use super::options::{self, Options};
use super::placing::placed;

/// One product of the file.
#[derive(Debug)]
pub struct Imported {
    /// The product, checked.
    pub draft: Draft,
    /// The line of its first row.
    pub line: u64,
    /// The line of each variant.
    pub lines: Vec<u64>,
}

/// The rows of one product.
pub(super) struct Group {
    /// The line of its first row.
    line: u64,
    handle: String,
    draft: Draft,
    options: Options,
    /// The line of each variant.
    lines: Vec<u64>,
    images: Images,
    head: Head,
    faults: Faults,
}

/// What became of the first row, which alone says what the product is.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Head {
    Awaited,
    Read,
    Unreadable,
}

impl Group {
    /// A product whose first row is on `line`.
    pub(super) fn new(line: u64, handle: String) -> Self {
        let draft = Draft {
            handle: None,
            title: String::new(),
            description: String::new(),
            vendor: String::new(),
            product_type: String::new(),
            tags: Vec::new(),
            status: Status::default(),
            options: Vec::new(),
            variants: Vec::new(),
            images: Vec::new(),
        };
        Self {
            line,
            handle,
            draft,
            options: Options::default(),
            lines: Vec::new(),
            images: Images::default(),
            head: Head::Awaited,
            faults: Faults::default(),
        }
    }

    /// What its rows share.
    pub(super) fn handle(&self) -> &str {
        &self.handle
    }

    /// Notes a fault.
    pub(super) fn refuse(&mut self, fault: Fault) {
        self.faults.add(fault);
    }

    /// Notes that one of its rows could not be read.
    pub(super) fn refuse_row(&mut self, faults: Vec<Fault>) {
        if self.head == Head::Awaited {
            self.head = Head::Unreadable;
        }
        self.faults.add_all(faults);
    }

    /// Takes in its next row.
    pub(super) fn add(&mut self, row: &Row, currency: Currency) {
        match self.head {
            Head::Awaited => {
                self.head = Head::Read;
                self.add_head(row);
                self.add_variant(row, currency);
            }
            Head::Read => self.add_further(row, currency),
            // Without the names of the options, rows that are right would be called wrong.
            Head::Unreadable => return,
        }
        self.images.add(row, &mut self.faults);
    }

    fn add_head(&mut self, row: &Row) {
        let handle = self.handle.parse::<Handle>();
        let handle = handle.map_err(|error| row.fault(Column::Handle, "invalid_handle", error.to_string()));
        self.draft.handle = self.faults.sound(handle.map(Some));
        self.draft.title = self.faults.sound(cells::title(row));
        self.draft.description = self.faults.sound(cells::body(row));
        self.draft.vendor = self.faults.sound(cells::word(row, Column::Vendor));
        self.draft.product_type = self.faults.sound(cells::word(row, Column::Type));
        self.draft.tags = self.faults.sound(cells::tags(row));
        self.draft.status = self.faults.sound(cells::status(row));
        let (options, faults) = Options::named_by(row);
        self.options = options;
        self.faults.add_all(faults);
    }

    fn add_further(&mut self, row: &Row, currency: Currency) {
        let title = row.cell(Column::Title);
        if !title.is_empty() && !self.draft.title.is_empty() && title != self.draft.title {
            let detail = format!("the rows from line {} on have this handle and another title", self.line);
            self.refuse(row.fault(Column::Handle, "duplicate_handle", detail));
        }
        self.faults.add_all(self.options.differences(row));
        if options::any_value(row) {
            self.add_variant(row, currency);
        } else if [Column::Sku, Column::Price].iter().any(|column| !row.cell(*column).is_empty()) {
            // Taking it for a row with an image only would lose a variant without a word.
            let detail = "a row with a price or a SKU is a variant, and needs a value for each option";
            self.refuse(row.fault(Column::OptionValue(0), "missing_option_value", detail));
        }
    }

    fn add_variant(&mut self, row: &Row, currency: Currency) {
        if self.lines.len() == MAX_VARIANTS {
            let detail = format!("a product must not have more than {MAX_VARIANTS} variants");
            return self.faults.add_once(row.line, "too_many_variants", detail);
        }
        let (options, faults) = self.options.values(row);
        self.faults.add_all(faults);
        let quantity = self.faults.sound(cells::quantity(row));
        let tracked = !row.cell(Column::Tracker).is_empty();
        let variant = VariantDraft {
            id: None,
            sku: self.faults.sound(cells::number_as_text(row, Column::Sku)),
            options,
            price: self.faults.sound(cells::price(row, currency)),
            compare_at_price: self.faults.sound(cells::compare_at_price(row, currency)),
            track_stock: Some(tracked),
            allow_oversell: self.faults.sound(cells::policy(row)),
            stock: tracked.then_some(quantity),
            barcode: self.faults.sound(cells::number_as_text(row, Column::Barcode)),
            grams: self.faults.sound(cells::grams(row)),
        };
        self.draft.variants.push(variant);
        self.lines.push(row.line);
    }

    /// The faults so far, for a product whose end cannot be read.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults.into_vec()
    }

    /// The product, now that its last row is in.
    pub(super) fn close(mut self, header: &Header) -> Result<Imported, Vec<Fault>> {
        if !self.faults.is_empty() {
            return Err(self.faults.into_vec());
        }
        self.draft.images = self.images.in_order();
        self.draft.options = self.options.into_names();
        match self.draft.check() {
            Ok(()) => Ok(Imported { draft: self.draft, line: self.line, lines: self.lines }),
            Err(contradiction) => Err(vec![placed(&contradiction, self.line, &self.lines, header)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::faults::MAX_FAULTS;
    use super::super::shopify::ShopifyReader;
    use super::*;

    const HEADER: &str = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,SKU,Price,\
        Inventory tracker,Inventory quantity,Image Src,Image Position,Image Alt Text,Status,Published,Tags";

    /// Reads rows of one product, each without its handle and without the blank cells at its end.
    fn read(rows: &[&str]) -> Result<Draft, Vec<(u64, &'static str, String)>> {
        let mut csv = HEADER.to_owned();
        for row in rows {
            let blanks = ",".repeat(14 - row.matches(',').count());
            csv = format!("{csv}\na,{row}{blanks}");
        }
        let mut products: Vec<_> = ShopifyReader::new(csv.as_bytes(), Currency::USD).unwrap().collect();
        assert_eq!(products.len(), 1);
        products.remove(0).map(|imported| imported.draft).map_err(|faults| {
            let told = |fault: Fault| (fault.line, fault.code, fault.column.unwrap_or_default());
            faults.into_iter().map(told).collect()
        })
    }

    fn fault(rows: &[&str]) -> (u64, &'static str, String) {
        let mut faults = read(rows).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.remove(0)
    }

    #[test]
    fn rows_are_variants_images_or_both() {
        let draft = read(&[
            "A,Size,S,,,one,1,,,https://a.example/1.jpg",
            ",,M,,,two,2",
            ",,,,,,,,,https://a.example/2.jpg",
            ",Size,L,,,three,3,,,https://a.example/3.jpg",
            "A,,XL,,,,4",
            ",,",
        ])
        .unwrap();
        let skus: Vec<_> =
            draft.variants.iter().map(|variant| variant.sku.as_deref().unwrap_or("-")).collect();
        assert_eq!(skus, ["one", "two", "three", "-"]);
        assert_eq!(draft.variants[3].options, ["XL"]);
        assert_eq!(draft.images.len(), 3);
    }

    #[test]
    fn the_default_title_is_no_option() {
        for first in ["A,Title,Default Title,,,,5", "A,,,,,,5", "A,,Default Title,,,,5"] {
            let draft = read(&[first, ",,,,,,,,,https://a.example/2.jpg"]).unwrap();
            assert_eq!((draft.options.len(), draft.variants.len(), draft.images.len()), (0, 1, 1), "{first}");
            assert_eq!(draft.variants[0].options, [""; 0]);
        }
        assert_eq!(read(&["A,Title,Poster,,,,5"]).unwrap().options, ["Title"], "here it is one");
    }

    #[test]
    fn options_have_names_and_values() {
        let draft = read(&["A,Size,S,Colour,Red,,1", ",,S,,Blue,,1"]).unwrap();
        assert_eq!(draft.options, ["Size", "Colour"]);
        assert_eq!(draft.variants[1].options, ["S", "Blue"]);
        for (rows, line, code, column) in [
            (["A,Size,S,Colour,Red,,1", ",,S,,,,1"], 3, "missing_option_value", "Option2 Value"),
            (["A,Size,,,,,1", ",,S,,,,1"], 2, "missing_option_value", "Option1 Value"),
            (["A,Size,S,,,,1", ",,M,,Red,,1"], 3, "missing_option_name", "Option2 Value"),
            (["A,Size,S,,,,1", ",Colour,M,,,,1"], 3, "option_name_differs", "Option1 Name"),
            (["A,Size,S,,,,1", ",,,,,,1"], 3, "missing_option_value", "Option1 Value"),
            (["A,Size,S,,,,1", ",,,,,sku"], 3, "missing_option_value", "Option1 Value"),
            (["A,Size,S,,,,1", ",,M"], 3, "missing_price", "Price"),
            (["A,Size,S,,,,1", "B,,M,,,,1"], 3, "duplicate_handle", "Handle"),
        ] {
            assert_eq!(fault(&rows), (line, code, column.to_owned()), "{rows:?}");
        }
    }

    #[test]
    fn stock_is_that_of_tracked_variants() {
        for (cells, tracked, stock) in [
            (",5", false, None),
            ("shopify,5", true, Some(5)),
            ("shopify,", true, Some(0)),
            (",-5", false, None),
        ] {
            let draft = read(&[&format!("A,,,,,,1,{cells}")]).unwrap();
            assert_eq!(
                (draft.variants[0].track_stock, draft.variants[0].stock),
                (Some(tracked), stock),
                "{cells}"
            );
        }
        let sold_too_often = fault(&["A,,,,,,1,shopify,-5"]);
        assert_eq!(sold_too_often, (2, "negative_stock", "Inventory quantity".to_owned()));
    }

    #[test]
    fn the_status_wins_over_published() {
        for (cells, status) in [
            (",", Status::Active),
            (",FALSE", Status::Draft),
            ("active,false", Status::Active),
            ("archived,true", Status::Archived),
            ("unlisted,true", Status::Draft),
        ] {
            assert_eq!(read(&[&format!("A,,,,,,1,,,,,,{cells}")]).unwrap().status, status, "{cells}");
        }
    }

    #[test]
    fn a_product_does_not_fill_the_memory() {
        let first = "A,Size,S,,,,1".to_owned();
        let variants: Vec<_> = (0..MAX_VARIANTS + 5).map(|index| format!(",,{index},,,,1")).collect();
        let rows: Vec<&str> = std::iter::once(&first).chain(&variants).map(String::as_str).collect();
        assert_eq!(fault(&rows).1, "too_many_variants");
        let wrong = vec![",,M,,,,x"; 500];
        let rows: Vec<&str> = std::iter::once(first.as_str()).chain(wrong).collect();
        assert_eq!(read(&rows).unwrap_err().len(), MAX_FAULTS);
    }
}
