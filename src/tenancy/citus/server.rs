//! How the same is said to PostgreSQL alone and to Citus.
//!
//! Citus sends a `SET LOCAL` on to its workers with the whole message that it stands in, and so it sends many changes of a schema.
//! A message with several statements would arrive as a whole, once for each of them.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::database::{DatabaseError, Pool};

use super::statements::statements;

/// Begins a transaction that asks something, also where the server or the login limits transactions to a moment.
pub(in crate::tenancy) const BEGIN_QUESTION: &str = "BEGIN READ ONLY; SET LOCAL statement_timeout TO 0; \
     SET LOCAL idle_in_transaction_session_timeout TO 0";

/// What the database runs on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::tenancy) enum Server {
    /// One PostgreSQL server.
    Alone,
    /// Citus: on one node, or on a coordinator with workers.
    Citus,
}

impl Server {
    /// What `owner` connects to.
    pub(in crate::tenancy) fn of(owner: &Pool) -> Result<Self, DatabaseError> {
        #[derive(QueryableByName)]
        struct Answer {
            #[diesel(sql_type = Bool)]
            is_citus: bool,
        }
        let query = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') AS is_citus";
        let answer = owner.run_blocking(BEGIN_QUESTION, |pg| {
            diesel::sql_query(query).get_result::<Answer>(pg).map_err(DatabaseError::from)
        })??;
        Ok(if answer.is_citus { Self::Citus } else { Self::Alone })
    }

    /// SQL of settings of a transaction, for a message that has other statements too. `settings` are `SET LOCAL` statements.
    ///
    /// Inside `DO`, each of them is the whole message that Citus sends on. The role is set without being sent on: a worker's
    /// connection has it already, and may take no other.
    pub(in crate::tenancy) fn settings(self, settings: &str) -> String {
        if self == Self::Alone {
            return settings.to_owned();
        }
        let each =
            statements(settings).into_iter().map(|setting| match setting.strip_prefix("SET LOCAL ROLE ") {
                Some(role) => format!("PERFORM set_config('role', '{role}', true)"),
                None => setting.to_owned(),
            });
        let each: Vec<String> = each.collect();
        format!(
            "DO $settings$BEGIN SET LOCAL citus.propagate_set_commands TO 'local'; {}; END$settings$",
            each.join("; ")
        )
    }

    /// The same without a query, which would take the transaction's snapshot: workers hear nothing of these settings.
    pub(in crate::tenancy) fn settings_of_coordinator(self, settings: &str) -> String {
        match self {
            Self::Alone => settings.to_owned(),
            Self::Citus => format!("SET LOCAL citus.propagate_set_commands TO none; {settings}"),
        }
    }

    /// Executes statements that change schemas, or settings beside others: in one message, or on Citus each in its own.
    pub(in crate::tenancy) fn execute(self, pg: &mut PgConnection, sql: &str) -> QueryResult<()> {
        match self {
            Self::Alone => pg.batch_execute(sql),
            Self::Citus => statements(sql).iter().try_for_each(|statement| pg.batch_execute(statement)),
        }
    }

    /// A setting of the transaction that migrates `public`: only the coordinator has its tables and functions.
    pub(in crate::tenancy) fn keep_ddl_here(self, pg: &mut PgConnection) -> QueryResult<()> {
        match self {
            Self::Alone => Ok(()),
            Self::Citus => pg.batch_execute("SET LOCAL citus.enable_ddl_propagation TO off"),
        }
    }

    /// SQL that says, before a schema is created, whether it may be placed on a worker.
    pub(in crate::tenancy) fn placement(self, is_placed: bool) -> &'static str {
        match (self, is_placed) {
            (Self::Alone, _) => "",
            (Self::Citus, true) => "SET LOCAL citus.enable_schema_based_sharding TO on; ",
            (Self::Citus, false) => "SET LOCAL citus.enable_schema_based_sharding TO off; ",
        }
    }

    /// The condition of a shop's policy. In a sub-select it is computed once a query, but Citus takes none there. The planner expects
    /// half of the rows to pass a `CASE`, and one in 200 a comparison.
    pub(in crate::tenancy) fn policy(self, schema: &str) -> String {
        match self {
            Self::Alone => format!("(SELECT current_schema() = '{schema}')"),
            Self::Citus => format!("CASE WHEN current_schema() = '{schema}' THEN true ELSE false END"),
        }
    }

    /// Whether several shops can be migrated by one message.
    pub(in crate::tenancy) fn has_batches(self) -> bool {
        self == Self::Alone
    }

    /// Whether there are several servers, or may be.
    pub(in crate::tenancy) fn has_nodes(self) -> bool {
        self == Self::Citus
    }

    /// Whether settings of a session hold wherever its statements are executed.
    pub(in crate::tenancy) fn keeps_session_settings(self) -> bool {
        self == Self::Alone
    }

    /// Whether a transaction that has written in a schema may go on in it with another role.
    pub(in crate::tenancy) fn allows_another_role(self) -> bool {
        self == Self::Alone
    }

    /// Whether an error is PostgreSQL's refusal. Citus has other errors, which say nothing about rights.
    pub(in crate::tenancy) fn is_refusal(self, error: &DatabaseError) -> bool {
        let says = |words| error.message().is_some_and(|message| message.contains(words));
        // A server alone may speak another language.
        let is_known = self == Self::Alone
            || ["permission denied", "row-level security", "does not exist"].into_iter().any(says);
        error.message().is_some() && error.trouble().is_none() && is_known
    }

    /// Whether the shop role has to sign in: the coordinator connects to workers as it.
    pub(in crate::tenancy) fn signs_in_as_shop_role(self) -> bool {
        self == Self::Citus
    }
}

#[cfg(test)]
mod tests {
    use super::Server;

    #[test]
    fn settings_are_sent_on_one_by_one_and_the_role_is_not() {
        let settings = "SET LOCAL search_path TO a, pg_temp; SET LOCAL ROLE b";
        assert_eq!(Server::Alone.settings(settings), settings);
        assert_eq!(
            Server::Citus.settings(settings),
            "DO $settings$BEGIN SET LOCAL citus.propagate_set_commands TO 'local'; \
             SET LOCAL search_path TO a, pg_temp; PERFORM set_config('role', 'b', true); END$settings$"
        );
    }
}
