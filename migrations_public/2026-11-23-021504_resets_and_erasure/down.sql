DROP INDEX users_erasing_idx;
ALTER TABLE users DROP COLUMN erasing, DROP COLUMN erased_at;
DROP TABLE reset_tokens;
