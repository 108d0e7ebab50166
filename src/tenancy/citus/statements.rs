//! A text of SQL as single statements.
//!
//! It knows quotes, dollar quotes and comments, and not the bodies of functions in standard SQL (`BEGIN ATOMIC`), which have
//! semicolons without quotes.

/// The statements of a text, without the semicolons between them.
pub(super) fn statements(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let (mut found, mut start, mut at) = (Vec::new(), 0, 0);
    // Whether there was anything but space and comments.
    let mut is_blank = true;
    while at < bytes.len() {
        if let Some(end) = comment(text, at) {
            at = end;
            continue;
        }
        if bytes[at] == b';' {
            if !is_blank {
                found.push(text[start..at].trim());
            }
            (start, at, is_blank) = (at + 1, at + 1, true);
            continue;
        }
        is_blank &= bytes[at].is_ascii_whitespace();
        at = quoted(text, at).unwrap_or(at + 1);
    }
    if !is_blank {
        found.push(text[start..].trim());
    }
    found
}

/// The end of the comment that begins at `at`, if one does. Comments in `/* */` may be nested.
fn comment(text: &str, at: usize) -> Option<usize> {
    let rest = &text.as_bytes()[at..];
    if rest.starts_with(b"--") {
        return Some(rest.iter().position(|byte| *byte == b'\n').map_or(text.len(), |line| at + line));
    }
    if !rest.starts_with(b"/*") {
        return None;
    }
    let (mut depth, mut next) = (0, 0);
    while next < rest.len() {
        match &rest[next..] {
            [b'/', b'*', ..] => (depth, next) = (depth + 1, next + 2),
            [b'*', b'/', ..] if depth == 1 => return Some(at + next + 2),
            [b'*', b'/', ..] => (depth, next) = (depth - 1, next + 2),
            _ => next += 1,
        }
    }
    Some(text.len())
}

/// The end of the quoted text that begins at `at`, if one does. A doubled quote ends one text and begins the next.
fn quoted(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    match bytes[at] {
        b'$' => dollar_quoted(text, at),
        quote @ (b'\'' | b'"') => {
            let escapes = quote == b'\'' && has_escapes(&bytes[..at]);
            let mut next = at + 1;
            while next < bytes.len() && bytes[next] != quote {
                next += if escapes && bytes[next] == b'\\' { 2 } else { 1 };
            }
            Some((next + 1).min(bytes.len()))
        }
        _ => None,
    }
}

/// Whether a quote after this is of the form `E'…'`.
fn has_escapes(before: &[u8]) -> bool {
    match before {
        [.., before, b'e' | b'E'] => !is_word(*before),
        [b'e' | b'E'] => true,
        _ => false,
    }
}

/// The end of a text such as `$tag$ … $tag$`. A parameter (`$1`) and a name with a dollar in it are none.
fn dollar_quoted(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if at > 0 && is_word(bytes[at - 1]) {
        return None;
    }
    let length = bytes[at + 1..].iter().position(|byte| *byte == b'$')?;
    let tag = &text[at..at + length + 2];
    let name = &tag.as_bytes()[1..=length];
    if name.first().is_some_and(u8::is_ascii_digit) || !name.iter().all(|byte| is_word(*byte)) {
        return None;
    }
    let body = at + tag.len();
    Some(text[body..].find(tag).map_or(text.len(), |end| body + end + tag.len()))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn a_text_is_taken_apart_at_its_semicolons() {
        assert_eq!(statements("SELECT 1; SELECT 2;\n;\n  SELECT 3\n"), ["SELECT 1", "SELECT 2", "SELECT 3"]);
        assert_eq!(statements(" ;\n-- only a comment; or two\n/* three; */;"), Vec::<&str>::new());
        assert_eq!(
            statements("SELECT $1; SELECT a$b$c; SELECT 2"),
            ["SELECT $1", "SELECT a$b$c", "SELECT 2"]
        );
    }

    #[test]
    fn quotes_and_comments_hide_semicolons() {
        for one in [
            "SELECT ';'",
            "SELECT 'it''s; so'",
            r"SELECT 'back\' AS a",
            r"SELECT E'back\';slash'",
            "SELECT \"a;\"\"b\"",
            "DO $$BEGIN PERFORM 1; END$$",
            "DO $a$BEGIN PERFORM $b$;$$;$b$; END$a$",
            "SELECT 1 -- one; only\n + 2",
            "SELECT /* a; /* b; */ c; */ 1",
            "SELECT 'ä;ö' AS \"ü;\"",
        ] {
            assert_eq!(statements(&format!("{one};SELECT 2")), [one, "SELECT 2"], "{one}");
        }
    }

    #[test]
    fn what_is_not_closed_goes_to_the_end() {
        for one in ["SELECT ';", "DO $$;", "SELECT 1 /* ;", "SELECT 1 -- ;", r"SELECT E';\"] {
            assert_eq!(statements(one), [one]);
        }
    }
}
