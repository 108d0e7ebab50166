//! Whether a connection's session at the server is its own. Only then may something stay there between two transactions: prepared
//! statements, which PostgreSQL parses and plans once, and a read's transaction that has not ended.
//!
//! A prepared statement belongs to a session of the server. A pooler that lends sessions out for a transaction at a time, such
//! as PgBouncer in transaction mode, may run a transaction in a session where the statement is unknown, or where another client
//! has another one of the same name. So statements are kept only where it is certain that the session is the connection's own, or
//! that the pooler knows statements and gives them names of its own (PgBouncer from 1.21 on, with `max_prepared_statements`).

use std::sync::OnceLock;

use diesel::connection::{CacheSize, Connection as _};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};
use serde::{Deserialize, Serialize};

use super::url::{DatabaseUrl, OWN_SESSION};

/// Whether statements are kept prepared.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PreparedStatements {
    /// Where it is certain that they live.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// How PgBouncer's own names of statements begin.
const POOLER_NAMES: &str = "PGBOUNCER_";

/// What a connection leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Session {
    /// A session of its own.
    Own,
    /// Sessions that it shares with others, but prepared statements live.
    Pooled,
    /// Sessions that it may share with others.
    Unknown,
}

impl Session {
    pub(super) fn keeps_statements(self) -> bool {
        self != Self::Unknown
    }
}

/// Finds out, once for all connections of a login, what they lead to.
pub struct Sessions {
    setting: PreparedStatements,
    url: DatabaseUrl,
    found: OnceLock<Session>,
}

impl Sessions {
    /// For the connections to `url`.
    pub fn new(setting: PreparedStatements, url: DatabaseUrl) -> Self {
        Self { setting, url, found: OnceLock::new() }
    }

    /// What a connection leads to. The first time it may ask the server, and then there may be a connection that can be used.
    pub(super) fn kind(&self) -> (Session, Option<PgConnection>) {
        let known = match self.setting {
            PreparedStatements::On => Some(Session::Pooled),
            PreparedStatements::Off => Some(Session::Unknown),
            PreparedStatements::Auto => self.found.get().copied(),
        };
        known.map_or_else(|| self.find(), |session| (session, None))
    }

    fn find(&self) -> (Session, Option<PgConnection>) {
        // When the server cannot be asked, the next connection tries again.
        let Some((session, connection)) = self.ask() else { return (Session::Unknown, None) };
        let session = *self.found.get_or_init(|| {
            if session == Session::Unknown {
                tracing::info!(
                    "statements are not kept prepared: between this server and PostgreSQL is a pooler; \
                     see SHOPHOUSE_PREPARED_STATEMENTS"
                );
            }
            session
        });
        (session, connection)
    }

    fn ask(&self) -> Option<(Session, Option<PgConnection>)> {
        if let Ok(mut pg) = connect(&self.url.for_own_session())
            && is_own_session(&mut pg)
        {
            return Some((Session::Own, (!self.url.may_have_options()).then_some(pg)));
        }
        let mut pg = connect(&self.url.for_pool()).ok()?;
        pg.set_prepared_statement_cache_size(CacheSize::Unbounded);
        let names = pg.transaction(statement_names).ok()?;
        let lives = names.iter().any(|name| name.starts_with(POOLER_NAMES));
        Some((if lives { Session::Pooled } else { Session::Unknown }, None))
    }
}

#[expect(clippy::disallowed_methods, reason = "it asks about connections, and never leaves this module")]
fn connect(url: &str) -> ConnectionResult<PgConnection> {
    PgConnection::establish(url)
}

fn is_own_session(pg: &mut PgConnection) -> bool {
    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = Nullable<Text>)]
        value: Option<String>,
    }
    let asked = diesel::sql_query("SELECT current_setting($1, true) AS value").bind::<Text, _>(OWN_SESSION);
    asked.get_result::<Setting>(pg).is_ok_and(|setting| setting.value.as_deref() == Some("yes"))
}

/// The names of the session's statements, of which one was just prepared.
fn statement_names(pg: &mut PgConnection) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Statement {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let _: i32 = diesel::select(1.into_sql::<Integer>()).get_result(pg)?;
    let names = diesel::sql_query("SELECT name FROM pg_prepared_statements");
    Ok(names.load::<Statement>(pg)?.into_iter().map(|statement| statement.name).collect())
}
