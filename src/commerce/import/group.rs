//! The rows of one product, gathered into a draft.

use std::collections::HashSet;

use crate::commerce::products::draft::{Contradiction, MAX_IMAGES, MAX_VARIANTS};
use crate::commerce::products::{Draft, Handle, ImageDraft, Status, VariantDraft};
use crate::tenancy::Currency;

use super::cells;
use super::columns::{Column, Header, Row};
use super::fault::Fault;
use super::options::{self, Options};
use super::shopify::Imported;

/// Faults of one product that are kept: whoever mends a file needs no more of them at a time, and a
/// file that is all wrong must not fill the memory with them.
const MAX_FAULTS: usize = 100;

/// The rows of one product.
pub(super) struct Group {
    /// The line of its first row.
    line: u64,
    handle: String,
    draft: Draft,
    options: Options,
    /// The line of each variant.
    lines: Vec<u64>,
    /// Where each image wants to stand.
    positions: Vec<u32>,
    urls: HashSet<String>,
    head: Head,
    faults: Vec<Fault>,
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
            positions: Vec::new(),
            urls: HashSet::new(),
            head: Head::Awaited,
            faults: Vec::new(),
        }
    }

    /// What its rows share.
    pub(super) fn handle(&self) -> &str {
        &self.handle
    }

    /// Notes a fault, as far as there is room for it.
    pub(super) fn refuse(&mut self, fault: Fault) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        }
    }

    /// Notes that one of its rows could not be read.
    pub(super) fn refuse_row(&mut self, faults: Vec<Fault>) {
        if self.head == Head::Awaited {
            self.head = Head::Unreadable;
        }
        self.refuse_all(faults);
    }

    fn refuse_all(&mut self, faults: Vec<Fault>) {
        for fault in faults {
            self.refuse(fault);
        }
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
        if !row.cell(Column::ImageUrl).is_empty() {
            self.add_image(row);
        }
    }

    fn add_head(&mut self, row: &Row) {
        let handle = self.handle.parse::<Handle>();
        let handle = handle.map_err(|error| row.fault(Column::Handle, "invalid_handle", error.to_string()));
        self.draft.handle = self.sound(handle.map(Some));
        self.draft.title = self.sound(cells::title(row));
        self.draft.description = self.sound(cells::body(row));
        self.draft.vendor = self.sound(cells::word(row, Column::Vendor));
        self.draft.product_type = self.sound(cells::word(row, Column::Type));
        self.draft.tags = self.sound(cells::tags(row));
        self.draft.status = self.sound(cells::status(row));
        let (options, faults) = Options::named_by(row);
        self.options = options;
        self.refuse_all(faults);
    }

    fn add_further(&mut self, row: &Row, currency: Currency) {
        let title = row.cell(Column::Title);
        if !title.is_empty() && !self.draft.title.is_empty() && title != self.draft.title {
            let detail = format!("the rows from line {} on have this handle and another title", self.line);
            self.refuse(row.fault(Column::Handle, "duplicate_handle", detail));
        }
        self.refuse_all(self.options.differences(row));
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
            return self.refuse_rest(row.line, "too_many_variants", detail);
        }
        let (options, faults) = self.options.values(row);
        self.refuse_all(faults);
        let quantity = self.sound(cells::quantity(row));
        let tracked = !row.cell(Column::Tracker).is_empty();
        let variant = VariantDraft {
            id: None,
            sku: self.sound(cells::number_as_text(row, Column::Sku)),
            options,
            price: self.sound(cells::price(row, currency)),
            compare_at_price: self.sound(cells::compare_at_price(row, currency)),
            track_stock: Some(tracked),
            allow_oversell: self.sound(cells::policy(row)),
            stock: tracked.then_some(quantity),
            barcode: self.sound(cells::number_as_text(row, Column::Barcode)),
            grams: self.sound(cells::grams(row)),
        };
        self.draft.variants.push(variant);
        self.lines.push(row.line);
    }

    fn add_image(&mut self, row: &Row) {
        let image = ImageDraft {
            url: self.sound(cells::image_url(row)),
            alt: self.sound(cells::word(row, Column::ImageAlt)),
        };
        let position = self.sound(cells::image_position(row));
        if self.urls.contains(&image.url) {
            return;
        }
        if self.positions.len() == MAX_IMAGES {
            let detail = format!("a product must not have more than {MAX_IMAGES} images");
            return self.refuse_rest(row.line, "too_many_images", detail);
        }
        self.urls.insert(image.url.clone());
        self.draft.images.push(image);
        self.positions.push(position.unwrap_or(u32::MAX));
    }

    /// Says once that there are too many of something.
    fn refuse_rest(&mut self, line: u64, code: &'static str, detail: String) {
        if !self.faults.iter().any(|fault| fault.code == code) {
            self.refuse(Fault::of_row(line, code, detail));
        }
    }

    /// The value, or in its place a default and a fault: a product with faults is never handed out.
    fn sound<T: Default>(&mut self, read: Result<T, Fault>) -> T {
        read.unwrap_or_else(|fault| {
            self.refuse(fault);
            T::default()
        })
    }

    /// The faults so far, for a product whose end cannot be read.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// The product, now that its last row is in.
    pub(super) fn close(mut self, header: &Header) -> Result<Imported, Vec<Fault>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let mut images: Vec<_> = self.positions.iter().zip(self.draft.images).collect();
        images.sort_by_key(|(position, _)| **position);
        self.draft.images = images.into_iter().map(|(_, image)| image).collect();
        self.draft.options = self.options.into_names();
        match self.draft.check() {
            Ok(()) => Ok(Imported { draft: self.draft, line: self.line, lines: self.lines }),
            Err(contradiction) => Err(vec![placed(&contradiction, self.line, &self.lines, header)]),
        }
    }
}

