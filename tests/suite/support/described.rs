//! Compares responses with the OpenAPI document.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::Value;

/// The OpenAPI document, as it is served.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| shophouse::description().unwrap());

/// The codes that the page of problem codes explains, as it is served.
static EXPLAINED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let page = shophouse::problem_page();
    let ids = page.split("id=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    ids.map(|(id, _)| id.to_owned()).collect()
});

/// The paths of the document: the segments of each, and what it says of them. Of two that cover a path, the one with more literal
/// segments comes first: it wins, as in Rocket.
static PATHS: LazyLock<Vec<(Vec<&str>, &Value)>> = LazyLock::new(|| {
    let known = DOCUMENT["paths"].as_object().unwrap();
    let mut paths: Vec<_> =
        known.iter().map(|(path, item)| (path.split('/').collect::<Vec<_>>(), item)).collect();
    paths.sort_by_key(|(path, _)| path.iter().filter(|part| part.starts_with('{')).count());
    paths
});

/// The operation for a request, if the product has such a route.
pub fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let path: Vec<&str> = path.split(['?', '#']).next().unwrap().split('/').collect();
    let covers = |template: &[&str]| {
        template.len() == path.len()
            && template.iter().zip(&path).all(|(part, given)| part.starts_with('{') || part == given)
    };
    let (_, item) = PATHS.iter().find(|(template, _)| covers(template))?;
    let method = if method == "HEAD" { "get".to_owned() } else { method.to_lowercase() };
    item.get(&method)
}

/// Resolves a reference; any other value is returned as it is.
pub fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let target = DOCUMENT.pointer(reference.strip_prefix('#').unwrap());
            resolve(target.unwrap_or_else(|| panic!("{reference} points nowhere")))
        }
        None => value,
    }
}

/// The problem codes that an operation documents for a status.
pub fn codes(operation: &'static Value, status: u16) -> Vec<&'static str> {
    let answer = resolve(&operation["responses"][status.to_string()]);
    let lines = answer["description"].as_str().into_iter().flat_map(str::lines);
    lines.filter_map(|line| Some(line.strip_prefix('`')?.split_once("`: ")?.0)).collect()
}

/// Checks that the document and the page of the problem codes have the problem of this response.
pub fn check(request: &str, status: u16, body: &str) {
    if status < 400 {
        return;
    }
    let problem: Value = serde_json::from_str(body).unwrap_or_default();
    let Some(code) = problem["code"].as_str() else { return };
    assert!(EXPLAINED.contains(code), "/docs/problems does not explain {code}");
    let (method, path) = request.split_once(' ').unwrap();
    let Some(operation) = operation(method, path) else { return };
    let known = codes(operation, status);
    assert!(
        known.contains(&code),
        "{request} answers {status} {code}, and its description says only {known:?}"
    );
}
