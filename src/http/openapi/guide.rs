//! The page at `/docs/first-calls`: the first five calls, in three languages. What it shows are files that the suite runs.

use super::problem_page::escaped;

/// The page, with places for the code.
const PAGE: &str = include_str!("page/first-calls.html");

/// The languages, as the page's classes name them. A file is the preparation and then the calls, parted by empty lines.
const LANGUAGES: [(&str, &str); 3] = [
    ("curl", include_str!("../../../clients/curl/first-calls.sh")),
    ("typescript", include_str!("../../../clients/typescript/example/first-calls.ts")),
    ("python", include_str!("../../../clients/python/example/first_calls.py")),
];

/// The page as HTML.
pub(super) fn html() -> String {
    (0..=5).fold(PAGE.to_owned(), |page, step| page.replace(&format!("<!-- {step} -->"), &code(step)))
}

fn code(step: usize) -> String {
    let block = |(language, file): (&str, &str)| {
        let part = file.trim().split("\n\n").nth(step).unwrap_or_default();
        // It can be scrolled with the keyboard.
        format!(r#"<pre class="{language}" tabindex="0"><code>{}</code></pre>"#, escaped(part))
    };
    LANGUAGES.map(block).concat()
}
