//! Compressed answers. An answer that may be compressed says so with `Vary: Accept-Encoding`; a fairing compresses it, if it is
//! worth it and the client asks for it. Answers in which a stranger could guess a secret by their length never say so: their type
//! is [`Secret`].

use std::io::{self, Cursor, Write};
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::thread;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::tokio::task;

use crate::fairness::Places;
use crate::http::problem::Problem;
use crate::http::request::log_fields::LogFields;
use crate::tenancy::ShopId;

use super::coding::{Coding, Codings, Encoder};

/// The bytes that are worth it: less is one packet anyway, and more would take a place from others for too long.
const WORTH_IT: RangeInclusive<usize> = 1024..=8 << 20;
/// How many answers may wait for a place. Beyond that they are sent as they are.
const WAITING: usize = 1024;

const VARY: &str = "Vary";
const ACCEPT_ENCODING: &str = "Accept-Encoding";

/// What an answer that may be compressed says.
pub(in crate::http) fn may_be_compressed() -> Header<'static> {
    Header::new(VARY, ACCEPT_ENCODING)
}

/// An answer that holds a secret, such as a token. Compressed beside text that others choose, its length would tell of the
/// secret (BREACH).
pub struct Secret<R>(pub R);

impl<'r, R: Responder<'r, 'static>> Responder<'r, 'static> for Secret<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = self.0.respond_to(request)?;
        answer.remove_header(VARY);
        Ok(answer)
    }
}

/// The fairing that compresses answers. Each is compressed whole, on a thread for such work, so that its encoder is not kept while
/// a slow client reads it. There are no more places than processors, for which shops take turns.
pub struct Compress(Places<Option<ShopId>, 1>);

impl Default for Compress {
    fn default() -> Self {
        Self(Places::new(thread::available_parallelism().map_or(1, NonZero::get), WAITING))
    }
}

#[rocket::async_trait]
impl Fairing for Compress {
    fn info(&self) -> Info {
        Info { name: "compression", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, answer: &mut Response<'r>) {
        let Some(coding) = Codings::of(request).best() else { return };
        if !is_worth_it(answer) {
            return;
        }
        let Ok(_place) = self.0.enter([LogFields::of(request).shop()]).await else { return };
        match compressed(coding, answer).await {
            Ok(bytes) => {
                answer.set_sized_body(bytes.len(), Cursor::new(bytes));
                label(answer, coding);
            }
            Err(error) => *answer = Problem::internal(&error).respond_to(request).unwrap_or_default(),
        }
    }
}

async fn compressed(coding: Coding, answer: &mut Response<'_>) -> io::Result<Vec<u8>> {
    let body = answer.body_mut().to_bytes().await?;
    let encode = move || {
        let mut encoder = Encoder::new(Some(coding), Vec::new())?;
        encoder.write_all(&body)?;
        encoder.finish()
    };
    task::spawn_blocking(encode).await?
}

/// What is streamed has no size yet, and what is compressed already says how.
fn is_worth_it(answer: &Response<'_>) -> bool {
    let headers = answer.headers();
    headers.get(VARY).any(|value| value == ACCEPT_ENCODING)
        && !headers.contains("Content-Encoding")
        && answer.body().preset_size().is_some_and(|size| WORTH_IT.contains(&size))
}

/// Says in which coding an answer is, its tag too: it is another representation.
pub(super) fn label(answer: &mut Response<'_>, coding: Coding) {
    answer.set_raw_header("Content-Encoding", coding.name());
    if let Some(tag) = answer.headers().get_one("ETag").map(|tag| coding.tag(tag)) {
        answer.set_raw_header("ETag", tag);
    }
}
