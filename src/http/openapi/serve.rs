//! `/openapi.json`, and `/docs`: a page to browse it and try calls. All of it is in the binary.

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder};
use rocket::{Route, State, get, routes};
use utoipa::openapi::OpenApi;

use crate::http::problem::Problem;
use crate::http::problem::{INTERNAL, NOT_FOUND};
use crate::http::response::reply::Cached;
use crate::http::response::reply::Fetched;

use super::operation::{self, Operation, tagged};

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

/// The document that is served, to be managed by Rocket.
pub struct Document(pub OpenApi);

/// The routes, to be mounted at `/`.
pub fn routes() -> Vec<Route> {
    routes![document, page, file]
}

/// What the API says of these routes themselves.
pub fn operations() -> Vec<Operation> {
    let document = operation::get("/openapi.json", "Get this description")
        .serves_json("The description, in OpenAPI 3.1.")
        .may_fail(&[&INTERNAL]);
    let page = operation::get("/docs", "Browse this description")
        .about("A page that shows the operations, signs in, and tries calls. It needs no network but this server.")
        .serves("text/html", "The page.");
    let file = operation::get("/docs/{file}", "Get a file of the page")
        .about("What the page loads: its scripts and style sheets, by name.")
        .words_in_path("file", &FILES.map(|(name, _)| name))
        .serves("*/*", "The file.")
        .may_fail(&[&NOT_FOUND]);
    tagged("Description", "What the API says of itself.", [document, page, file])
}

#[get("/openapi.json")]
fn document(document: &State<Document>) -> Cached<Fetched<&OpenApi>> {
    Cached(KEPT, Fetched(&document.inner().0))
}

#[get("/docs")]
fn page() -> Cached<Guarded> {
    Cached(KEPT, Guarded(ContentType::HTML, INDEX))
}

#[get("/docs/<file>")]
fn file(file: &str) -> Result<Cached<Guarded>, Problem> {
    let found = FILES.iter().find(|(name, _)| *name == file);
    let (name, bytes) = found.ok_or_else(|| NOT_FOUND.because("The page has no such file."))?;
    let extension = name.rsplit('.').next().unwrap_or_default();
    let content_type = ContentType::from_extension(extension).unwrap_or_default();
    Ok(Cached(KEPT, Guarded(content_type, bytes)))
}

/// A file under the page's policy.
struct Guarded(ContentType, &'static [u8]);

impl<'r> Responder<'r, 'static> for Guarded {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = (self.0, self.1).respond_to(request)?;
        answer.set_header(Header::new("Content-Security-Policy", POLICY));
        answer.set_header(Header::new("Referrer-Policy", "no-referrer"));
        Ok(answer)
    }
}
