DROP TABLE invitation_counts;
ALTER TABLE removed_members DROP COLUMN removed_at;
DROP INDEX invitations_email_idx;
-- Offers to members mean nothing without the column.
DELETE FROM invitations WHERE user_id IS NOT NULL;
ALTER TABLE invitations DROP COLUMN user_id;
