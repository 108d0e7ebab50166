DROP INDEX sessions_open_idx;
ALTER TABLE shops DROP COLUMN opened_by, DROP COLUMN limits;
