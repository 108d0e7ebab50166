DROP INDEX shops_erase_after_idx;
ALTER TABLE shops DROP CONSTRAINT shops_deleting_check;
ALTER TABLE shops DROP COLUMN erasing_since;
ALTER TABLE shops DROP COLUMN erase_after;
ALTER TABLE shops DROP COLUMN deleted_at;
ALTER TABLE shops DROP COLUMN deleted_from;
