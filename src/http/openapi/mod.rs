//! The API's own description, in OpenAPI 3.1, and the page to browse it.
//!
//! Each feature has a file `docs` beside its routes, which lists what they do as [`Operation`]s; bodies and
//! views bring their own schemas. [`Description`] takes the operations as Rocket takes the routes:
//! mounted at a base.
//!
//! | file | subject |
//! |---|---|
//! | `operation` | one operation: who may call it, what it takes, what it answers |
//! | `headers` | … and which of the special headers |
//! | `finish` | … and what OpenAPI's model has for it |
//! | `parts` | … and the small parts that it is made of |
//! | `problems` | the problems among the answers, made from their kinds |
//! | `serve` | `/openapi.json` and `/docs` |
//! | `intro.md` | what is true of all operations |
//! | `page/` | what the page at `/docs` is made of; `page/README.md` has its origin and licence |

mod finish;
mod headers;
mod operation;
mod parts;
mod problems;
mod serve;

use utoipa::openapi::path::{HttpMethod, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, Info, License, OpenApi, Paths};

pub use operation::{Operation, delete, get, patch, post, put, tagged};
pub use serve::{Document, operations, routes};

/// The name under which operations ask for an access token.
const BEARER: &str = "bearerAuth";

/// The description of an API, as its features hand in their operations.
#[derive(Default)]
pub struct Description {
    operations: Vec<(String, Operation)>,
}

impl Description {
    /// Takes operations whose paths stand below `base`.
    #[must_use]
    pub fn mount(mut self, base: &str, operations: Vec<Operation>) -> Self {
        let base = base.trim_end_matches('/');
        self.operations.extend(operations.into_iter().map(|operation| {
            // As Rocket has it: what is mounted as `/` below a base is the base itself.
            let path = if operation.path == "/" { "" } else { operation.path };
            (format!("{base}{path}"), operation)
        }));
        self
    }

    /// Puts the document together.
    pub fn finish(self, name: &str, version: &str) -> OpenApi {
        let mut info = Info::new(name, version);
        info.description = Some(include_str!("intro.md").to_owned());
        let mut license = License::new("MIT");
        license.identifier = Some("MIT".to_owned());
        info.license = Some(license);

        let (mut components, mut paths, mut tags) = (problems::components(), Paths::new(), Vec::new());
        components.add_security_scheme(BEARER, bearer());
        for (path, operation) in self.operations {
            let tag = TagBuilder::new().name(operation.tag.0).description(Some(operation.tag.1)).build();
            if !tags.contains(&tag) {
                tags.push(tag);
            }
            let method = operation.method.clone();
            let item = paths.paths.entry(path).or_default();
            *place(item, &method) = Some(operation.finish(&mut components));
        }
        let mut document = OpenApi::new(info, paths);
        document.components = Some(components);
        document.tags = Some(tags);
        document
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

/// Adds schemas; two that have one name must be one.
fn add_schemas(components: &mut Components, schemas: Vec<operation::Named>) {
    for (name, schema) in schemas {
        debug_assert!(
            components.schemas.get(&name).is_none_or(|known| *known == schema),
            "two schemas are called {name}"
        );
        components.schemas.insert(name, schema);
    }
}
