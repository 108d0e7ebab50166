//! The route of a request, and the methods that an address allows.

use std::collections::BTreeSet;

use rocket::Request;

/// The name of the routes that only return an error.
pub(super) const FALLBACK: &str = "fallback";

/// The route of a request, such as `/api/v1/orders/<id>`; `-` when there is none.
pub(super) fn template(request: &Request<'_>) -> String {
    match request.route() {
        Some(route) if route.name.as_deref() != Some(FALLBACK) => route.uri.to_string(),
        _ => "-".to_owned(),
    }
}

/// The methods that the address of a request allows.
pub(super) fn methods_at<'r>(request: &'r Request<'_>) -> BTreeSet<&'r str> {
    let path: Vec<&str> = request.uri().path().segments().collect();
    let mut methods: BTreeSet<&str> = request
        .rocket()
        .routes()
        .filter(|route| route.name.as_deref() != Some(FALLBACK) && matches(route.uri.path(), &path))
        .map(|route| route.method.as_str())
        .collect();
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    methods
}

/// Whether a route's path, such as `/products/<id>`, matches a path.
fn matches(route: &str, path: &[&str]) -> bool {
    let pattern: Vec<&str> = route.split('/').filter(|segment| !segment.is_empty()).collect();
    pattern.len() == path.len()
        && pattern.iter().zip(path).all(|(segment, given)| segment.starts_with('<') || segment == given)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_parameter_matches_any_segment() {
        assert!(matches("/api/<id>/x", &["api", "7", "x"]));
        assert!(!matches("/api/<id>/x", &["api", "7"]));
        assert!(!matches("/api/<id>/x", &["api", "7", "y"]));
    }
}
