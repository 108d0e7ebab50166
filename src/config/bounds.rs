//! The bounds of the settings that are numbers.

use crate::identity::MIN_ITERATIONS;

use super::error::ConfigError;
use super::settings::{MAX_WORKERS, Settings};

impl Settings {
    /// Checks that each setting is one that the server can work with.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let in_bounds = [
            ("pool_size", u64::from(self.pool_size), 1, 1_000),
            ("pool_active", self.pool_active.into(), 0, 1_000),
            ("pool_timeout_ms", self.pool_timeout_ms, 10, 60_000),
            ("backend_mb", self.backend_mb.into(), 8, 1_000_000),
            ("statement_timeout_ms", self.statement_timeout_ms, 100, 60_000),
            ("body_pause_ms", self.body_pause_ms, 100, 600_000),
            // A waiting client gives up after some time, and Rocket waits for answers when it ends.
            ("refusal_delay_ms", self.refusal_delay_ms, 0, 5_000),
            ("transfers", self.transfers.into(), 1, 10_000),
            ("transfers_share", self.transfers_share.into(), 1, 10_000),
            // One shop has half of it, and that is to be enough for an import.
            ("spool_mb", self.spool_mb.into(), 128, 1_000_000),
            ("import_wait_rows", self.import_wait_rows.into(), 0, 1_000_000_000),
            ("lock_timeout_ms", self.lock_timeout_ms, 10, 600_000),
            ("shutdown_delay_seconds", self.shutdown_delay_seconds.into(), 0, 300),
            ("migrations_workers", self.migrations_workers.into(), 0, MAX_WORKERS.into()),
            ("shops_grace_days", self.shops_grace_days.into(), 0, 3_650),
            ("audit_days", self.audit_days.into(), 0, 36_500),
            ("password_iterations", u64::from(self.password_iterations), MIN_ITERATIONS.into(), 100_000_000),
            ("session_idle_hours", self.session_idle_hours.into(), 1, 87_600),
            ("session_max_hours", self.session_max_hours.into(), 1, 87_600),
        ];
        match in_bounds.iter().find(|(_, value, least, most)| value < least || value > most) {
            Some((name, value, least, most)) => {
                Err(ConfigError::Bounds(format!("{name} is {value}, but must be from {least} to {most}")))
            }
            None => self.proxies().map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_iterations_are_refused() {
        let mut weak = Settings::default();
        weak.password_iterations = MIN_ITERATIONS - 1;
        assert!(weak.check().unwrap_err().to_string().contains("password_iterations"));
        assert!(Settings::default().check().is_ok());
    }
}
