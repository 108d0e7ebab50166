//! Files of the server's own. They are kept compressed, and unpacked for the few clients that want them so.

use std::borrow::Cow;
use std::io::{self, Cursor, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use super::at_once::AtOnce;
use super::coding::{Coding, Codings};
use super::compression::{label, may_be_compressed};
use super::etag::{has_already, tag_of};

/// A file.
pub struct Asset {
    content_type: ContentType,
    gzip: Cow<'static, [u8]>,
    /// Its bytes when it is unpacked.
    length: usize,
    tag: String,
}

impl Asset {
    /// Packs a file.
    ///
    /// # Errors
    /// Writing to memory has none.
    pub fn new(content_type: ContentType, file: impl AsRef<[u8]>) -> io::Result<Self> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(file.as_ref())?;
        Ok(Self::packed(content_type, encoder.finish()?))
    }

    /// A file that is packed already.
    pub fn packed(content_type: ContentType, gzip: impl Into<Cow<'static, [u8]>>) -> Self {
        let gzip = gzip.into();
        // Its last four bytes (RFC 1952, 2.3.1).
        let length = gzip.last_chunk().map_or(0, |length| u32::from_le_bytes(*length) as usize);
        Self { content_type, length, tag: tag_of(&gzip), gzip }
    }

    /// A part of its hash, to be part of a name: under such a name nothing else ever stands.
    pub fn version(&self) -> &str {
        &self.tag[1..=10]
    }
}

/// An answer with a file, and for how many seconds everybody may keep it.
pub struct Kept<'a>(pub u32, pub &'a Asset);

/// The time of what never changes.
pub const FOREVER: u32 = 31_536_000;

impl<'r, 'a: 'r> Responder<'r, 'a> for Kept<'a> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'a> {
        let Self(seconds, Asset { content_type, gzip, length, tag }) = self;
        let mut answer = Response::new();
        let more = if seconds == FOREVER { ", immutable" } else { "" };
        answer.set_raw_header("Cache-Control", format!("public, max-age={seconds}{more}"));
        answer.set_header(may_be_compressed());
        match has_already(request, tag) {
            Err(problem) => return problem.respond_to(request),
            Ok(Some(known)) => {
                answer.set_status(Status::NotModified);
                answer.set_header(Header::new("ETag", known));
                return Ok(answer);
            }
            Ok(None) => answer.set_header(Header::new("ETag", tag.clone())),
        };
        answer.set_header(content_type.clone());
        if Codings::of(request).takes(Coding::Gzip) {
            answer.set_sized_body(gzip.len(), Cursor::new(&**gzip));
            label(&mut answer, Coding::Gzip);
        } else {
            answer.set_sized_body(*length, AtOnce(GzDecoder::new(&**gzip)));
        }
        Ok(answer)
    }
}
