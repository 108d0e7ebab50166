DROP INDEX sessions_expires_at_idx;
ALTER TABLE sessions DROP COLUMN refreshed_at, DROP COLUMN user_agent;
