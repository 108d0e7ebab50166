//! The API's own description, in OpenAPI 3.1, and the page to browse it.
//!
//! A feature lists its [`Endpoint`]s: each is a route together with its summary, its examples and its problems. All else that
//! the document says of a route is made of the types in its handler's signature, which [`Describe`] themselves.
//! [`Api`] takes the endpoints as Rocket takes routes, mounted at a base; of one list it makes both the routes and the
//! document.
//!
//! | file | subject |
//! |---|---|
//! | `endpoint` | a route together with its description |
//! | `operation` | the description, as the parts of a signature add to it |
//! | `request` | what guards, parameters and bodies add |
//! | `response` | … and what replies add |
//! | `finish` | what OpenAPI's model has for it |
//! | `shape` | the schemas as generators of clients like them |
//! | `parts` | the small parts that it is made of |
//! | `problems` | the problems among the answers, made from their kinds |
//! | `problem_page` | the page that explains the problem codes |
//! | `guide` | the page with the first five calls |
//! | `serve` | `/openapi.json` and `/docs` |
//! | `intro.md` | what is true of all operations |
//! | `page/` | what the page at `/docs` is made of; `page/README.md` has its origin and licence |

mod endpoint;
mod finish;
mod guide;
mod operation;
mod parts;
mod problem_page;
mod problems;
mod request;
mod response;
mod serve;
mod shape;

use rocket::figment::Figment;
use rocket::{Build, Rocket, Route};
use serde_json::Value;
use utoipa::openapi::info::ContactBuilder;
use utoipa::openapi::path::{HttpMethod, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Info, License, OpenApi, Paths, Server};

use crate::http::problem::{Kind, METHOD_NOT_ALLOWED};
use crate::http::response::fallback;

pub(crate) use endpoint::endpoint;
pub use endpoint::{Endpoint, routes, tagged};
use finish::BEARER;
pub use operation::{Describe, Operation};
pub use serve::{Document, ProblemPage, endpoints, html, json};

/// Whom to ask.
const CONTACT: &str = "Whoever runs this server";

/// An API: its endpoints, as its features hand them in, each with the base below which it stands.
#[derive(Default)]
pub struct Api {
    endpoints: Vec<(&'static str, Endpoint)>,
}

impl Api {
    /// Takes endpoints that stand below `base`.
    #[must_use]
    pub fn mount(mut self, base: &'static str, endpoints: Vec<Endpoint>) -> Self {
        self.endpoints.extend(endpoints.into_iter().map(|endpoint| (base, endpoint)));
        self
    }

    /// The routes at their addresses, and between them those that keep an address from being another's.
    pub fn routes(self) -> Vec<Route> {
        let mount =
            |rocket: Rocket<Build>, (base, endpoint): (_, Endpoint)| rocket.mount(base, [endpoint.route]);
        let rocket = self.endpoints.into_iter().fold(rocket::custom(Figment::new()), mount);
        let mut routes: Vec<Route> = rocket.routes().cloned().collect();
        routes.extend(fallback::between(&routes));
        routes
    }

    /// All kinds of problems of these endpoints.
    fn kinds(&self) -> Vec<&'static Kind> {
        let all = self.endpoints.iter().flat_map(|(_, endpoint)| endpoint.operation.problems.iter().copied());
        let mut kinds: Vec<&Kind> = all.chain([&METHOD_NOT_ALLOWED]).collect();
        kinds.sort_by_key(|kind| (kind.status, kind.code));
        kinds.dedup();
        kinds
    }

    /// The page that explains all problems of these endpoints.
    pub fn problem_page(&self) -> String {
        problem_page::html(&self.kinds())
    }

    /// Puts the document together.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn describe(self, name: &str, version: &str) -> serde_json::Result<Value> {
        let mut info = Info::new(name, version);
        info.description = Some(include_str!("intro.md").to_owned());
        let mut license = License::new("MIT");
        license.identifier = Some("MIT".to_owned());
        info.license = Some(license);
        info.contact = Some(ContactBuilder::new().name(Some(CONTACT)).build());

        let (mut components, mut paths, mut tags) = (problems::components(), Paths::new(), Vec::new());
        components.add_security_scheme(BEARER, bearer());
        problems::add_codes(&mut components, &self.kinds());
        let described = self.endpoints.into_iter().filter(|(_, endpoint)| endpoint.operation.is_described);
        for (base, Endpoint { operation, .. }) in described {
            let tag = TagBuilder::new().name(operation.tag.0).description(Some(operation.tag.1)).build();
            if !tags.contains(&tag) {
                tags.push(tag);
            }
            // As Rocket has it: what is mounted as `/` below a base is the base itself.
            let below = if operation.path == "/" { "" } else { &operation.path };
            let path = format!("{}{below}", base.trim_end_matches('/'));
            let path = if path.is_empty() { "/".to_owned() } else { path };
            let method = operation.method.clone();
            let item = paths.paths.entry(path).or_default();
            *place(item, &method) = Some(operation.finish(&mut components));
        }
        let mut document = OpenApi::new(info, paths);
        document.components = Some(components);
        document.tags = Some(tags);
        // Where the document was read.
        document.servers = Some(vec![Server::new("/")]);
        let mut document = serde_json::to_value(document)?;
        shape::shape(&mut document);
        Ok(document)
    }
}

fn bearer() -> SecurityScheme {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.bearer_format = Some("JWT".to_owned());
    scheme.description =
        Some("An access token, as signing in, refreshing and switching shops give it.".to_owned());
    SecurityScheme::Http(scheme)
}

fn place<'a>(
    item: &'a mut PathItem,
    method: &HttpMethod,
) -> &'a mut Option<utoipa::openapi::path::Operation> {
    match method {
        HttpMethod::Post => &mut item.post,
        HttpMethod::Put => &mut item.put,
        HttpMethod::Patch => &mut item.patch,
        HttpMethod::Delete => &mut item.delete,
        HttpMethod::Head => &mut item.head,
        HttpMethod::Options => &mut item.options,
        HttpMethod::Trace => &mut item.trace,
        HttpMethod::Get => &mut item.get,
    }
}
