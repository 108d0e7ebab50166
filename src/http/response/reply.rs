//! Answers that went well.

use std::io::Cursor;

pub use rocket::Either;
use rocket::http::{ContentType, Header, Method, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use serde::Serialize;

use crate::http::BASE;
use crate::http::problem::Problem;
use crate::http::request::log_fields::LogFields;

use super::compression::may_be_compressed;
use super::etag::{has_already, tag_of};

/// An answer, written out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rendered {
    /// The HTTP status.
    pub status: u16,
    /// Where the new resource stands.
    pub location: Option<String>,
    /// The next page, as the header `Link` has it.
    pub link: Option<String>,
    /// The tag of what is shown.
    pub etag: Option<String>,
    /// JSON.
    pub body: String,
    /// How many rows it shows, when it is a list.
    pub rows: Option<usize>,
}

impl Rendered {
    /// 200 and a body.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn ok(body: &impl Serialize) -> serde_json::Result<Self> {
        let body = serde_json::to_string(body)?;
        Ok(Self { status: 200, location: None, link: None, etag: None, body, rows: None })
    }
}

/// An answer that can be written out, to be kept or to be sent.
pub trait Reply {
    /// Writes it out.
    ///
    /// # Errors
    /// When its body is no JSON.
    fn render(&self) -> serde_json::Result<Rendered>;
}

/// 200 and a resource.
pub struct Fetched<T>(pub T);

/// 202: whatever was asked for comes later, or not. The answer does not tell which.
pub struct Accepted;

impl<'r> Responder<'r, 'static> for Accepted {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build().status(Status::Accepted).ok()
    }
}

/// 201, where the new resource stands (a path under the API's base), and the resource.
pub struct Created<T>(pub String, pub T);

/// 202, where what has begun can be watched (a path under the API's base), and how far it is.
pub struct Begun<T>(pub String, pub T);

impl<T: Serialize> Reply for Begun<T> {
    fn render(&self) -> serde_json::Result<Rendered> {
        let location = Some(format!("{BASE}{}", self.0));
        Ok(Rendered { status: 202, location, ..Rendered::ok(&self.1)? })
    }
}

impl<T: Serialize> Reply for Fetched<T> {
    fn render(&self) -> serde_json::Result<Rendered> {
        Rendered::ok(&self.0)
    }
}

impl<T: Serialize> Reply for Created<T> {
    fn render(&self) -> serde_json::Result<Rendered> {
        let location = Some(format!("{BASE}{}", self.0));
        Ok(Rendered { status: 201, location, ..Rendered::ok(&self.1)? })
    }
}

/// An answer that shows a single resource as a GET would: it carries the resource's tag, and on GET is not sent
/// to whoever has it already.
pub struct Resource<R>(pub R);

impl<R: Reply> Reply for Resource<R> {
    fn render(&self) -> serde_json::Result<Rendered> {
        let rendered = self.0.render()?;
        Ok(Rendered { etag: Some(tag_of(&rendered.body)), ..rendered })
    }
}

impl<A: Reply, B: Reply> Reply for Either<A, B> {
    fn render(&self) -> serde_json::Result<Rendered> {
        match self {
            Self::Left(reply) => reply.render(),
            Self::Right(reply) => reply.render(),
        }
    }
}

impl<'r, R: Reply> Responder<'r, 'static> for Resource<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        respond(request, self.render())
    }
}

impl<'r, T: Serialize> Responder<'r, 'static> for Fetched<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        respond(request, self.render())
    }
}

impl<'r, T: Serialize> Responder<'r, 'static> for Created<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        respond(request, self.render())
    }
}

impl<'r> Responder<'r, 'static> for Rendered {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = Response::build();
        answer.header(may_be_compressed());
        if let Some(rows) = self.rows {
            LogFields::of(request).shows(rows);
        }
        if let Some(tag) = self.etag {
            if request.method() == Method::Get {
                // It may be kept, but what is shown depends on who asks, and is asked for every time.
                answer.header(Header::new("Cache-Control", "private, no-cache"));
                match has_already(request, &tag) {
                    Ok(None) => {}
                    Ok(Some(known)) => {
                        let answer = answer.status(Status::NotModified);
                        return answer.header(Header::new("ETag", known)).ok();
                    }
                    Err(problem) => return problem.respond_to(request),
                }
            }
            answer.header(Header::new("ETag", tag));
        }
        answer
            .status(Status::new(self.status))
            .header(ContentType::JSON)
            .sized_body(self.body.len(), Cursor::new(self.body));
        let others = [("Location", self.location), ("Link", self.link)];
        for (name, value) in others.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            answer.header(Header::new(name, value));
        }
        answer.ok()
    }
}

pub(in crate::http) fn respond(
    request: &Request<'_>,
    rendered: serde_json::Result<Rendered>,
) -> response::Result<'static> {
    match rendered {
        Ok(rendered) => rendered.respond_to(request),
        Err(error) => Problem::internal(&error).respond_to(request),
    }
}

/// An answer that everybody may keep for so many seconds, and then ask with its tag whether it still holds.
pub struct Shared<R>(pub u32, pub R);

impl<'r, R: Reply> Responder<'r, 'static> for Shared<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = Resource(self.1).respond_to(request)?;
        if answer.status().code < 400 {
            answer.set_header(Header::new("Cache-Control", format!("public, max-age={}", self.0)));
        }
        Ok(answer)
    }
}
