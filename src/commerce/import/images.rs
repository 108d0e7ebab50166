//! The images of one product, collected from its rows.

use std::collections::HashSet;

use crate::commerce::products::ImageDraft;
use crate::commerce::products::draft::MAX_IMAGES;

use super::cells;
use super::columns::{Column, Row};
use super::fault::Faults;

/// The images of a product. An image that several rows name is kept once.
#[derive(Default)]
pub(super) struct Images {
    drafts: Vec<ImageDraft>,
    /// The position that the file gives each image.
    positions: Vec<u32>,
    urls: HashSet<String>,
}

impl Images {
    /// Adds the image of a row, if it has one.
    pub(super) fn add(&mut self, row: &Row, faults: &mut Faults) {
        if row.cell(Column::ImageUrl).is_empty() {
            return;
        }
        let image = ImageDraft {
            url: faults.value_or_default(cells::image_url(row)),
            alt: faults.value_or_default(cells::alt(row)),
        };
        let position = faults.value_or_default(cells::image_position(row));
        if self.urls.contains(&image.url) {
            return;
        }
        if self.positions.len() == MAX_IMAGES {
            let detail = format!("a product must not have more than {MAX_IMAGES} images");
            return faults.add_once(row.line, "too_many_images", detail);
        }
        self.urls.insert(image.url.clone());
        self.drafts.push(image);
        self.positions.push(position.unwrap_or(u32::MAX));
    }

    /// The images by position. Images without a position, or with the same one, keep the order of the file.
    pub(super) fn in_order(self) -> Vec<ImageDraft> {
        let mut images: Vec<_> = self.positions.into_iter().zip(self.drafts).collect();
        images.sort_by_key(|(position, _)| *position);
        images.into_iter().map(|(_, image)| image).collect()
    }
}

#[cfg(test)]
mod tests {
    use csv::ByteRecord;

    use super::super::columns::Header;
    use super::*;

    /// The images of rows that have an address and a position each, and the codes of all faults.
    fn read(rows: &[(&str, &str)]) -> (Vec<ImageDraft>, Vec<&'static str>) {
        let names = ["Handle", "Title", "Price", "Image Src", "Image Position"];
        let header = Header::read(1, &ByteRecord::from(names.to_vec())).unwrap();
        let (mut images, mut faults) = (Images::default(), Faults::default());
        for (line, (url, position)) in (2..).zip(rows) {
            let record = ByteRecord::from(vec!["", "", "", url, position]);
            images.add(&header.row(line, &record).unwrap(), &mut faults);
        }
        (images.in_order(), faults.into_vec().into_iter().map(|fault| fault.code).collect())
    }

    #[test]
    fn images_are_ordered_and_come_once() {
        let [first, second, third, other, last] =
            ["1", "2", "3", "other", "last"].map(|name| format!("https://a.example/{name}"));
        let rows = [
            (&*other, ""),
            (&*third, "3"),
            (&*first, "1"),
            ("", "2"),
            (&*last, ""),
            (&*first, "9"),
            (&*second, "1"),
        ];
        let (images, faults) = read(&rows);
        let urls: Vec<String> = images.into_iter().map(|image| image.url).collect();
        assert_eq!((urls, faults), (vec![first, second, third, other, last], vec![]));
        assert_eq!(read(&[("b.jpg", "")]).1, ["invalid_url"]);
    }

    #[test]
    fn there_is_a_largest_number_of_images() {
        let urls: Vec<String> =
            (0..MAX_IMAGES + 5).map(|index| format!("https://a.example/{index}")).collect();
        let rows: Vec<(&str, &str)> = urls.iter().map(|url| (url.as_str(), "")).collect();
        assert_eq!(read(&rows[..MAX_IMAGES]).1, [""; 0]);
        assert_eq!(read(&rows).1, ["too_many_images"]);
    }
}
