//! Numbers as people and spreadsheets write them.

use std::borrow::Cow;

/// A number with a point and without thousands separators, where there is only one way to read it: `1,234.50` is one, but
/// `1,000` and `12783,30` are two numbers each, by who reads them.
pub(super) fn plain(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(',') {
        return Some(text.into());
    }
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let groups: Vec<&str> = whole.strip_prefix('-').unwrap_or(whole).split(',').collect();
    let (first, others) = groups.split_first()?;
    let is_grouped = (1..=3).contains(&first.len()) && others.iter().all(|group| group.len() == 3);
    let is_clear = fraction.map_or(others.len() > 1, |fraction| !fraction.contains(','));
    (is_grouped && is_clear).then(|| text.replace(',', "").into())
}

/// A decimal number that is not negative, rounded half up.
pub(super) fn rounded(text: &str) -> Option<i64> {
    let text = plain(text)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { whole.parse::<i64>().ok()? };
    whole.checked_add(i64::from(fraction.as_bytes().first().is_some_and(|digit| *digit >= b'5')))
}

/// A whole number, which spreadsheets may write with zeros after a point.
pub(super) fn whole(text: &str) -> Option<i64> {
    let text = plain(text)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if fraction.bytes().all(|byte| byte == b'0') { whole.parse().ok() } else { None }
}

/// How to write what looks like a number, but is not clear.
pub(super) fn advice(text: &str) -> Option<String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let known = |char: char| char.is_ascii_digit() || char.is_whitespace() || ".,'’".contains(char);
    let body = text.trim_matches(|char: char| !char.is_ascii_digit());
    if body.is_empty() || !body.chars().all(known) {
        return None;
    }
    let (whole, fraction) = body.rsplit_once(['.', ',']).unwrap_or((body, ""));
    let (whole, fraction) = (digits(whole), digits(fraction));
    Some(match fraction.len() {
        0 => format!("write {whole}, without a currency sign"),
        3 if body.contains(',') => format!("write {whole}{fraction} or {whole}.{fraction}"),
        _ => format!("write {whole}.{fraction}, with a point and no currency sign"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_clear_is_read() {
        for (text, expected) in [
            ("1,234.50", Some("1234.50")),
            ("12,345,678", Some("12345678")),
            ("-1,234.0", Some("-1234.0")),
            ("5.0", Some("5.0")),
            ("12.50", Some("12.50")),
            ("1,000", None),
            ("12783,30", None),
            ("1.234,50", None),
            ("12,34.50", None),
            ("1234,567.00", None),
            (",123.00", None),
            ("1,234.5,0", None),
        ] {
            assert_eq!(plain(text).as_deref(), expected, "{text}");
        }
        assert_eq!(
            ["5.0", "-2", "1,234.00", "5.5", "1,000", ""].map(whole),
            [Some(5), Some(-2), Some(1234), None, None, None]
        );
    }

    #[test]
    fn what_is_not_clear_is_told_with_the_way_to_write_it() {
        for (text, expected) in [
            ("12783,30", Some("write 12783.30, with a point and no currency sign")),
            ("$12.50", Some("write 12.50, with a point and no currency sign")),
            ("12.50 €", Some("write 12.50, with a point and no currency sign")),
            ("1 234.50", Some("write 1234.50, with a point and no currency sign")),
            ("1.234,50", Some("write 1234.50, with a point and no currency sign")),
            ("1,000", Some("write 1000 or 1.000")),
            ("€ 5", Some("write 5, without a currency sign")),
            ("many", None),
            ("1e3", None),
            ("", None),
        ] {
            assert_eq!(advice(text).as_deref(), expected, "{text}");
        }
    }
}
