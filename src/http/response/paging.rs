//! Lists in pages: a cursor says where the next one begins, so that none is skipped or repeated
//! when rows come in between.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::http::RawStr;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};
use rocket::response::{self, Responder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::http::problem::Problem;
use crate::http::request::parameter::Parameter;
use crate::http::request::query::{self, Pairs, Parameters, parameters, refuse};

use super::reply::{Rendered, Reply, respond};

/// Rows of a page that says not how many it wants.
const DEFAULT_LIMIT: usize = 20;
/// Rows of a page at the most.
pub(in crate::http) const MAX_LIMIT: usize = 100;

/// How many rows a page may have: 1 to 100.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Limit(usize);

impl Parameter for Limit {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).map(Self)
    }

    fn expected() -> String {
        format!("a number from 1 to {MAX_LIMIT}")
    }

    fn schema() -> RefOr<Schema> {
        let limit = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(MAX_LIMIT));
        limit.default(Some(DEFAULT_LIMIT.into())).into()
    }
}

/// `next_cursor` of a page.
#[derive(Clone, Debug)]
pub(in crate::http) struct Cursor(String);

impl Parameter for Cursor {
    fn read(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    fn expected() -> String {
        "one that this list gave out".to_owned()
    }

    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).into()
    }
}

parameters! {
    /// The parameters that every list knows.
    pub(in crate::http) struct Wanted {
        /// Rows of the page, at the most.
        limit: Limit,
        /// Where the page begins: `next_cursor` of the page before.
        cursor: Cursor,
    }
}

/// Which page of a list is asked for, and of which rows: the list's own parameters are `P`.
pub struct Paging<P = ()> {
    /// The list's own parameters.
    pub filter: P,
    /// Rows a page.
    limit: usize,
    cursor: Option<String>,
    pairs: Pairs,
}

#[rocket::async_trait]
impl<'r, P: Parameters> FromRequest<'r> for Paging<P> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match query::read::<(Wanted, P)>(request) {
            Ok(((Wanted { limit, cursor }, filter), pairs)) => {
                let limit = limit.map_or(DEFAULT_LIMIT, |limit| limit.0);
                Outcome::Success(Self { filter, limit, cursor: cursor.map(|cursor| cursor.0), pairs })
            }
            Err(problem) => query::reject_query(request, problem),
        }
    }
}

impl<P> Paging<P> {
    /// How many rows to ask the database for: one more than the page has tells whether another follows.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// Where the page begins: the key of the row before it.
    ///
    /// # Errors
    /// 422 `invalid_parameter` when the cursor is not one of this list's.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let unusable = || refuse("cursor", "is not one that this list gave out");
        self.key_in(cursor).map(Some).ok_or_else(unusable)
    }

    /// The key in a cursor, if it was made for this list.
    fn key_in<K: DeserializeOwned>(&self, cursor: &str) -> Option<K> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (list, key): (String, Value) = serde_json::from_slice(&bytes).ok()?;
        if list != self.pairs.path || has_nul(&key) {
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
                let key = serde_json::to_vec(&(&self.pairs.path, key(last)));
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
            self.pairs.without("cursor").map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let pairs: Vec<String> = others.chain([format!("cursor={cursor}")]).collect();
        format!("<{}?{}>; rel=\"next\"", self.pairs.path, pairs.join("&"))
    }
}

/// Whether a key has the character NUL, which PostgreSQL's text type cannot store.
fn has_nul(key: &Value) -> bool {
    match key {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
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
    /// The only page of a list that is short by its nature.
    pub fn only(data: Vec<T>) -> Self {
        Self { data, next_cursor: None, link: None }
    }

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
