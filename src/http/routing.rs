//! Which route a request is for, and which methods an address takes.

use std::collections::BTreeSet;

use rocket::Request;

/// The name of the routes that serve nothing but an error.
pub(super) const FALLBACK: &str = "fallback";

/// The route of a request, such as `/api/v1/orders/<id>`; `-` when none serves it.
pub(super) fn template(request: &Request<'_>) -> String {
    match request.route() {
        Some(route) if route.name.as_deref() != Some(FALLBACK) => route.uri.to_string(),
        _ => "-".to_owned(),
    }
}

/// The methods that are served at a request's address.
pub(super) fn methods_at<'r>(request: &'r Request<'_>) -> BTreeSet<&'r str> {
    let path: Vec<&str> = request.uri().path().segments().collect();
    let mut methods: BTreeSet<&str> = request
        .rocket()
        .routes()
        .filter(|route| route.name.as_deref() != Some(FALLBACK) && covers(route.uri.path(), &path))
        .map(|route| route.method.as_str())
        .collect();
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    methods
}

/// Whether a route's path, such as `/products/<id>`, covers a path.
fn covers(route: &str, path: &[&str]) -> bool {
    let pattern: Vec<&str> = route.split('/').filter(|segment| !segment.is_empty()).collect();
    pattern.len() == path.len()
        && pattern.iter().zip(path).all(|(segment, given)| segment.starts_with('<') || segment == given)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_parameter_covers_any_segment() {
        assert!(covers("/api/<id>/x", &["api", "7", "x"]));
        assert!(!covers("/api/<id>/x", &["api", "7"]));
        assert!(!covers("/api/<id>/x", &["api", "7", "y"]));
    }
}
