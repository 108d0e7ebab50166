//! The kinds of problems that every route shares.

/// A kind of problem: what all its occurrences have in common.
#[derive(Debug, Eq, PartialEq)]
pub struct Kind {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: &'static str,
    /// The title.
    pub title: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

impl Kind {
    /// A kind of problem.
    pub const fn new(status: u16, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, advice: "" }
    }

    /// The same kind, with what to do about it. Code stands in backticks.
    #[must_use]
    pub const fn advice(self, advice: &'static str) -> Self {
        Self { advice, ..self }
    }
}

pub const INVALID_JSON: Kind = Kind::new(400, "invalid_json", "The body is not JSON")
    .advice("the body is not JSON in UTF-8, or has a field twice: send JSON");
pub const INVALID_HEADER: Kind = Kind::new(400, "invalid_header", "A header is not valid")
    .advice("a header such as `Idempotency-Key` or `If-Match` is malformed");
pub const UNAUTHENTICATED: Kind =
    Kind::new(401, "unauthenticated", "An access token is needed").advice("send an access token");
pub const INVALID_TOKEN: Kind = Kind::new(401, "invalid_token", "The access token is not valid")
    .advice("the token or API key is not valid: sign in");
pub const TOKEN_EXPIRED: Kind =
    Kind::new(401, "token_expired", "The access token has expired").advice("refresh the token");
pub const SESSION_REVOKED: Kind =
    Kind::new(401, "session_revoked", "The session has ended").advice("the session has ended: sign in");
pub const SHOP_REQUIRED: Kind = Kind::new(403, "shop_required", "The token names no shop")
    .advice("the token names no shop: switch to one");
pub const NOT_A_MEMBER: Kind = Kind::new(403, "not_a_member", "Not a member of the shop")
    .advice("the user is not, or is no longer, a member of the shop");
pub const FORBIDDEN: Kind =
    Kind::new(403, "forbidden", "The role does not allow this").advice("the role is too low");
/// RFC 6750, section 3.1.
pub const INSUFFICIENT_SCOPE: Kind = Kind::new(403, "insufficient_scope", "The API key is not for this")
    .advice("the API key lacks the scope that `WWW-Authenticate` names: use another key, or make one");
pub const SECOND_FACTOR_MISSING: Kind =
    Kind::new(403, "second_factor_missing", "The shop requires a second factor").advice(
        "the shop requires a second factor of its staff: set one up with `POST /me/factors/totp`, then send the request again",
    );
pub const SHOP_SUSPENDED: Kind =
    Kind::new(403, "shop_suspended", "The shop is suspended").advice("the operator has suspended the shop");
pub const SHOP_DELETING: Kind = Kind::new(403, "shop_deleting", "The shop is being deleted")
    .advice("the shop was deleted; its owner can restore it until `erase_after`");
pub const NOT_FOUND: Kind = Kind::new(404, "not_found", "Not found")
    .advice("there is no such thing in this shop, or no such address");
pub const METHOD_NOT_ALLOWED: Kind = Kind::new(405, "method_not_allowed", "The method is not allowed")
    .advice("the header `Allow` lists the methods");
pub const BODY_TIMEOUT: Kind = Kind::new(408, "body_timeout", "The body came too slowly")
    .advice("the body came too slowly: send it again");
pub const IDEMPOTENCY_IN_PROGRESS: Kind =
    Kind::new(409, "idempotency_in_progress", "The request with this key is still running")
        .advice("the first request with this key is still running: wait, then send it again");
pub const LIMIT_REACHED: Kind = Kind::new(409, "limit_reached", "There are as many as there may be")
    .advice("there are as many as `limit` allows: remove some, or ask the operator for more");
pub const PRECONDITION_FAILED: Kind = Kind::new(412, "precondition_failed", "It has changed meanwhile")
    .advice("the resource has changed since you read it: read it again");
pub const TOO_LARGE: Kind = Kind::new(413, "body_too_large", "The body is too large")
    .advice("send less: a JSON body may have at most 1 MiB, an import 64 MiB");
pub const UNSUPPORTED_TYPE: Kind =
    Kind::new(415, "unsupported_media_type", "The body's content type is not supported")
        .advice("send the content type that the route takes, in UTF-8, without a content coding");
pub const INVALID_FIELD: Kind = Kind::new(422, "invalid_field", "A field is not valid")
    .advice("a field's value is not valid; `errors` says which");
