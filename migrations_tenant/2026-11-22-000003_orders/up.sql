-- What was bought, what became of it, and what moved the stock.

-- Numbers that count up without gaps. A row, not a sequence: a sequence has no row-level policy.
CREATE TABLE counters (
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT counters_pkey PRIMARY KEY (name)
);
-- The first order is number 1001.
INSERT INTO counters (name, value) VALUES ('order_number', 1000);

CREATE TABLE orders (
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    status TEXT NOT NULL,
    customer_id UUID NOT NULL,
    email TEXT NOT NULL,
    note TEXT NOT NULL,
    shipping_address JSONB,
    currency TEXT NOT NULL,
    total BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_number_key UNIQUE (number),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES people (id),
    CONSTRAINT orders_total_check CHECK (total >= 0),
    CONSTRAINT orders_status_check CHECK (status IN ('pending', 'paid', 'fulfilled', 'cancelled', 'refunded'))
);
CREATE INDEX orders_created_at_idx ON orders (created_at, id);
CREATE INDEX orders_customer_id_idx ON orders (customer_id, created_at, id);

-- A line keeps what was bought as it was then, and outlives the variant.
CREATE TABLE order_lines (
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    position INTEGER NOT NULL,
    variant_id UUID,
    title TEXT NOT NULL,
    variant_title TEXT NOT NULL,
    -- Option names and values, such as {"Size": "Small"}.
    options JSONB NOT NULL,
    sku TEXT,
    quantity BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    total BIGINT NOT NULL,
    -- Whether stock was taken for this line, and is to be put back when the order is undone.
    stock_taken BOOLEAN NOT NULL,
    CONSTRAINT order_lines_pkey PRIMARY KEY (id),
    CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT order_lines_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES variants (id) ON DELETE SET NULL,
    CONSTRAINT order_lines_quantity_check CHECK (quantity > 0),
    CONSTRAINT order_lines_total_check CHECK (total = unit_price * quantity)
);
CREATE INDEX order_lines_order_id_idx ON order_lines (order_id, position);
CREATE INDEX order_lines_variant_id_idx ON order_lines (variant_id);

CREATE TABLE order_events (
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    -- The status that the order took.
    status TEXT NOT NULL,
    actor_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT order_events_pkey PRIMARY KEY (id),
    CONSTRAINT order_events_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT order_events_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES people (id)
);
CREATE INDEX order_events_order_id_idx ON order_events (order_id, created_at, id);
CREATE INDEX order_events_actor_id_idx ON order_events (actor_id);

-- Append-only: a variant's stock is the sum of its movements.
CREATE TABLE stock_movements (
    id UUID NOT NULL,
    variant_id UUID NOT NULL,
    delta BIGINT NOT NULL,
    reason TEXT NOT NULL,
    actor_id UUID NOT NULL,
    order_id UUID,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT stock_movements_pkey PRIMARY KEY (id),
    CONSTRAINT stock_movements_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES variants (id) ON DELETE CASCADE,
    CONSTRAINT stock_movements_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES people (id),
    CONSTRAINT stock_movements_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE SET NULL
);
CREATE INDEX stock_movements_variant_id_idx ON stock_movements (variant_id, created_at, id);
CREATE INDEX stock_movements_actor_id_idx ON stock_movements (actor_id);
CREATE INDEX stock_movements_order_id_idx ON stock_movements (order_id);
