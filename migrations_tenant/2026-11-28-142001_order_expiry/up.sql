-- When a pending order expires; null means never. Orders from before this column have none, and wait as they always did.
ALTER TABLE orders ADD COLUMN expires_at TIMESTAMPTZ;
ALTER TABLE orders DROP CONSTRAINT orders_status_check;
ALTER TABLE orders ADD CONSTRAINT orders_status_check
    CHECK (status IN ('pending', 'paid', 'fulfilled', 'cancelled', 'refunded', 'expired'));
-- The pending orders of one customer, without those that are done.
CREATE INDEX orders_pending_idx ON orders (customer_id) WHERE status = 'pending';
