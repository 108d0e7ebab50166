//! `/openapi.json`, and `/docs`: a page to browse it and try calls. All of it is in the binary.

use std::io;
use std::sync::LazyLock;

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder};
use rocket::{State, get};
use serde_json::Value;

use crate::http::Segment;
use crate::http::problem::Problem;
use crate::http::problem::{INTERNAL, NOT_FOUND};
use crate::http::response::asset::{Asset, FOREVER, Kept};

use super::endpoint::{Endpoint, endpoint, tagged};
use super::guide;
use super::operation::Describe;

/// The page may load what stands beside it and talk to this server, and nothing else. Swagger UI's style
/// sheet has its icons in `data:` addresses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Seconds for which a browser may keep what the next release may change.
const KEPT: u32 = 300;

/// A file that is packed when it is asked for the first time, or why that failed.
type Lazy = LazyLock<io::Result<Asset>>;

/// The document that is served, to be managed by Rocket.
pub struct Document(pub Lazy);

/// The page that explains the problem codes, to be managed by Rocket.
pub struct ProblemPage(pub Lazy);

/// The page, which names its files with their versions.
static PAGE: Lazy = LazyLock::new(|| html("/docs", include_str!("page/index.html")));

/// The page with the first calls.
static GUIDE: Lazy = LazyLock::new(|| html("/docs/first-calls", &guide::html()));

/// The files of the page: their names, with a place for the version, and what they hold.
static FILES: LazyLock<io::Result<[(&str, Asset); 4]>> = LazyLock::new(|| {
    let script = || ContentType::JavaScript;
    let style = || ContentType::CSS;
    Ok([
        ("docs.css", Asset::new(style(), include_bytes!("page/docs.css"))?),
        ("docs.js", Asset::new(script(), include_bytes!("page/docs.js"))?),
        ("swagger-ui.css", Asset::packed(style(), include_bytes!("page/swagger-ui.css.gz").as_slice())),
        (
            "swagger-ui-bundle.js",
            Asset::packed(script(), include_bytes!("page/swagger-ui-bundle.js.gz").as_slice()),
        ),
    ])
});

/// The pages for people, by their paths.
const PAGES: [(&str, &str); 3] =
    [("/docs", "Operations"), ("/docs/first-calls", "First five calls"), ("/docs/problems", "Problem codes")];

/// Packs the page at a path, after it got links to the other pages, and the names of its files got their versions.
///
/// # Errors
/// Writing to memory has none.
pub fn html(path: &str, page: &str) -> io::Result<Asset> {
    let page = page.replace("<!-- pages -->", &links(path));
    let with_version =
        |page: String, (name, file): &(&str, Asset)| page.replace(*name, &versioned(name, file));
    Asset::new(ContentType::HTML, files()?.iter().fold(page, with_version))
}

fn links(here: &str) -> String {
    let link = |(path, name): &(&str, &str)| {
        let current = if *path == here { r#" aria-current="page""# } else { "" };
        format!("<a href=\"{path}\"{current}>{name}</a>\n")
    };
    format!("<nav aria-label=\"Pages\">\n{}</nav>", PAGES.iter().map(link).collect::<String>())
}

/// Packs the document.
///
/// # Errors
/// Writing to memory has none.
pub fn json(document: &Value) -> io::Result<Asset> {
    Asset::new(ContentType::JSON, serde_json::to_vec(document)?)
}

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
            endpoint!(first_calls, "showFirstCalls", "Show the first calls").undescribed(),
            endpoint!(file, "getFileOfPage", "Get a file of the page").undescribed(),
        ],
    )
}

#[get("/openapi.json")]
async fn document(document: &State<Document>) -> Result<Kept<'_>, Problem> {
    Ok(Kept(KEPT, made(&document.0)?))
}

#[get("/docs")]
async fn page() -> Result<Guarded<'static>, Problem> {
    Ok(Guarded(Kept(KEPT, made(&PAGE)?)))
}

#[get("/docs/problems")]
async fn problems(page: &State<ProblemPage>) -> Result<Guarded<'_>, Problem> {
    Ok(Guarded(Kept(KEPT, made(&page.0)?)))
}

#[get("/docs/first-calls")]
async fn first_calls() -> Result<Guarded<'static>, Problem> {
    Ok(Guarded(Kept(KEPT, made(&GUIDE)?)))
}

/// Without its version a file is found, too: another release's page may ask for it.
#[get("/docs/<file>")]
async fn file(file: Segment<String>) -> Result<Guarded<'static>, Problem> {
    let wanted = file.0.unwrap_or_default();
    let kept = |(name, file): &'static (&str, Asset)| match () {
        () if wanted == versioned(name, file) => Some(Kept(FOREVER, file)),
        () if wanted == *name => Some(Kept(KEPT, file)),
        () => None,
    };
    let found = files().map_err(|error| Problem::internal(&error))?.iter().find_map(kept);
    found.map(Guarded).ok_or_else(|| NOT_FOUND.because("The page has no such file."))
}

fn files() -> io::Result<&'static [(&'static str, Asset)]> {
    match &*FILES {
        Ok(files) => Ok(files),
        Err(error) => Err(io::Error::other(error.to_string())),
    }
}

fn made(file: &Lazy) -> Result<&Asset, Problem> {
    file.as_ref().map_err(|error| Problem::internal(error))
}

/// `docs.css` becomes `docs.<version>.css`.
fn versioned(name: &str, file: &Asset) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{stem}.{}.{extension}", file.version())
}

/// Something under the page's policy.
struct Guarded<'a>(Kept<'a>);

impl<'r, 'a: 'r> Responder<'r, 'a> for Guarded<'a> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'a> {
        let mut answer = self.0.respond_to(request)?;
        answer.set_header(Header::new("Content-Security-Policy", POLICY));
        answer.set_header(Header::new("Referrer-Policy", "no-referrer"));
        // For browsers that do not know `frame-ancestors`.
        answer.set_header(Header::new("X-Frame-Options", "DENY"));
        Ok(answer)
    }
}

impl Describe for Guarded<'_> {}