/// A contradiction between a product's fields as a fault of the row where it shows.
pub(super) fn placed(contradiction: &Contradiction, first: u64, lines: &[u64], header: &Header) -> Fault {
    let mut parts = contradiction.pointer.split('/').skip(1);
    let (list, index, field) = (parts.next(), parts.next(), parts.next());
    let index = index.and_then(|index| index.parse::<usize>().ok());
    let (code, column) = match (list, field) {
        (Some("variants"), Some("sku")) => ("duplicate_sku", Some(Column::Sku)),
        (Some("variants"), Some("options")) => ("duplicate_variant", Some(Column::OptionValue(0))),
        (Some("variants"), Some("stock")) => ("negative_stock", Some(Column::Quantity)),
        (Some("options"), _) => ("duplicate_option", index.map(Column::OptionName)),
        (Some("tags"), _) => ("too_many_tags", Some(Column::Tags)),
        _ => ("contradiction", None),
    };
    let row = if list == Some("variants") { index.and_then(|index| lines.get(index)) } else { None };
    Fault {
        line: row.copied().unwrap_or(first),
        column: column.and_then(|column| header.name(column)),
        code,
        detail: contradiction.detail.clone(),
    }
}

#[cfg(test)]
mod tests {
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
    fn contradictions_are_shown_at_their_row() {
        for (rows, line, code, column) in [
            (["A,Size,S,,,x,1", ",,M,,,x,1"], 3, "duplicate_sku", "SKU"),
            (["A,Size,S,,,,1", ",,S,,,,1"], 3, "duplicate_variant", "Option1 Value"),
            (["A,Size,S,size,S,,1", ",,M,,M,,1"], 2, "duplicate_option", "Option2 Name"),
        ] {
            assert_eq!(fault(&rows), (line, code, column.to_owned()), "{rows:?}");
        }
        let tags = (0..251).map(|tag| tag.to_string()).collect::<Vec<_>>().join(" ,");
        let row = format!("A,,,,,,1,,,,,,,,\"{tags}\"");
        let csv = format!("{HEADER}\na,{row}");
        let first = ShopifyReader::new(csv.as_bytes(), Currency::USD).unwrap().next().unwrap();
        assert_eq!(first.unwrap_err()[0].code, "too_many_tags");
    }

    #[test]
    fn images_are_ordered_and_come_once() {
        let image = |name: &str, position: &str| format!(",,,,,,,,,https://a.example/{name},{position}");
        let rows = [
            "A,,,,,,1".to_owned(),
            image("x", ""),
            image("c", "3"),
            image("a", "1"),
            image("y", ""),
            image("a", "9"),
            image("b", "1"),
        ];
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let draft = read(&rows).unwrap();
        let names: Vec<_> = draft.images.iter().filter_map(|image| image.url.rsplit('/').next()).collect();
        assert_eq!(names, ["a", "b", "c", "x", "y"]);
        let bad = fault(&["A,,,,,,1,,,b.jpg"]);
        assert_eq!(bad, (2, "invalid_url", "Image Src".to_owned()));
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
        let images: Vec<_> =
            (0..MAX_IMAGES + 5).map(|index| format!(",,,,,,,,,https://a.example/{index}")).collect();
        for (rows, code) in [(variants, "too_many_variants"), (images, "too_many_images")] {
            let rows: Vec<&str> = std::iter::once(&first).chain(&rows).map(String::as_str).collect();
            assert_eq!(fault(&rows).1, code);
        }
        let wrong = vec![",,M,,,,x"; 500];
        let rows: Vec<&str> = std::iter::once(first.as_str()).chain(wrong).collect();
        assert_eq!(read(&rows).unwrap_err().len(), MAX_FAULTS);
    }
}
