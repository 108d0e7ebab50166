//! COPY of tables that are known only at run time.
//!
//! Diesel's COPY takes its target as a type, and writes the SQL after COPY without a value of that type. Here the type
//! reads that SQL from a thread-local variable, which is set for the one statement. All else is Diesel's, on the same
//! connection and in the same transaction.

use std::cell::RefCell;
use std::io::{BufRead, Write};

use diesel::connection::SimpleConnection;
use diesel::pg::{CopyTarget, Pg, PgConnection};
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;

use super::error::ArchiveError;

diesel::table! {
    /// Diesel needs a table's name at compile time. This one never appears in a statement.
    any_table (line) {
        line -> Text,
    }
}

thread_local! {
    /// The SQL between COPY and TO or FROM.
    static TARGET: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The target that [`TARGET`] names.
struct Target;

impl CopyTarget for Target {
    type Table = any_table::table;
    type SqlType = any_table::SqlType;

    fn walk_target(mut pass: AstPass<'_, '_, Pg>) -> QueryResult<()> {
        TARGET.with_borrow(|target| pass.push_sql(target));
        Ok(())
    }
}

/// Sets the formats of values for the transaction, whatever the settings of the server, the database or the login are.
pub(super) fn set_formats(pg: &mut PgConnection) -> QueryResult<()> {
    pg.batch_execute(
        "SET LOCAL DateStyle TO 'ISO, MDY'; SET LOCAL IntervalStyle TO 'postgres'; SET LOCAL TimeZone TO 'UTC'; \
         SET LOCAL bytea_output TO 'hex'; SET LOCAL extra_float_digits TO 1; SET LOCAL xmloption TO 'content'",
    )
}

/// The rows of `target`, a table with its columns or a query in brackets, as lines of COPY's text format.
///
/// Call [`finish_copy_out`] when all is read.
pub(super) fn copy_out<'a>(pg: &'a mut PgConnection, target: &str) -> QueryResult<impl BufRead + 'a> {
    TARGET.set(target.to_owned());
    diesel::copy_to(Target).load_raw(pg)
}

/// Ends a COPY that was read to its end. Diesel leaves its result on the connection. Only a simple query clears it, and
/// fails if COPY has failed, because the transaction has then failed too.
pub(super) fn finish_copy_out(pg: &mut PgConnection) -> QueryResult<()> {
    pg.batch_execute("SELECT 1")
}

/// Copies the lines that `send` writes into `target`, a table with its columns. Returns the number of rows.
pub(super) fn copy_in(
    pg: &mut PgConnection,
    target: &str,
    send: impl Fn(&mut dyn Write) -> Result<(), ArchiveError>,
) -> Result<usize, ArchiveError> {
    TARGET.set(target.to_owned());
    diesel::copy_from(any_table::table).from_raw_data(Target, send).execute(pg)
}
