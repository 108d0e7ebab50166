//! `/openapi.json`, and `/docs`: a page to browse it and try calls. All of it is in the binary.

use std::str::FromStr;
use std::sync::LazyLock;

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder};
use rocket::{State, get};
use serde_json::Value;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::http::problem::Problem;
use crate::http::problem::{INTERNAL, NOT_FOUND};
use crate::http::response::reply::Cached;
use crate::http::{Fetched, Segment};

use super::endpoint::{Endpoint, endpoint, tagged};
use super::operation::{Describe, Operation};

/// The page may load what stands beside it and talk to this server, and nothing else. Swagger UI's style
/// sheet has its icons in `data:` addresses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Seconds for which a browser may keep these: the next release may bring others.
const KEPT: u32 = 300;

const INDEX: &[u8] = include_bytes!("page/index.html");
/// The files of the page, by name.
const FILES: [(&str, &[u8]); 4] = [
    ("docs.css", include_bytes!("page/docs.css")),
    ("docs.js", include_bytes!("page/docs.js")),
    ("swagger-ui.css", include_bytes!("page/swagger-ui.css")),
    ("swagger-ui-bundle.js", include_bytes!("page/swagger-ui-bundle.js")),
];

/// The document that is served, to be managed by Rocket. It is made when somebody asks for it: it takes megabytes.
pub struct Document(pub LazyLock<serde_json::Result<Value>>);

/// The page that explains the problem codes, to be managed by Rocket.
pub struct ProblemPage(pub LazyLock<String>);

/// The endpoints, to be mounted at `/`.
pub fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Description",
        "What the API says of itself.",
        [
            endpoint!(document, "getDescription", "Get this description")
                .may_fail(&[&INTERNAL])
                .undescribed(),
            endpoint!(page, "browseDescription", "Browse this description").undescribed(),
            endpoint!(problems, "explainProblems", "Explain the problem codes").undescribed(),
            endpoint!(file, "getFileOfPage", "Get a file of the page").undescribed(),
        ],
    )
}

#[get("/openapi.json")]
async fn document(document: &State<Document>) -> Cached<Described<'_>> {
    Cached(KEPT, Described(&document.0))
}

#[get("/docs")]
async fn page() -> Cached<Guarded<Page>> {
    Cached(KEPT, Guarded(Page(INDEX)))
}

#[get("/docs/problems")]
async fn problems(page: &State<ProblemPage>) -> Cached<Guarded<Html>> {
    Cached(KEPT, Guarded(Html(page.0.clone())))
}

#[get("/docs/<file>")]
async fn file(file: Segment<File>) -> Result<Cached<Guarded<File>>, Problem> {
    let file = file.0.ok_or_else(|| NOT_FOUND.because("The page has no such file."))?;
    Ok(Cached(KEPT, Guarded(file)))
}

/// The document as JSON.
struct Described<'a>(&'a serde_json::Result<Value>);

impl<'r> Responder<'r, 'static> for Described<'_> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self.0 {
            Ok(document) => Fetched(document).respond_to(request),
            Err(error) => Problem::internal(error).respond_to(request),
        }
    }
}

impl Describe for Described<'_> {
    fn describe(operation: &mut Operation) {
        let any = Content::new(Some(ObjectBuilder::new().schema_type(Type::Object)));
        let response = operation.answers(200, "The description, in OpenAPI 3.1.");
        response.content.insert("application/json".to_owned(), any.into());
    }
}

/// The page itself.
#[derive(Responder)]
#[response(content_type = "html")]
struct Page(&'static [u8]);

impl Describe for Page {
    fn describe(operation: &mut Operation) {
        operation.serves("text/html", "The page.");
    }
}

/// A page that the server made.
#[derive(Responder)]
#[response(content_type = "html")]
struct Html(String);

impl Describe for Html {
    fn describe(operation: &mut Operation) {
        Page::describe(operation);
    }
}

/// One of the files of the page.
struct File(&'static str, &'static [u8]);

impl FromStr for File {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        FILES.iter().find(|(name, _)| *name == text).map(|(name, bytes)| Self(name, bytes)).ok_or(())
    }
}

impl PartialSchema for File {
    fn schema() -> RefOr<Schema> {
        let names = FILES.map(|(name, _)| name);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

impl ToSchema for File {}

impl<'r> Responder<'r, 'static> for File {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let extension = self.0.rsplit('.').next().unwrap_or_default();
        let content_type = ContentType::from_extension(extension).unwrap_or_default();
        (content_type, self.1).respond_to(request)
    }
}

impl Describe for File {
    fn describe(operation: &mut Operation) {
        operation.serves("*/*", "The file.");
    }
}

/// Something under the page's policy.
struct Guarded<R>(R);

impl<'r, R: Responder<'r, 'static>> Responder<'r, 'static> for Guarded<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = self.0.respond_to(request)?;
        answer.set_header(Header::new("Content-Security-Policy", POLICY));
        answer.set_header(Header::new("Referrer-Policy", "no-referrer"));
        // For browsers that do not know `frame-ancestors`.
        answer.set_header(Header::new("X-Frame-Options", "DENY"));
        Ok(answer)
    }
}

impl<R: Describe> Describe for Guarded<R> {
    fn describe(operation: &mut Operation) {
        R::describe(operation);
    }
}
