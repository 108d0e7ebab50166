//! Schemas of parts of a problem, which the API's description shows in another form than the types that are sent.

use utoipa::ToSchema;

// One object, where what is sent is a choice between places: most generators make nothing good of a choice.
/// An error at one place of what was sent.
#[derive(ToSchema)]
#[schema(as = FieldError)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct FlatError {
    /// The kind of the error.
    code: String,
    /// What is wrong, for people.
    detail: String,
    /// Where, in a body of JSON (RFC 6901).
    #[schema(nullable = false)]
    pointer: Option<String>,
    /// Where, in a file: the row of a spreadsheet, from 1.
    #[schema(nullable = false)]
    row: Option<u32>,
    /// The line of the file, from 1.
    #[schema(nullable = false)]
    line: Option<u32>,
    /// The product's handle.
    #[schema(nullable = false)]
    handle: Option<String>,
    /// The column's name.
    #[schema(nullable = false)]
    column: Option<String>,
    /// The beginning of the cell.
    #[schema(nullable = false)]
    value: Option<String>,
}

/// The codes of all problems. Which they are, the endpoints say together.
#[derive(ToSchema)]
#[schema(as = ProblemCode)]
#[expect(dead_code, reason = "only its schema is used")]
pub(in crate::http) struct Code(String);
