//! Plain SQL on a database, for what HTTP cannot show.

use std::fmt;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

#[expect(clippy::disallowed_methods, reason = "the tests look below the pool")]
fn establish(url: &str) -> PgConnection {
    PgConnection::establish(url).unwrap()
}

/// A plain connection, with a few helpers.
pub struct Sql(pub PgConnection);

#[derive(QueryableByName)]
struct Cell {
    #[diesel(sql_type = Nullable<Text>)]
    cell: Option<String>,
}

impl Sql {
    /// A connection to any database.
    pub fn to(url: &str) -> Self {
        Self(establish(url))
    }

    /// Runs statements; the error is why they were refused.
    pub fn try_run(&mut self, statements: impl fmt::Display) -> QueryResult<()> {
        self.0.batch_execute(&statements.to_string())
    }

    /// Runs statements that must succeed.
    pub fn run(&mut self, statements: impl fmt::Display) {
        let statements = statements.to_string();
        self.0.batch_execute(&statements).unwrap_or_else(|error| panic!("{error}: {statements}"));
    }

    /// The first column of a query, as text.
    pub fn column(&mut self, query: impl fmt::Display) -> Vec<String> {
        self.try_column(&query).unwrap_or_else(|error| panic!("{error}: {query}"))
    }

    /// The first column of a query, as text, or its error.
    pub fn try_column(&mut self, query: impl fmt::Display) -> QueryResult<Vec<String>> {
        column(&mut self.0, query)
    }

    /// The one cell of a query, as text.
    pub fn one(&mut self, query: impl fmt::Display) -> String {
        let mut cells = self.column(&query);
        assert_eq!(cells.len(), 1, "{query}");
        cells.remove(0)
    }

    /// Every row of every table of a schema, as text.
    pub fn content(&mut self, schema: &str) -> Vec<String> {
        let tables = self.column(format!(
            "SELECT relname FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r' ORDER BY 1"
        ));
        let rows = |table: &String| {
            let rows =
                self.one(format!("SELECT array_agg(t::text ORDER BY t::text) FROM {schema}.{table} t"));
            format!("{table}: {rows}")
        };
        tables.iter().map(rows).collect()
    }

    /// The number of rows of a table, or of a table with its condition.
    pub fn count(&mut self, table: impl fmt::Display) -> i64 {
        self.one(format!("SELECT count(*) FROM {table}")).parse().unwrap()
    }
}

/// SQL of the time in a column, moved by an interval such as `-1 day`. By way of a time without a zone: Citus updates with no function
/// of a column that depends on settings.
pub fn moved(column: &str, by: &str) -> String {
    format!("(({column} AT TIME ZONE 'UTC') + interval '{by}') AT TIME ZONE 'UTC'")
}

/// The first column of a query as text; NULL is empty.
pub fn column(pg: &mut PgConnection, query: impl fmt::Display) -> QueryResult<Vec<String>> {
    let as_text = format!("SELECT cell::text FROM ({query}) AS asked (cell)");
    let cells: Vec<Cell> = sql_query(as_text).load(pg)?;
    Ok(cells.into_iter().map(|row| row.cell.unwrap_or_default()).collect())
}
