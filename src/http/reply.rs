//! Answers that went well.

use std::io::Cursor;

use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use serde::Serialize;

use super::BASE;
use super::problem::Problem;

/// 200 and a resource.
pub struct Fetched<T>(pub T);

/// 201, where the new resource stands (a path under the API's base), and the resource.
pub struct Created<T>(pub String, pub T);

impl<'r, T: Serialize> Responder<'r, 'static> for Fetched<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        json(request, Status::Ok, &self.0)
    }
}

impl<'r, T: Serialize> Responder<'r, 'static> for Created<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = json(request, Status::Created, &self.1)?;
        answer.set_header(Header::new("Location", format!("{BASE}{}", self.0)));
        Ok(answer)
    }
}

/// An answer that everybody may keep for so many seconds.
pub struct Cached<R>(pub u32, pub R);

impl<'r, R: Responder<'r, 'static>> Responder<'r, 'static> for Cached<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = self.1.respond_to(request)?;
        answer.set_header(Header::new("Cache-Control", format!("public, max-age={}", self.0)));
        Ok(answer)
    }
}

fn json(request: &Request<'_>, status: Status, body: &impl Serialize) -> response::Result<'static> {
    match serde_json::to_vec(body) {
        Ok(bytes) => Response::build()
            .status(status)
            .header(ContentType::JSON)
            .sized_body(bytes.len(), Cursor::new(bytes))
            .ok(),
        Err(error) => Problem::internal(&error).respond_to(request),
    }
}
