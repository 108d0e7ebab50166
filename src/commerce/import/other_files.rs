//! Files that an import does not take, by what their headers have.

use csv::ByteRecord;

use super::kind::FileOf;

/// A kind of file, and the columns that only it has.
const KINDS: [(&str, &[&str]); 4] = [
    ("Shopify's export of stock", &["Location", "On hand"]),
    ("Shopify's export of orders", &["Financial Status", "Lineitem name"]),
    ("Shopify's export of customers", &["First Name", "Last Name", "Accepts Email Marketing"]),
    ("WooCommerce's export of products", &["SKU", "Name", "Regular price"]),
];

/// More names of the columns of stock and customers: Shopify adds and renames some.
const OTHER_NAMES: [(&str, &str); 4] = [
    ("On hand", "On hand (current)"),
    ("On hand", "Available"),
    ("Accepts Email Marketing", "Accepts Marketing"),
    ("Accepts Email Marketing", "Total Spent"),
];

/// Why a header is none of a product CSV, if that is known.
pub(super) fn recognise(kind: FileOf, names: &[String]) -> Option<String> {
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    let has_any =
        |wanted: &&str| has(wanted) || OTHER_NAMES.iter().any(|(name, other)| name == wanted && has(other));
    let own = usize::from(kind == FileOf::Stock);
    if let Some((name, _)) = KINDS.iter().skip(own).find(|(_, columns)| columns.iter().all(has_any)) {
        return Some(format!(
            "this is {name}; POST /products/import takes exports of products, of Shopify and of WooCommerce, POST /stock/import Shopify's export of stock"
        ));
    }
    let is_separated_by = |separator: char| {
        let [name] = names else { return false };
        let parts = name.split(separator).map(|part| part.trim_matches(UNQUOTED));
        let is_known =
            |part: &str| ["Title", "Handle", "SKU"].iter().any(|name| part.eq_ignore_ascii_case(name));
        name.contains(separator) && parts.into_iter().any(is_known)
    };
    let separators = [(';', "semicolons"), ('\t', "tabs")];
    let (_, separators) = separators.iter().find(|(separator, _)| is_separated_by(*separator))?;
    Some(format!("the cells must be separated by commas, not by {separators}"))
}

/// What may surround a name when the file is separated by something other than commas.
const UNQUOTED: [char; 2] = ['"', ' '];

/// Why a header is not UTF-8.
pub(super) fn encoding(record: &ByteRecord) -> &'static str {
    let bytes = record.as_slice();
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
        "the file is encoded in UTF-16; save it as CSV UTF-8"
    } else {
        "the file must be encoded in UTF-8"
    }
}
