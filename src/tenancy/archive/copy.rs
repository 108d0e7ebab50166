//! COPY of tables that are known only at run time.
//!
//! Diesel's COPY takes what it copies as a type, which writes the words after COPY without an instance of itself.
//! Here these words come from where a type without a value can find them: a variable of the thread, set for the one
//! statement. The rest is Diesel's own, on the connection and in the transaction of everything else.

use std::cell::RefCell;
use std::io::{BufRead, Write};

use diesel::connection::SimpleConnection;
use diesel::pg::{CopyTarget, Pg, PgConnection};
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;

use super::error::ArchiveError;

diesel::table! {
    /// Stands for any table: Diesel wants one by name, and here it is never written into a statement.
    any_table (line) {
        line -> Text,
    }
}

thread_local! {
    /// The words between COPY and TO or FROM.
    static WORDS: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What [`WORDS`] say.
struct Words;

impl CopyTarget for Words {
    type Table = any_table::table;
    type SqlType = any_table::SqlType;

    fn walk_target(mut pass: AstPass<'_, '_, Pg>) -> QueryResult<()> {
        WORDS.with_borrow(|words| pass.push_sql(words));
        Ok(())
    }
}

/// Lets every value be written and read alike, whatever the server, the database or the login is set to.
pub(super) fn settle_formats(pg: &mut PgConnection) -> QueryResult<()> {
    pg.batch_execute(
        "SET LOCAL DateStyle TO 'ISO, MDY'; SET LOCAL IntervalStyle TO 'postgres'; SET LOCAL TimeZone TO 'UTC'; \
         SET LOCAL bytea_output TO 'hex'; SET LOCAL extra_float_digits TO 1; SET LOCAL xmloption TO 'content'",
    )
}

/// The rows of `words`, a table with its columns or a query in brackets, as lines of COPY's text format.
///
/// Whoever has read to the end calls [`copied_out`].
pub(super) fn copy_out<'a>(pg: &'a mut PgConnection, words: &str) -> QueryResult<impl BufRead + 'a> {
    WORDS.set(words.to_owned());
    diesel::copy_to(Words).load_raw(pg)
}

/// Ends a COPY that was read to its end. Diesel leaves its outcome lying on the connection; a plain message, and no
/// other, clears that away, and fails if COPY did, because the transaction has then failed too.
pub(super) fn copied_out(pg: &mut PgConnection) -> QueryResult<()> {
    pg.batch_execute("SELECT 1")
}

/// Sends the lines that `send` writes into `words`, a table with its columns; says how many rows came of them.
pub(super) fn copy_in(
    pg: &mut PgConnection,
    words: &str,
    send: impl Fn(&mut dyn Write) -> Result<(), ArchiveError>,
) -> Result<usize, ArchiveError> {
    WORDS.set(words.to_owned());
    diesel::copy_from(any_table::table).from_raw_data(Words, send).execute(pg)
}