pub const UNKNOWN_FIELD: Kind = Kind::new(422, "unknown_field", "A field is unknown")
    .advice("the body has a field that the route does not know");
pub const MISSING_FIELD: Kind =
    Kind::new(422, "missing_field", "A field is missing").advice("the body lacks a field");
pub const INVALID_PARAMETER: Kind = Kind::new(422, "invalid_parameter", "A query parameter is not valid")
    .advice("a query parameter is unknown or not valid");
pub const IDEMPOTENCY_KEY_REUSED: Kind =
    Kind::new(422, "idempotency_key_reused", "The key belongs to another request")
        .advice("this key was used for another request: use a new one");
pub const TOO_MANY_ATTEMPTS: Kind =
    Kind::new(429, "too_many_attempts", "Too many attempts").advice("wait as long as `Retry-After` says");
pub const TOO_MANY_TRANSFERS: Kind =
    Kind::new(429, "too_many_transfers", "Too many uploads and downloads at a time")
        .advice("wait until other uploads and downloads of this shop or user have ended");
pub const RATE_LIMITED: Kind = Kind::new(429, "rate_limited", "Too many requests")
    .advice("wait as long as `Retry-After` says; `limit` names the limit");
pub const INTERNAL: Kind = Kind::new(500, "internal", "Something went wrong here")
    .advice("our fault: the operator finds it in the log under `request_id`");
pub const BUSY: Kind = Kind::new(503, "busy", "The server is busy")
    .advice("no database connection was free in time, or the database is away: try again");
pub const DATABASE_TIMEOUT: Kind = Kind::new(503, "database_timeout", "The database took too long")
    .advice("the database took too long; nothing was changed: try again");
pub const STORAGE_FULL: Kind = Kind::new(503, "storage_full", "The database has no room left")
    .advice("the database has no room left; nothing was changed, reading still works");
pub const READ_ONLY: Kind = Kind::new(503, "read_only", "The database takes no changes").advice(
    "the database takes no changes at the moment; nothing was changed, reading still works: try again",
);
pub const OUTCOME_UNKNOWN: Kind = Kind::new(503, "outcome_unknown", "Whether it was done is not known").advice("the connection was lost while the change was confirmed: look, or send it again with the same `Idempotency-Key`");
pub const SHOP_UPGRADING: Kind = Kind::new(503, "shop_upgrading", "The shop is being upgraded")
    .advice("the shop is being migrated: try again in some seconds");
pub const SHOP_FAILED: Kind = Kind::new(503, "shop_failed", "The shop's upgrade failed")
    .advice("the shop's migration failed; ask the operator to repair it");

/// What needs the database may find it away, or fail.
pub const OF_DATABASE: [&Kind; 6] =
    [&INTERNAL, &BUSY, &DATABASE_TIMEOUT, &STORAGE_FULL, &READ_ONLY, &OUTCOME_UNKNOWN];
/// What asks for an access token.
pub const OF_SESSIONS: [&Kind; 4] = [&UNAUTHENTICATED, &INVALID_TOKEN, &TOKEN_EXPIRED, &SESSION_REVOKED];
/// What works in a shop.
pub const OF_SHOPS: [&Kind; 6] =
    [&SHOP_REQUIRED, &NOT_A_MEMBER, &SHOP_SUSPENDED, &SHOP_DELETING, &SHOP_UPGRADING, &SHOP_FAILED];
/// What takes a body of JSON.
pub const OF_JSON: [&Kind; 7] = [
    &INVALID_JSON,
    &BODY_TIMEOUT,
    &TOO_LARGE,
    &UNSUPPORTED_TYPE,
    &INVALID_FIELD,
    &UNKNOWN_FIELD,
    &MISSING_FIELD,
];
/// What takes no body, and refuses one.
pub const OF_NO_BODY: [&Kind; 5] =
    [&INVALID_JSON, &BODY_TIMEOUT, &TOO_LARGE, &UNSUPPORTED_TYPE, &INVALID_FIELD];
/// What takes a file.
pub const OF_FILES: [&Kind; 4] = [&INVALID_JSON, &BODY_TIMEOUT, &TOO_LARGE, &UNSUPPORTED_TYPE];
/// What takes an `Idempotency-Key`.
pub const OF_RETRIES: [&Kind; 3] = [&INVALID_HEADER, &IDEMPOTENCY_IN_PROGRESS, &IDEMPOTENCY_KEY_REUSED];
