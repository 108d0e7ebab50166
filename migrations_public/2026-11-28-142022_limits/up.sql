-- Limits on numbers, and limits that the operator sets for single shops.

-- By name, such as {"orders_per_minute": 600}; the names are in src/limits/limit.rs. The web login may not change it.
ALTER TABLE shops ADD COLUMN limits JSONB NOT NULL DEFAULT '{}';
-- Whoever opened the shop, and so has one shop less to open; null for shops that the operator made from a file. Not its
-- owner: anybody can be made an owner of anything.
ALTER TABLE shops ADD COLUMN opened_by UUID;
UPDATE shops SET opened_by = (
    SELECT user_id FROM memberships
    WHERE memberships.shop_id = shops.id AND memberships.role = 'owner'
    ORDER BY memberships.created_at, user_id LIMIT 1
);
ALTER TABLE shops ADD CONSTRAINT shops_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES users (id) ON DELETE SET NULL;
CREATE INDEX shops_opened_by_idx ON shops (opened_by);
-- Finds the few that have limits of their own without reading the many that have none.
CREATE INDEX shops_limits_idx ON shops (id) WHERE limits <> '{}';

-- Finds a user's open sessions without reading those that have ended.
CREATE INDEX sessions_open_idx ON sessions (user_id) WHERE revoked_at IS NULL;
