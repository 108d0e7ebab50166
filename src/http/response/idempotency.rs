//! Requests that are sent again: the same `Idempotency-Key` gets the same answer, and nothing happens twice.
//!
//! The answer is kept by the transaction that does the work, so that neither is there without the other,
//! whenever the process dies. A request that fails keeps nothing and may be tried again. Whoever comes
//! while the first is still running is told so, and does not wait.

use std::borrow::Cow;
use std::marker::PhantomData;

use rocket::Request;
use rocket::http::Header;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::response::{self, Responder};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::http::encryption::Cipher;
use crate::http::problem::{
    IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED, INTERNAL, INVALID_HEADER, Problem, reject,
};
use crate::http::request::body_hash::BodyHash;
use crate::http::request::headers;
use crate::http::request::token::Tokens;
use crate::http::routing;
use crate::tenancy::idempotency::{self, Key, StoredResponse};
use crate::tenancy::{TenancyError, Transaction};

use super::reply::{Rendered, Reply};

const HEADER: &str = "Idempotency-Key";
/// Characters of a key at the most.
pub(in crate::http) const MAX_KEY: usize = 255;

/// Whether a request is to be done once, however often it is sent: what its `Idempotency-Key` says.
///
/// It stands before the body in a handler's signature, so that the body's bytes are noted as they are read.
pub struct Once(Option<Named>);

/// A request that the client has given a name.
struct Named {
    /// SHA-256 of the method, the address however it is written, and the key.
    hash: Vec<u8>,
    body: BodyHash,
    cipher: Cipher,
}

impl Named {
    fn key(&self, user: Uuid) -> Key {
        Key { user, hash: self.hash.clone() }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Once {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match named(request) {
            Ok(named) => Outcome::Success(Self(named)),
            // Forwarded to the fallback, which has the body to drain.
            Err(problem) => Outcome::Forward(reject(request, problem)),
        }
    }
}

fn named(request: &Request<'_>) -> Result<Option<Named>, Problem> {
    let Some(given) = headers::one(request, HEADER)? else { return Ok(None) };
    let key = key_in(given).filter(|key| (1..=MAX_KEY).contains(&key.len())).ok_or_else(|| {
        INVALID_HEADER.because(format!(
            "{HEADER} must be of 1 to {MAX_KEY} visible ASCII characters, or a string in quotes of 1 to {MAX_KEY} ASCII characters."
        ))
    })?;
    let tokens = request.rocket().state::<Tokens>();
    let tokens = tokens.ok_or_else(|| INTERNAL.because("The server is not set up."))?;
    let body = BodyHash::begin(request, tokens.fingerprint());
    // Parted by what neither an address nor a key can hold.
    body.add(request.uri().query().map_or("", |query| query.as_str()).as_bytes());
    body.add(b"\n");
    let address = format!("{} {}\n{key}", request.method(), routing::canonical_path(request));
    let named = Named { hash: Sha256::digest(address).to_vec(), body, cipher: tokens.cipher() };
    Ok(Some(named))
}

/// The key that a header holds: bare, or as a string of structured fields (RFC 9651, 3.3.3), as
/// draft-ietf-httpapi-idempotency-key-header has it. Both forms of a key are one key.
fn key_in(header: &str) -> Option<Cow<'_, str>> {
    let Some(quoted) = header.strip_prefix('"') else {
        return header.bytes().all(|byte| byte.is_ascii_graphic()).then_some(Cow::Borrowed(header));
    };
    let (mut key, mut rest) = (String::new(), quoted.strip_suffix('"')?.chars());
    while let Some(char) = rest.next() {
        key.push(match char {
            '\\' => rest.next().filter(|next| matches!(next, '"' | '\\'))?,
            '"' => return None,
            ' '..='~' => char,
            _ => return None,
        });
    }
    Some(Cow::Owned(key))
}

/// What came of a request that was to be done once, and is answered with an `A`.
pub struct Answered<A>(Ending, PhantomData<A>);

enum Ending {
    Done(Rendered),
    Replayed(Rendered),
    Refused(Problem),
}

impl<A> Answered<A> {
    fn by(ending: Ending) -> Self {
        Self(ending, PhantomData)
    }

    /// An answer to something that changed nothing and may well be done again.
    ///
    /// # Errors
    /// When it cannot be written out.
    pub fn unkept(reply: &A) -> Result<Self, TenancyError>
    where
        A: Reply,
    {
        Ok(Self::by(Ending::Done(rendered(reply)?)))
    }
}

