//! The page at `/docs/problems`: every kind of problem and what to do about it. The `type` of a problem leads to it.

use crate::http::problem::Kind;

/// The page as HTML.
pub(super) fn html(kinds: &[&Kind]) -> String {
    let rows: String = kinds.iter().map(|kind| row(kind)).collect();
    format!(
        r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Shophouse API: problem codes</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/docs/docs.css">
  </head>
  <body>
    <header>
      <strong>Shophouse API</strong>
      <!-- pages -->
    </header>
    <main>
      <h1>Problem codes</h1>
      <table class="problems">
        <thead><tr><th>Code</th><th>Status</th><th>Title</th><th>What to do</th></tr></thead>
        <tbody>
{rows}        </tbody>
      </table>
    </main>
  </body>
</html>
"#
    )
}

fn row(kind: &Kind) -> String {
    let Kind { status, code, title, advice } = kind;
    format!(
        "          <tr id=\"{code}\"><td><code>{code}</code></td><td>{status}</td><td>{}</td><td>{}</td></tr>\n",
        escaped(title),
        marked(advice)
    )
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The text with what stands in backticks as code.
fn marked(text: &str) -> String {
    let part = |(number, part): (usize, &str)| {
        if number % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) }
    };
    text.split('`').enumerate().map(part).collect()
}
