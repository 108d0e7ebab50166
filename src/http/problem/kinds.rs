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
}

impl Kind {
    /// A kind of problem.
    pub const fn new(status: u16, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title }
    }
}

pub const INVALID_JSON: Kind = Kind::new(400, "invalid_json", "The body is not JSON");
pub const INVALID_HEADER: Kind = Kind::new(400, "invalid_header", "A header is not valid");
pub const UNAUTHENTICATED: Kind = Kind::new(401, "unauthenticated", "An access token is needed");
pub const INVALID_TOKEN: Kind = Kind::new(401, "invalid_token", "The access token is not valid");
pub const TOKEN_EXPIRED: Kind = Kind::new(401, "token_expired", "The access token has expired");
pub const SESSION_REVOKED: Kind = Kind::new(401, "session_revoked", "The session has ended");
pub const SHOP_REQUIRED: Kind = Kind::new(403, "shop_required", "The token names no shop");
pub const NOT_A_MEMBER: Kind = Kind::new(403, "not_a_member", "Not a member of the shop");
pub const FORBIDDEN: Kind = Kind::new(403, "forbidden", "The role does not allow this");
pub const SHOP_SUSPENDED: Kind = Kind::new(403, "shop_suspended", "The shop is suspended");
pub const SHOP_DELETING: Kind = Kind::new(403, "shop_deleting", "The shop is being deleted");
pub const NOT_FOUND: Kind = Kind::new(404, "not_found", "Not found");
pub const METHOD_NOT_ALLOWED: Kind = Kind::new(405, "method_not_allowed", "The method is not allowed");
pub const BODY_TIMEOUT: Kind = Kind::new(408, "body_timeout", "The body came too slowly");
pub const IDEMPOTENCY_IN_PROGRESS: Kind =
    Kind::new(409, "idempotency_in_progress", "The request with this key is still running");
pub const PRECONDITION_FAILED: Kind = Kind::new(412, "precondition_failed", "It has changed meanwhile");
pub const TOO_LARGE: Kind = Kind::new(413, "body_too_large", "The body is too large");
pub const UNSUPPORTED_TYPE: Kind =
    Kind::new(415, "unsupported_media_type", "The body's content type is not supported");
pub const INVALID_FIELD: Kind = Kind::new(422, "invalid_field", "A field is not valid");
pub const UNKNOWN_FIELD: Kind = Kind::new(422, "unknown_field", "A field is unknown");
pub const MISSING_FIELD: Kind = Kind::new(422, "missing_field", "A field is missing");
pub const INVALID_PARAMETER: Kind = Kind::new(422, "invalid_parameter", "A query parameter is not valid");
pub const IDEMPOTENCY_KEY_REUSED: Kind =
    Kind::new(422, "idempotency_key_reused", "The key belongs to another request");
pub const TOO_MANY_ATTEMPTS: Kind = Kind::new(429, "too_many_attempts", "Too many attempts");
pub const INTERNAL: Kind = Kind::new(500, "internal", "Something went wrong here");
pub const BUSY: Kind = Kind::new(503, "busy", "The server is busy");
pub const DATABASE_TIMEOUT: Kind = Kind::new(503, "database_timeout", "The database took too long");
pub const STORAGE_FULL: Kind = Kind::new(503, "storage_full", "The database has no room left");
pub const READ_ONLY: Kind = Kind::new(503, "read_only", "The database takes no changes");
pub const OUTCOME_UNKNOWN: Kind = Kind::new(503, "outcome_unknown", "Whether it was done is not known");
pub const SHOP_UPGRADING: Kind = Kind::new(503, "shop_upgrading", "The shop is being upgraded");
pub const SHOP_FAILED: Kind = Kind::new(503, "shop_failed", "The shop's upgrade failed");

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
