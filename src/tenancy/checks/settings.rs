//! What the database runs on, and settings of PostgreSQL that may hurt. A server, a database or a login may have them; no transaction changes them.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::Serialize;

use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, begin, begin_owner};
use crate::tenancy::citus::ServerFacts;
use crate::tenancy::engine::Tenancy;

/// A setting that may hurt.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct OddSetting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// What it does, and what to do.
    pub advice: &'static str,
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    setting: String,
}

const CHANGED: &str = "SELECT name, setting FROM pg_settings WHERE setting <> boot_val";

impl Tenancy {
    /// What the database runs on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn server_facts(&self) -> Result<ServerFacts, TenancyError> {
        self.as_operator(|owner| Ok(ServerFacts::read(self.server, owner.pg())?))
    }

    /// The settings that may hurt, of either login.
    ///
    /// # Errors
    /// When the database fails.
    pub fn odd_settings(&self) -> Result<BTreeSet<OddSetting>, TenancyError> {
        let mut found =
            self.web.run_blocking(&begin(self.server, Mode::Plain, Duration::ZERO, ""), read)??;
        let owner = begin_owner(self.server, Mode::Plain, Duration::ZERO, self.limits.lock_timeout);
        found.extend(self.owner.run_blocking(&owner, read)??);
        Ok(found)
    }
}

fn read(pg: &mut PgConnection) -> Result<BTreeSet<OddSetting>, TenancyError> {
    let changed: Vec<Setting> = diesel::sql_query(CHANGED).load(pg)?;
    let odd = |Setting { name, setting: value }: Setting| {
        let advice = advice(&name, &value)?;
        Some(OddSetting { name, value, advice })
    };
    Ok(changed.into_iter().filter_map(odd).collect())
}

/// What to do about a setting that does not have PostgreSQL's own value.
fn advice(name: &str, value: &str) -> Option<&'static str> {
    Some(match (name, value) {
        ("default_transaction_read_only", "on") => {
            "requests that change something are answered with 503 read_only; reset it to allow changes"
        }
        ("synchronous_commit", "off") => {
            "a crash of PostgreSQL loses the last changes, though clients were told that they were made; set it to on"
        }
        ("fsync" | "full_page_writes", "off") => {
            "a crash of the machine can destroy the database; set it to on"
        }
        ("session_replication_role", _) => "foreign keys are not checked; set it to origin",
        ("transaction_timeout", _) => {
            "requests that take longer are answered with 503; statement_timeout limits them already: set it to 0"
        }
        ("exit_on_error", "on") => {
            "every refused request costs a connection, and is answered with 503; set it to off"
        }
        ("lc_messages", value) if !is_english(value) => {
            "errors are recognised by their English messages, so some are answered with 500 instead of 503; set it to C"
        }
        (name, "off") if name.starts_with("enable_") => {
            "PostgreSQL makes slow plans without it; set it to on"
        }
        _ => return None,
    })
}

fn is_english(locale: &str) -> bool {
    ["", "C", "POSIX"].contains(&locale) || locale.starts_with("C.") || locale.starts_with("en")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_hurt_is_listed() {
        for (name, value, is_odd) in [
            ("synchronous_commit", "off", true),
            ("synchronous_commit", "local", false),
            ("lc_messages", "de_DE.UTF-8", true),
            ("lc_messages", "C.UTF-8", false),
            ("lc_messages", "en_GB.UTF-8", false),
            ("enable_indexscan", "off", true),
            ("enable_partitionwise_join", "on", false),
            ("session_replication_role", "replica", true),
            ("max_connections", "40", false),
        ] {
            assert_eq!(advice(name, value).is_some(), is_odd, "{name} = {value}");
        }
    }
}
