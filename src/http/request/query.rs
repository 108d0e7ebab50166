//! Query parameters, read strictly: one that a route does not know is refused.

use std::str::FromStr;

use rocket::Request;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};

use crate::http::problem::{INVALID_PARAMETER, Problem};

/// The query parameters of a request, decoded.
pub struct Query {
    /// The path of the request, for links to further pages.
    pub path: String,
    pairs: Vec<(String, String)>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Query {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let uri = request.uri();
        let pairs = uri.query().map_or_else(Vec::new, |query| {
            let owned = |(name, value): (&str, &str)| (decode(name), decode(value));
            query
                .raw_segments()
                .filter(|raw| !raw.is_empty())
                .map(|raw| owned(raw.as_str().split_once('=').unwrap_or((raw.as_str(), ""))))
                .collect()
        });
        Outcome::Success(Self { path: uri.path().to_string(), pairs })
    }
}

fn decode(text: &str) -> String {
    rocket::http::RawStr::new(text).url_decode_lossy().into_owned()
}

impl Query {
    /// Refuses every parameter that is not in `known`, or comes twice, or holds NUL.
    ///
    /// # Errors
    /// 422 `invalid_parameter`, which names it.
    pub fn only(&self, known: &[&str]) -> Result<(), Problem> {
        for (index, (name, value)) in self.pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                return Err(refuse(name, &format!("is not known here; known are: {known}")));
            }
            if self.pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(refuse(name, "comes twice"));
            }
            if value.contains('\0') {
                return Err(refuse(name, "holds the character NUL"));
            }
        }
        Ok(())
    }

    /// A parameter as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter, parsed.
    ///
    /// # Errors
    /// 422 `invalid_parameter` when it cannot be parsed.
    pub fn parsed<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| refuse(name, &format!("must be {expected}"))))
            .transpose()
    }

    /// The parameters as they came, except one.
    pub(in crate::http) fn without(&self, left_out: &str) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .filter(move |(name, _)| name != left_out)
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The problem of a parameter.
pub fn refuse(name: &str, why: &str) -> Problem {
    let shown: String = name.chars().take(64).collect();
    INVALID_PARAMETER.because(format!("The parameter {shown:?} {why}."))
}
