//! Which variant of a product each row of the file means.

use std::collections::HashMap;

use crate::commerce::products::VariantDraft;
use crate::commerce::products::draft::DEFAULT_VALUE;

/// What a row has of the variant that it means.
pub(super) struct Wanted<'a> {
    /// A value for each option that the product shall have, as far as the file has it.
    pub values: Vec<Option<&'a str>>,
    pub sku: Option<&'a str>,
}

/// A rule by which a row means a variant.
type SameVariant<'a> = dyn Fn(&VariantDraft, &Wanted<'_>) -> bool + 'a;

/// Finds the present variant of each row: the one with its option values; else, the one with its SKU, if no other variant of
/// the product has it, here or in the file. Such a variant was renamed. A row that does not have all values means the only
/// variant with those that it has.
pub(super) fn match_variants<'p>(
    present: &'p [VariantDraft],
    wanted: &[Wanted<'_>],
) -> Vec<Option<&'p VariantDraft>> {
    let old = times(present.iter().filter_map(|variant| variant.sku.as_deref()));
    let new = times(wanted.iter().filter_map(|wanted| wanted.sku));
    let is_unique = |sku: &str| (old.get(sku), new.get(sku)) == (Some(&1), Some(&1));
    let is_only_one =
        |wanted: &Wanted<'_>| present.iter().filter(|variant| fits(variant, wanted)).count() == 1;
    let rules: [&SameVariant<'_>; 5] = [
        &|variant, wanted| wanted.values.iter().all(Option::is_some) && fits(variant, wanted),
        &|variant, wanted| has_no_value(&variant.options) && wanted.has_no_value(),
        &|variant, wanted| fits(variant, wanted) && has_sku(variant, wanted, &is_unique),
        &|variant, wanted| has_sku(variant, wanted, &is_unique),
        &|variant, wanted| fits(variant, wanted) && is_only_one(wanted),
    ];
    let mut free: Vec<&VariantDraft> = present.iter().collect();
    let mut matched: Vec<Option<&VariantDraft>> = vec![None; wanted.len()];
    for same in rules {
        for (wanted, own) in wanted.iter().zip(&mut matched).filter(|(_, own)| own.is_none()) {
            let found = free.iter().position(|variant| same(variant, wanted));
            *own = found.map(|index| free.remove(index));
        }
    }
    matched
}

impl Wanted<'_> {
    fn has_no_value(&self) -> bool {
        match self.values[..] {
            [] => true,
            [Some(value)] => value.eq_ignore_ascii_case(DEFAULT_VALUE),
            _ => false,
        }
    }
}

/// Whether a variant has the values that a row has.
fn fits(variant: &VariantDraft, wanted: &Wanted<'_>) -> bool {
    let same = |(own, value): (&String, Option<&str>)| value.is_none_or(|value| value == own);
    variant.options.len() == wanted.values.len()
        && variant.options.iter().zip(wanted.values.iter().copied()).all(same)
}

fn has_sku(variant: &VariantDraft, wanted: &Wanted<'_>, is_unique: &dyn Fn(&str) -> bool) -> bool {
    variant.sku.as_deref() == wanted.sku && wanted.sku.is_some_and(is_unique)
}

/// Whether a variant has no option values; `Default Title` alone is none.
fn has_no_value(values: &[String]) -> bool {
    match values {
        [] => true,
        [value] => value.eq_ignore_ascii_case(DEFAULT_VALUE),
        _ => false,
    }
}

/// How many variants have each SKU.
fn times<'a>(skus: impl Iterator<Item = &'a str>) -> HashMap<&'a str, usize> {
    let mut times = HashMap::new();
    for sku in skus {
        *times.entry(sku).or_default() += 1;
    }
    times
}
