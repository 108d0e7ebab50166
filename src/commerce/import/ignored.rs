//! The columns that the import does not read: which of them hold something, those first whose loss an owner would notice.

use csv::ByteRecord;

use super::columns::Header;

/// Columns whose content is lost and matters, by how much; the others come after them.
const MATTERS: [(&str, &str); 12] = [
    ("variant image", ""),
    ("cost per item", ""),
    ("variant taxable", "true"),
    ("charge tax", "true"),
    ("variant requires shipping", "true"),
    ("requires shipping", "true"),
    ("variant fulfillment service", "manual"),
    ("fulfillment service", "manual"),
    ("tax status", "taxable"),
    ("is featured?", "0"),
    ("sold individually?", "0"),
    ("allow customer reviews?", "1"),
];

/// The unit in which the weight is shown; the weight itself is read.
const NOTHING: [&str; 2] = ["variant weight unit", "weight unit for display"];

/// A column, its place in the file, and how much it matters.
struct Unread {
    rank: usize,
    position: usize,
    name: String,
}

/// The columns that nobody reads.
pub(super) struct Ignored {
    empty: Vec<Unread>,
    filled: Vec<Unread>,
}

impl Ignored {
    /// Those of a file.
    pub(super) fn of(header: &Header) -> Self {
        let unread = |(position, name): &(usize, String)| {
            let lower = name.to_lowercase();
            let is_read = NOTHING.contains(&lower.as_str());
            (!is_read).then(|| Unread { rank: rank(&lower), position: *position, name: name.clone() })
        };
        Self { empty: header.ignored().iter().filter_map(unread).collect(), filled: Vec::new() }
    }

    /// Looks at the cells of a row, of which some may be read after all.
    pub(super) fn look(&mut self, cells: &ByteRecord, is_read: impl Fn(usize) -> bool) {
        let holds = |unread: &mut Unread| {
            let cell = cells.get(unread.position).unwrap_or_default().trim_ascii();
            !cell.is_empty() && !is_usual(unread, cell) && !is_read(unread.position)
        };
        self.filled.extend(self.empty.extract_if(.., holds));
    }

    /// The names of those that hold something, the ones that matter first.
    pub(super) fn into_names(mut self) -> Vec<String> {
        self.filled.sort_by_key(|unread| (unread.rank, unread.position));
        self.filled.into_iter().map(|unread| unread.name).collect()
    }
}

fn rank(name: &str) -> usize {
    let is_of_a_market = ["price / ", "compare at price / ", "compare-at price / ", "included / "];
    match MATTERS.iter().position(|(known, _)| *known == name) {
        Some(rank) => rank,
        None if is_of_a_market.iter().any(|start| name.starts_with(start)) => MATTERS.len(),
        None if name.contains("metafield") => MATTERS.len() + 1,
        None => MATTERS.len() + 2,
    }
}

/// Whether a cell says what holds here anyway.
fn is_usual(unread: &Unread, cell: &[u8]) -> bool {
    let usual = MATTERS.get(unread.rank).map_or("", |(_, usual)| usual);
    let is_included = unread.rank == MATTERS.len() && unread.name.to_lowercase().starts_with("included");
    cell.eq_ignore_ascii_case(usual.as_bytes())
        || cell.eq_ignore_ascii_case(b"gift_card") && usual == "manual"
        || (is_included && cell.eq_ignore_ascii_case(b"true"))
}
