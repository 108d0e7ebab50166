DROP INDEX orders_pending_idx;
-- The releases before know no expired orders.
UPDATE order_events SET status = 'cancelled' WHERE status = 'expired';
UPDATE orders SET status = 'cancelled' WHERE status = 'expired';
ALTER TABLE orders DROP CONSTRAINT orders_status_check;
ALTER TABLE orders ADD CONSTRAINT orders_status_check
    CHECK (status IN ('pending', 'paid', 'fulfilled', 'cancelled', 'refunded'));
ALTER TABLE orders DROP COLUMN expires_at;
