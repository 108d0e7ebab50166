//! Content codings: which of them a client takes, and writing in one.

use std::convert::Infallible;
use std::io::{self, Write};
use std::str::FromStr;

use flate2::Compression;
use flate2::write::GzEncoder;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};
use zstd::Encoder as ZstdEncoder;

use crate::http::request::headers;

/// How much work goes into an answer: the least, for its processor is everybody's.
const LEVEL: u8 = 1;
/// How far back an answer may refer, as a power of two: more memory for little gain.
const WINDOW: u32 = 17;

/// A coding that answers may have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::http) enum Coding {
    Zstd,
    Gzip,
}

impl Coding {
    /// The better one first.
    const ALL: [Self; 2] = [Self::Zstd, Self::Gzip];

    /// The name in headers, which the tag of a compressed representation ends with, too.
    pub(in crate::http) fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// The coding whose name a tag without its quotes ends with, and what stands before.
    pub(super) fn of_tag(opaque: &str) -> (&str, Option<Self>) {
        let before = |coding: Self| opaque.strip_suffix(coding.name())?.strip_suffix('-');
        let found = Self::ALL.into_iter().find_map(|coding| Some((before(coding)?, Some(coding))));
        found.unwrap_or((opaque, None))
    }

    /// The tag of a representation in this coding, made of that of the representation without.
    pub(super) fn tag(self, tag: &str) -> String {
        format!("{}-{}\"", tag.trim_end_matches('"'), self.name())
    }
}

/// The codings that a client takes, by the weights that it gives them; 0 is never.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Codings {
    zstd: f32,
    gzip: f32,
    identity: f32,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Codings {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request))
    }
}

impl Codings {
    /// A client that says nothing takes none.
    pub(super) fn of(request: &Request<'_>) -> Self {
        let mut values = headers::hints(request, "Accept-Encoding");
        let Some(first) = values.next() else { return Self::default() };
        Self::read(&values.fold(first.to_owned(), |all, value| format!("{all},{value}")))
    }

    /// RFC 9110, section 12.5.3. What cannot be read is not accepted.
    fn read(header: &str) -> Self {
        let weight = |wanted: &[&str]| {
            header.split(',').find_map(|element| {
                let (name, weight) = element.split_once(';').unwrap_or((element, "q=1"));
                let is_wanted = wanted.iter().any(|wanted| name.trim().eq_ignore_ascii_case(wanted));
                let weight = weight.trim().to_ascii_lowercase();
                let weight = weight.strip_prefix("q=").and_then(|weight| f32::from_str(weight).ok());
                is_wanted.then_some(weight.unwrap_or_default())
            })
        };
        let others = weight(&["*"]);
        Self {
            // Who takes anything knows gzip at the least.
            zstd: weight(&["zstd"]).unwrap_or_default(),
            gzip: weight(&["gzip", "x-gzip"]).or(others).unwrap_or_default(),
            // Always possible, but wanted only by who says so: it is sent when nothing else is.
            identity: weight(&["identity"]).unwrap_or_default(),
        }
    }

    pub(super) fn takes(&self, coding: Coding) -> bool {
        self.weight(coding) > 0.0
    }

    fn weight(&self, coding: Coding) -> f32 {
        match coding {
            Coding::Zstd => self.zstd,
            Coding::Gzip => self.gzip,
        }
    }

    /// The coding that the client likes best, if it is not the bare answer.
    pub(super) fn best(&self) -> Option<Coding> {
        let likes = |coding: &Coding| self.takes(*coding) && self.weight(*coding) >= self.identity;
        let liked = Coding::ALL.into_iter().filter(likes);
        liked.reduce(|best, other| if self.weight(other) > self.weight(best) { other } else { best })
    }
}

/// Writes in a coding, or as it is.
pub(super) enum Encoder<W: Write> {
    Plain(W),
    Zstd(Box<ZstdEncoder<'static, W>>),
    Gzip(Box<GzEncoder<W>>),
}

impl<W: Write> Encoder<W> {
    pub(super) fn new(coding: Option<Coding>, output: W) -> io::Result<Self> {
        Ok(match coding {
            None => Self::Plain(output),
            Some(Coding::Gzip) => {
                Self::Gzip(Box::new(GzEncoder::new(output, Compression::new(LEVEL.into()))))
            }
            Some(Coding::Zstd) => {
                let mut encoder = ZstdEncoder::new(output, LEVEL.into())?;
                encoder.window_log(WINDOW)?;
                Self::Zstd(Box::new(encoder))
            }
        })
    }

    /// Writes the end.
    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Self::Plain(output) => Ok(output),
            Self::Zstd(encoder) => encoder.finish(),
            Self::Gzip(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(output) => output.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(output) => output.flush(),
            Self::Zstd(encoder) => encoder.flush(),
            Self::Gzip(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coding_is_the_one_that_the_client_likes_best() {
        for (header, best) in [
            ("gzip", Some(Coding::Gzip)),
            ("gzip, deflate, br", Some(Coding::Gzip)),
            ("gzip, deflate, br, zstd", Some(Coding::Zstd)),
            ("zstd;q=0.5, GZIP ; Q=0.8", Some(Coding::Gzip)),
            ("x-gzip", Some(Coding::Gzip)),
            ("*", Some(Coding::Gzip)),
            ("identity;q=0", None),
            ("identity;q=0, *", Some(Coding::Gzip)),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0.5, gzip;q=0.5", Some(Coding::Gzip)),
            ("*;q=0", None),
            ("*;q=0, zstd", Some(Coding::Zstd)),
            ("gzip;q=0, *", None),
            ("gzip;q=0.000", None),
            ("gzip;q=many", None),
            ("deflate, br", None),
            ("", None),
            (",;,", None),
        ] {
            assert_eq!(Codings::read(header).best(), best, "{header}");
        }
    }

    #[test]
    fn a_tag_says_its_coding() {
        for coding in Coding::ALL {
            let tag = coding.tag("\"abc\"");
            assert_eq!(Coding::of_tag(tag.trim_matches('"')), ("abc", Some(coding)), "{tag}");
        }
        assert_eq!(Coding::of_tag("a-br"), ("a-br", None));
    }
}
