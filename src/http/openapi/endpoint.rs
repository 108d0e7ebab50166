//! A route together with its description, which is made of the types in the handler's signature.

use rocket::Route;
use rocket::http::Method;
use serde_json::Value;
use utoipa::openapi::path::HttpMethod;

use crate::http::BASE;
use crate::http::problem::{INVALID_HEADER, Kind};
use crate::http::response::if_match;

use super::operation::{Describe, Operation};

/// A route and what the API says of it.
pub struct Endpoint {
    pub(super) route: Route,
    pub(super) operation: Operation,
}

/// The endpoint of a handler, with its name in clients, such as `placeOrder`, and its summary. The name is written once and never
/// reworded; the suite has the list.
macro_rules! endpoint {
    ($handler:ident, $id:literal, $summary:literal) => {
        $crate::http::openapi::Endpoint::new(rocket::routes![$handler].remove(0), $handler, $id, $summary)
    };
}
pub(crate) use endpoint;

/// Puts endpoints into one group.
pub fn tagged<const N: usize>(
    name: &'static str,
    about: &'static str,
    endpoints: [Endpoint; N],
) -> Vec<Endpoint> {
    let mut endpoints = Vec::from(endpoints);
    for endpoint in &mut endpoints {
        endpoint.operation.tag = (name, about);
    }
    endpoints
}

/// The routes of endpoints, for Rocket.
pub fn routes(endpoints: &[Endpoint]) -> Vec<Route> {
    endpoints.iter().map(|endpoint| endpoint.route.clone()).collect()
}

/// A route's handler: a function whose arguments and whose answer describe themselves. Arguments from the path must stand
/// in the path's order.
pub trait Handler<Arguments> {
    /// Adds what the signature says.
    fn describe(operation: &mut Operation);
}

macro_rules! handlers {
    ($($argument:ident)*) => {
        impl<F, Answer, $($argument),*> Handler<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Answer,
            Answer: Future<Output: Describe>,
            $($argument: Describe,)*
        {
            fn describe(operation: &mut Operation) {
                $($argument::describe(operation);)*
                Answer::Output::describe(operation);
            }
        }
    };
}
handlers! {}
handlers! { A }
handlers! { A B }
handlers! { A B C }
handlers! { A B C D }
handlers! { A B C D E }
handlers! { A B C D E G }
handlers! { A B C D E G I }

impl Endpoint {
    /// A route of which the signature of its handler says all but this summary. `endpoint!` calls it.
    pub fn new<A, H: Handler<A>>(route: Route, _: H, id: &'static str, summary: &'static str) -> Self {
        let path = route.uri.path().replace('<', "{").replace('>', "}");
        let mut operation = Operation::new(method(route.method), path, id, summary);
        H::describe(&mut operation);
        debug_assert!(operation.segments.is_empty(), "{route}: a part of its path is no parameter");
        if route.method == Method::Get || operation.has_parameter(if_match::HEADER) {
            return Self { route, operation };
        }
        operation.may_fail(&[&INVALID_HEADER]);
        Self { route: if_match::refusing(route), operation }
    }

    /// It is for people and not for clients: the document does not have it.
    #[must_use]
    pub fn undescribed(mut self) -> Self {
        self.operation.is_described = false;
        self
    }

    /// What there is to know beyond the summary.
    #[must_use]
    pub fn about(mut self, text: &str) -> Self {
        text.clone_into(&mut self.operation.about);
        self
    }

    /// Of these fields the body has exactly one: for each a name for the schema of the bodies that have it.
    #[must_use]
    pub fn takes_either(mut self, fields: Value) -> Self {
        self.operation.extend_body("x-either", fields);
        self
    }

    /// With a field of the body, others cannot be given.
    #[must_use]
    pub fn takes_without(mut self, excluded: Value) -> Self {
        self.operation.extend_body("x-excludes", excluded);
        self
    }

    /// An example of the body.
    #[must_use]
    pub fn takes(mut self, example: Value) -> Self {
        self.operation.set_body_example(&example);
        self
    }

    /// An example of what is answered; for a list, of a row.
    #[must_use]
    pub fn answers(mut self, example: Value) -> Self {
        self.operation.set_answer_example(&example);
        self
    }

    /// An example of where what was made stands: a path under the API's base, and what stands there.
    #[must_use]
    pub fn creates(mut self, path: &str, example: Value) -> Self {
        self.operation.set_location_example(&format!("{BASE}{path}"));
        self.answers(example)
    }

    /// An example of what goes on behind an answer 202: where it can be watched, and how it looks.
    #[must_use]
    pub fn begins(mut self, path: &str, example: &Value) -> Self {
        self.operation.set_location_example(&format!("{BASE}{path}"));
        self.operation.set_begun_example(example);
        self
    }

    /// Problems of its own, beyond those of its guards, its parameters and its body.
    #[must_use]
    pub fn may_fail(mut self, kinds: &[&'static Kind]) -> Self {
        self.operation.may_fail(kinds);
        self
    }
}

fn method(method: Method) -> HttpMethod {
    match method {
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
        Method::Head => HttpMethod::Head,
        Method::Options => HttpMethod::Options,
        Method::Trace => HttpMethod::Trace,
        Method::Get | Method::Connect => HttpMethod::Get,
    }
}
