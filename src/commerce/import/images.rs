//! The images of one product, collected from its rows.

use std::collections::HashMap;

use crate::commerce::products::ImageDraft;
use crate::commerce::products::draft::MAX_IMAGES;

use super::cells;
use super::columns::{Column, Header, Row};
use super::fault::Faults;

/// The images of a product. An image that several rows name is kept once.
#[derive(Debug, Default)]
pub(super) struct Images {
    drafts: Vec<ImageDraft>,
    /// The position that the file gives each image.
    positions: Vec<u32>,
    /// The place of each address in the lists.
    places: HashMap<String, usize>,
    /// Whether some were left out.
    is_incomplete: bool,
}

impl Images {
    /// Adds the image of a row, if it has one. An address that is none is no reason to refuse a product.
    pub(super) fn add(&mut self, row: &Row, faults: &mut Faults, warnings: &mut Faults) {
        if row.cell(Column::ImageUrl).is_empty() {
            return;
        }
        let alt = faults.value_or_default(cells::alt(row));
        let position = faults.value_or_default(cells::image_position(row));
        let url = match cells::image_url(row) {
            Ok(url) => url,
            Err(warning) => {
                self.is_incomplete = true;
                return warnings.add(warning);
            }
        };
        if let Some(place) = self.places.get(&url) {
            let known = &mut self.drafts[*place].alt;
            if known.is_empty() {
                *known = alt;
            } else if !alt.is_empty() && *known != alt {
                let detail = "the product has this image already, with another text";
                warnings.add(row.fault(Column::ImageAlt, "repeated_image", detail));
            }
            return;
        }
        if self.drafts.len() == MAX_IMAGES {
            let detail = format!("a product must not have more than {MAX_IMAGES} images");
            return faults.add_once(row.fault(Column::ImageUrl, "too_many_images", detail));
        }
        self.places.insert(url.clone(), self.drafts.len());
        self.drafts.push(ImageDraft { url, alt });
        self.positions.push(position.unwrap_or(u32::MAX));
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.drafts.len()
    }

    /// The size of their addresses.
    pub(super) fn bytes(&self) -> usize {
        self.places.keys().map(String::len).sum()
    }

    /// The images by position, in place of those that the product has. Images without a position, or with the same one, keep
    /// the order of the file. An image that was left out may be one of those that are there, so these stay then.
    pub(super) fn instead_of(&self, present: &[ImageDraft], header: &Header) -> Vec<ImageDraft> {
        let mut images: Vec<_> = self.positions.iter().zip(self.drafts.iter().cloned()).collect();
        images.sort_by_key(|(position, _)| *position);
        let mut images: Vec<ImageDraft> = images.into_iter().map(|(_, image)| image).collect();
        if !header.has(Column::ImageAlt) {
            for image in &mut images {
                let same = present.iter().find(|present| present.url == image.url);
                if let Some(same) = same {
                    image.alt.clone_from(&same.alt);
                }
            }
        }
        if self.is_incomplete {
            images.extend(present.iter().filter(|image| !self.places.contains_key(&image.url)).cloned());
        }
        images
    }
}
