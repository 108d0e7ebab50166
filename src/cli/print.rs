//! The output of commands: text, aligned columns, or JSON.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::BootError;

/// Prints text. A reader that stops early is no error: `shophouse shop list | head`.
pub(super) fn text(text: &str) -> Result<(), BootError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).or_else(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error.into()),
    })
}

/// Prints JSON for programs.
pub(super) fn json(value: &impl Serialize) -> Result<(), BootError> {
    let written = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
    text(&format!("{written}\n"))
}

/// Rows below a header line, each column as wide as its widest cell. Empty when there are no rows.
pub(super) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut widths = head.map(|title| title.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: [&str; N]| {
        let padded: String =
            cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  ")).collect();
        format!("{}\n", padded.trim_end())
    };
    let below = rows.iter().map(|row| line(row.each_ref().map(String::as_str)));
    std::iter::once(line(head)).chain(below).collect()
}

/// A time to the minute, in UTC.
pub(super) fn time(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(String::new, |time| time.format("%Y-%m-%d %H:%M UTC").to_string())
}

/// Text from the database on one line, without control characters.
pub(super) fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_whatever_the_letters() {
        let rows = [["schön".to_owned(), "1".to_owned()], ["a".to_owned(), "22".to_owned()]];
        assert_eq!(table(["NAME", "N"], &rows), "NAME   N\nschön  1\na      22\n");
        assert_eq!(table(["NAME", "N"], &[]), "");
    }

    #[test]
    fn a_reason_of_many_lines_becomes_one() {
        assert_eq!(one_line("relation\n  \u{1b}[31m\"a\"\tis gone"), "relation [31m\"a\" is gone");
    }
}
