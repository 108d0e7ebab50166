//! The route of a request, and the methods that an address allows.

use std::collections::BTreeSet;

use rocket::Request;
use uuid::Uuid;

/// The name of the routes that only return an error.
pub(super) const FALLBACK: &str = "fallback";

/// The route of a request, such as `/api/v1/orders/<id>`; `-` when there is none.
pub(super) fn template(request: &Request<'_>) -> String {
    match request.route() {
        Some(route) if route.name.as_deref() != Some(FALLBACK) => route.uri.to_string(),
        _ => "-".to_owned(),
    }
}

/// The methods that the address of a request allows. A route whose path says more of the address comes before one with
/// parameters: `/products/import` is no product.
pub(super) fn methods_at<'r>(request: &'r Request<'_>) -> BTreeSet<&'r str> {
    let path: Vec<&str> = request.uri().path().segments().collect();
    let matching = || {
        let routes = request.rocket().routes();
        routes.filter(|route| {
            route.name.as_deref() != Some(FALLBACK) && matches(route.uri.path(), path.iter().copied())
        })
    };
    let fewest = matching().map(|route| parameters(route.uri.path())).min();
    let mut methods: BTreeSet<&str> = matching()
        .filter(|route| Some(parameters(route.uri.path())) == fewest)
        .map(|route| route.method.as_str())
        .collect();
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    if !methods.is_empty() {
        methods.insert("OPTIONS");
    }
    methods
}

/// The path of a request, however it is written: decoded, without empty segments, and with ids in one spelling.
pub(super) fn canonical_path(request: &Request<'_>) -> String {
    let segment = |segment: &str| match Uuid::try_parse(segment) {
        Ok(id) => format!("/{id}"),
        Err(_) => format!("/{}", segment.replace('/', "%2F")),
    };
    request.uri().path().segments().map(segment).collect()
}

/// Whether the address of a request is a path, or is below one that ends with a slash.
pub(super) fn is_at_or_below(request: &Request<'_>, path: &str) -> bool {
    let mut given = request.uri().path().segments();
    let is_start = segments(path).all(|segment| given.next() == Some(segment));
    is_start && given.next().is_some() == path.ends_with('/')
}

/// Whether every address of the route `one` is also one of the route `other`, which says less of them.
pub(super) fn is_special_case(one: &str, other: &str) -> bool {
    matches(other, segments(one)) && parameters(one) < parameters(other)
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// How many of a route's segments are parameters.
fn parameters(route: &str) -> usize {
    segments(route).filter(|segment| segment.starts_with('<')).count()
}

/// Whether a route's path, such as `/products/<id>`, matches the segments of a path.
fn matches<'p>(route: &str, mut path: impl Iterator<Item = &'p str>) -> bool {
    let mut is_next =
        |segment: &str| path.next().is_some_and(|given| segment.starts_with('<') || segment == given);
    segments(route).all(&mut is_next) && path.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{is_special_case, matches};

    #[test]
    fn a_parameter_matches_any_segment() {
        assert!(matches("/api/<id>/x", ["api", "7", "x"].into_iter()));
        assert!(!matches("/api/<id>/x", ["api", "7"].into_iter()));
        assert!(!matches("/api/<id>/x", ["api", "7", "y"].into_iter()));
    }

    #[test]
    fn words_are_a_special_case_of_parameters() {
        assert!(is_special_case("/products/import", "/products/<id>"));
        assert!(is_special_case("/a/<x>/b", "/a/<x>/<y>"));
        assert!(!is_special_case("/products/<id>", "/products/import"));
        assert!(!is_special_case("/products/<id>", "/products/<x>"));
        assert!(!is_special_case("/orders/import", "/products/<id>"));
    }
}
