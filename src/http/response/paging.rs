//! Lists in pages: a cursor says where the next one begins, so that none is skipped or repeated
//! when rows come in between.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::http::RawStr;
use rocket::request::Request;
use rocket::response::{self, Responder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::problem::Problem;
use crate::http::request::json::find_nul;
use crate::http::request::query::{Query, refuse};

use super::reply::{Rendered, Reply, respond};

/// Which page is asked for.
pub struct Paging {
    /// Rows a page: 1 to 100, 20 unless told.
    pub limit: usize,
    query: Query,
}

/// Rows of a page that says not how many it wants.
pub(in crate::http) const DEFAULT_LIMIT: usize = 20;
/// Rows of a page at the most.
pub(in crate::http) const MAX_LIMIT: usize = 100;

/// The two parameters that every list knows.
pub const PARAMETERS: [&str; 2] = ["limit", "cursor"];

impl Paging {
    /// Reads `limit`; `known` names the list's own parameters.
    ///
    /// # Errors
    /// 422 `invalid_parameter`.
    pub fn of(query: Query, known: &[&str]) -> Result<Self, Problem> {
        query.only(&[&PARAMETERS, known].concat())?;
        let expected = &format!("a number from 1 to {MAX_LIMIT}");
        let limit = query.parsed::<usize>("limit", expected)?.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(refuse("limit", &format!("must be {expected}")));
        }
        Ok(Self { limit, query })
    }

    /// How many rows to ask the database for: one more than the page has tells whether another follows.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// The list's own parameters.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Where the page begins: the key of the row before it.
    ///
    /// # Errors
    /// 422 `invalid_parameter` when the cursor is not one of this list's.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        let Some(cursor) = self.query.text("cursor") else { return Ok(None) };
        let unusable = || refuse("cursor", "is not one that this list gave out");
        self.key_in(cursor).map(Some).ok_or_else(unusable)
    }

    /// The key in a cursor, if it was made for this list.
    fn key_in<K: DeserializeOwned>(&self, cursor: &str) -> Option<K> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (list, key): (String, Value) = serde_json::from_slice(&bytes).ok()?;
        if list != self.query.path || find_nul(&key, String::new()).is_some() {
            return None;
        }
        serde_json::from_value(key).ok()
    }

    /// Makes the page: `rows` as asked for with [`Paging::fetch`], `key` says where a row stands.
    ///
    /// # Errors
    /// When a key cannot be written.
    pub fn page<T, K: Serialize>(
        self,
        mut rows: Vec<T>,
        key: impl FnOnce(&T) -> K,
    ) -> Result<Page<T>, Problem> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = if more { rows.last() } else { None };
        let next_cursor = match last {
            Some(last) => {
                let key = serde_json::to_vec(&(&self.query.path, key(last)));
                let key = key.map_err(|error| Problem::internal(&error))?;
                Some(URL_SAFE_NO_PAD.encode(key))
            }
            None => None,
        };
        let link = next_cursor.as_deref().map(|cursor| self.link(cursor));
        Ok(Page { data: rows, next_cursor, link })
    }

    fn link(&self, cursor: &str) -> String {
        let encode = |text: &str| RawStr::new(text).percent_encode().to_string();
        let others =
            self.query.without("cursor").map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let pairs: Vec<String> = others.chain([format!("cursor={cursor}")]).collect();
        format!("<{}?{}>; rel=\"next\"", self.query.path, pairs.join("&"))
    }
}

/// A page of a list.
#[derive(Serialize)]
pub struct Page<T> {
    data: Vec<T>,
    next_cursor: Option<String>,
    #[serde(skip)]
    link: Option<String>,
}

impl<T> Page<T> {
    /// The same page with other rows.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            data: self.data.into_iter().map(change).collect(),
            next_cursor: self.next_cursor,
            link: self.link,
        }
    }
}

impl<T: Serialize> Reply for Page<T> {
    fn render(&self) -> serde_json::Result<Rendered> {
        let rows = Some(self.data.len());
        Ok(Rendered { link: self.link.clone(), rows, ..Rendered::ok(self)? })
    }
}

impl<'r, T: Serialize> Responder<'r, 'static> for Page<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        respond(request, self.render())
    }
}
