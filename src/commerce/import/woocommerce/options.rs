//! The options of WooCommerce's products: the attributes that their variations have. A variation may have any value of one.

use std::collections::HashSet;

use crate::commerce::products::draft::{MAX_OPTIONS, MAX_VARIANTS};

use super::super::fault::{Fault, Faults};
use super::{Source, values};

/// An attribute of a product that tells its variations apart.
pub(super) struct Attribute {
    pub name: String,
    /// Its values in the product's own row.
    values: Vec<String>,
}

/// A variant of a product: its variation, and the values of its options.
pub(super) struct Variant<'s, 'a> {
    pub source: &'s Source<'a>,
    pub values: Vec<String>,
    /// Whether it is not the first one of its variation.
    pub is_further: bool,
}

/// The options of a product, and the names of its attributes that are none.
pub(super) fn attributes(
    lead: &Source<'_>,
    variations: &[Source<'_>],
) -> Result<(Vec<Attribute>, Vec<String>), Fault> {
    let used: Vec<String> =
        variations.iter().flat_map(of_row).map(|(name, _)| name).fold(Vec::new(), |mut used, name| {
            if !used.iter().any(|known| is_same(known, &name)) {
                used.push(name);
            }
            used
        });
    let (mut options, mut others) = (Vec::new(), Vec::new());
    for (name, text) in of_row(lead) {
        if used.iter().any(|used| is_same(used, &name)) {
            options.push(Attribute { name, values: values(&text) });
        } else {
            others.push(name);
        }
    }
    for name in used {
        if !options.iter().any(|option| is_same(&option.name, &name)) {
            options.push(Attribute { name, values: Vec::new() });
        }
    }
    if options.len() > MAX_OPTIONS {
        let detail = format!(
            "its variations have {} attributes; a product has at most {MAX_OPTIONS} options",
            options.len()
        );
        return Err(lead.fault("Attribute 1 name", "too_many_options", detail));
    }
    Ok((options, others))
}

/// The variants of a product, one for each combination of values. A variation that names its values comes before one that may have any.
pub(super) fn variants<'s, 'a>(
    options: &[Attribute],
    variations: &'s [Source<'a>],
    warnings: &mut Faults,
) -> Result<Vec<Variant<'s, 'a>>, Faults> {
    let of_row = |source: &Source<'_>| -> Vec<Option<String>> {
        let own = of_row(source);
        let value = |option: &Attribute| {
            let (_, text) = own.iter().find(|(name, _)| is_same(name, &option.name))?;
            let value = text.replace("\\,", ",");
            // The letter case of the product's own value, of which the variation may have the short form.
            let known = option.values.iter().find(|known| is_same(known, &value));
            (!value.is_empty()).then(|| known.cloned().unwrap_or(value))
        };
        options.iter().map(value).collect()
    };
    let rows: Vec<(&Source<'_>, Vec<Option<String>>)> =
        variations.iter().map(|source| (source, of_row(source))).collect();
    let mut taken = HashSet::new();
    let is_whole = |values: &[Option<String>]| values.iter().all(Option::is_some);
    let mut first = HashSet::new();
    for (index, (source, values)) in rows.iter().enumerate().filter(|(_, (_, values))| is_whole(values)) {
        if taken.insert(values.iter().flatten().cloned().collect::<Vec<_>>()) {
            first.insert(index);
        } else {
            let detail = "another variation of the product has the same attributes, so this one is left out";
            warnings.add(source.fault("SKU", "repeated_variation", detail));
        }
    }
    let mut variants = Vec::new();
    for (index, (source, values)) in rows.into_iter().enumerate() {
        if is_whole(&values) {
            if first.contains(&index) {
                let values = values.into_iter().flatten().collect();
                variants.push(Variant { source, values, is_further: false });
            }
            continue;
        }
        let mut is_further = false;
        for values in combinations(options, &values).ok_or_else(|| too_many(source))? {
            if taken.insert(values.clone()) {
                variants.push(Variant { source, values, is_further });
                is_further = true;
            }
        }
    }
    Ok(variants)
}

/// All values that a variation may have; none if they are more than a product can have.
fn combinations(options: &[Attribute], values: &[Option<String>]) -> Option<Vec<Vec<String>>> {
    let mut all = vec![Vec::new()];
    for (option, value) in options.iter().zip(values) {
        let choices = match value {
            Some(value) => vec![value.clone()],
            None if option.values.is_empty() => vec!["Any".to_owned()],
            None => option.values.clone(),
        };
        if all.len() * choices.len() > MAX_VARIANTS {
            return None;
        }
        let with = |known: &Vec<String>| -> Vec<Vec<String>> {
            choices.iter().map(|choice| known.iter().chain([choice]).cloned().collect()).collect()
        };
        all = all.iter().flat_map(with).collect();
    }
    Some(all)
}

fn too_many(source: &Source<'_>) -> Fault {
    let detail = format!("the values that it may have are more than {MAX_VARIANTS} variants");
    source.fault("Attribute 1 name", "too_many_variants", detail)
}

/// The attributes of a row, and the text of their values.
fn of_row(source: &Source<'_>) -> Vec<(String, String)> {
    let columns = source.woo.attributes.iter();
    let cells =
        columns.map(|(name, values)| (source.at(*name).into_owned(), source.at(*values).into_owned()));
    cells.filter(|(name, _)| !name.is_empty()).collect()
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
