//! Connections that are lent for a moment and kept for the next one who asks: a new connection costs PostgreSQL a process,
//! which takes longer than most statements of tests.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex};

use diesel::connection::{CacheSize, Connection};

use super::sql::Sql;

/// Connections of one login to one database that nobody uses at the moment.
#[derive(Clone, Default)]
pub struct Lender(Arc<Mutex<Vec<Sql>>>);

impl Lender {
    /// One that was given back, or a new one.
    pub fn lend(&self, connect: impl FnOnce() -> Sql) -> Lent {
        let kept = self.0.lock().unwrap().pop();
        let sql = kept.unwrap_or_else(|| {
            let mut sql = connect();
            // What gives it back to the next one as it was new also ends prepared statements.
            sql.0.set_prepared_statement_cache_size(CacheSize::Disabled);
            sql
        });
        Lent { sql: Some(sql), lender: self.clone() }
    }
}

/// A connection that goes back when it is dropped, unless it is broken or has a transaction open.
pub struct Lent {
    sql: Option<Sql>,
    lender: Lender,
}

impl Drop for Lent {
    fn drop(&mut self) {
        // It refuses inside a transaction.
        let clean = self.sql.take().and_then(|mut sql| sql.try_run("DISCARD ALL").is_ok().then_some(sql));
        if let Ok(mut kept) = self.lender.0.lock() {
            kept.extend(clean);
        }
    }
}

impl Deref for Lent {
    type Target = Sql;

    fn deref(&self) -> &Sql {
        self.sql.as_ref().expect("it is there until it is dropped")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Sql {
        self.sql.as_mut().expect("it is there until it is dropped")
    }
}