impl Once {
    /// Does `work` for `user` and keeps its answer, unless it was done before.
    ///
    /// # Errors
    /// What `work` returns, or what the engine says; the transaction is then to be rolled back.
    pub fn run<C, A, E>(
        &self,
        user: Uuid,
        conn: &mut C,
        work: impl FnOnce(&mut C) -> Result<A, E>,
    ) -> Result<Answered<A>, E>
    where
        C: Transaction,
        A: Reply,
        E: From<TenancyError>,
    {
        let Some(named) = &self.0 else {
            return Ok(Answered::by(Ending::Done(rendered(&work(conn)?)?)));
        };
        let (key, request_hash) = (named.key(user), named.body.finish());
        if let Some(ending) = done_before(conn, &key, &request_hash, &named.cipher)? {
            return Ok(Answered::by(ending));
        }
        let rendered = rendered(&work(conn)?)?;
        idempotency::store(conn, &key, &to_keep(rendered.clone(), &key, request_hash, &named.cipher)?)?;
        Ok(Answered::by(Ending::Done(rendered)))
    }

    /// What is to be said in place of beginning, if anything is: for work that takes long before its transaction. [`Once::run`]
    /// decides in the end.
    ///
    /// # Errors
    /// What the engine says.
    pub fn look_up<C, A>(&self, user: Uuid, conn: &mut C) -> Result<Option<Answered<A>>, TenancyError>
    where
        C: Transaction,
    {
        let Some(named) = &self.0 else { return Ok(None) };
        let ending = done_before(conn, &named.key(user), &named.body.finish(), &named.cipher)?;
        Ok(ending.map(Answered::by))
    }
}

/// What is to be said in place of doing it again, if anything is.
fn done_before(
    conn: &mut impl Transaction,
    key: &Key,
    request_hash: &[u8],
    cipher: &Cipher,
) -> Result<Option<Ending>, TenancyError> {
    if !idempotency::lock(conn, key)? {
        let problem = IDEMPOTENCY_IN_PROGRESS.because("The first request is not done yet; try again.");
        return Ok(Some(Ending::Refused(problem.retry_after(1))));
    }
    let Some(answer) = idempotency::find(conn, key)? else { return Ok(None) };
    if answer.request_hash == request_hash {
        return Ok(Some(Ending::Replayed(kept(answer, key, cipher)?)));
    }
    let problem = IDEMPOTENCY_KEY_REUSED.because("Another body came with this key before.");
    Ok(Some(Ending::Refused(problem)))
}

fn rendered(reply: &impl Reply) -> Result<Rendered, TenancyError> {
    reply.render().map_err(|error| TenancyError::StoredResponse(error.to_string()))
}

fn to_keep(
    rendered: Rendered,
    key: &Key,
    request_hash: Vec<u8>,
    cipher: &Cipher,
) -> Result<StoredResponse, TenancyError> {
    let Rendered { status, location, etag, body, link: _, rows: _ } = rendered;
    let body = cipher
        .encrypt(&body, &belonging(key))
        .map_err(|error| TenancyError::StoredResponse(error.to_string()))?;
    Ok(StoredResponse { request_hash, status: status.into(), location, etag, body })
}

fn kept(answer: StoredResponse, key: &Key, cipher: &Cipher) -> Result<Rendered, TenancyError> {
    let StoredResponse { status, location, etag, body, .. } = answer;
    let body = cipher
        .decrypt(&body, &belonging(key))
        .map_err(|error| TenancyError::StoredResponse(error.to_string()))?;
    Ok(Rendered {
        status: u16::try_from(status).unwrap_or(200),
        location,
        link: None,
        etag,
        body,
        rows: None,
    })
}

/// What an answer belongs to.
fn belonging(key: &Key) -> Vec<u8> {
    [key.user.as_bytes().as_slice(), &key.hash].concat()
}

impl<'r, A> Responder<'r, 'static> for Answered<A> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self.0 {
            Ending::Done(rendered) => rendered.respond_to(request),
            Ending::Replayed(rendered) => {
                let mut answer = rendered.respond_to(request)?;
                answer.set_header(Header::new("Idempotency-Replayed", "true"));
                Ok(answer)
            }
            Ending::Refused(problem) => problem.respond_to(request),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::key_in;

    #[test]
    fn a_key_in_quotes_is_the_key_without_them() {
        for (header, key) in [
            ("k", Some("k")),
            (r#""k""#, Some("k")),
            (r#""k 1""#, Some("k 1")),
            (r#""a\"b\\c""#, Some(r#"a"b\c"#)),
            (r#"""#, None),
            (r#""""#, Some("")),
            (r#""k"#, None),
            (r#""k\""#, None),
            (r#""a"b""#, None),
            (r#""a\b""#, None),
            (r#""k";v=1"#, None),
            (r#""\u{e9}""#, None),
            ("k 1", None),
        ] {
            assert_eq!(key_in(header).as_deref(), key, "{header}");
        }
    }
}
