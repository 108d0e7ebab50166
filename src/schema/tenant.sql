-- A shop's schema, from which new shops are made. The migrations say why it is so.
-- Written by `./dev schema` from the migrations; a test holds the two equal.
-- version: 20261129034603
CREATE TABLE counters (
    name text NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT counters_pkey PRIMARY KEY (name)
);
INSERT INTO counters (name, value) VALUES ('order_number', '1000'), ('products', '0'), ('variants', '0');
CREATE TABLE people (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (id)
);
CREATE INDEX people_created_at_idx ON people USING btree (created_at, id);
CREATE TABLE products (
    id uuid NOT NULL,
    handle text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    vendor text NOT NULL,
    product_type text NOT NULL,
    tags text[] NOT NULL,
    status text NOT NULL,
    options text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (id),
    CONSTRAINT products_handle_key UNIQUE (handle),
    CONSTRAINT products_status_check CHECK ((status = ANY (ARRAY['active'::text, 'draft'::text, 'archived'::text])))
);
CREATE INDEX products_created_at_idx ON products USING btree (created_at, id);
CREATE INDEX products_product_type_created_at_idx ON products USING btree (product_type, created_at, id);
CREATE INDEX products_product_type_title_idx ON products USING btree (product_type, title COLLATE "C", id);
CREATE INDEX products_status_created_at_idx ON products USING btree (status, created_at, id);
CREATE INDEX products_status_title_idx ON products USING btree (status, title COLLATE "C", id);
CREATE INDEX products_title_idx ON products USING btree (title COLLATE "C", id);
CREATE INDEX products_vendor_created_at_idx ON products USING btree (vendor, created_at, id);
CREATE INDEX products_vendor_title_idx ON products USING btree (vendor, title COLLATE "C", id);
CREATE TABLE variants (
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    sku text,
    options text[] NOT NULL,
    price bigint NOT NULL,
    compare_at_price bigint,
    currency text NOT NULL,
    track_stock boolean NOT NULL,
    allow_oversell boolean NOT NULL,
    stock bigint NOT NULL,
    barcode text,
    grams bigint NOT NULL,
    "position" integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT variants_pkey PRIMARY KEY (id),
    CONSTRAINT variants_compare_at_price_check CHECK ((compare_at_price >= 0)),
    CONSTRAINT variants_grams_check CHECK ((grams >= 0)),
    CONSTRAINT variants_price_check CHECK ((price >= 0)),
    CONSTRAINT variants_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE
);
CREATE INDEX variants_product_id_idx ON variants USING btree (product_id, "position", id);
CREATE INDEX variants_sku_idx ON variants USING btree (sku) WHERE (sku IS NOT NULL);
CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    request_hash bytea NOT NULL,
    status integer NOT NULL,
    location text,
    etag text,
    body bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key_hash),
    CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys USING btree (created_at);
CREATE TABLE images (
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    url text NOT NULL,
    alt text NOT NULL,
    "position" integer NOT NULL,
    CONSTRAINT images_pkey PRIMARY KEY (id),
    CONSTRAINT images_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE
);
CREATE INDEX images_product_id_idx ON images USING btree (product_id, "position", id);
CREATE TABLE imports (
    id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    user_id uuid NOT NULL,
    rows_total integer NOT NULL,
    rows_done integer NOT NULL,
    report jsonb,
    problem jsonb,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT imports_pkey PRIMARY KEY (id),
    CONSTRAINT imports_ended_at_check CHECK (((state = ANY (ARRAY['running'::text, 'cancelling'::text])) = (ended_at IS NULL))),
    CONSTRAINT imports_kind_check CHECK ((kind = ANY (ARRAY['products'::text, 'stock'::text]))),
    CONSTRAINT imports_state_check CHECK ((state = ANY (ARRAY['running'::text, 'cancelling'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT imports_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id)
);
CREATE INDEX imports_open_idx ON imports USING btree (id) WHERE (ended_at IS NULL);
CREATE INDEX imports_user_id_idx ON imports USING btree (user_id);
CREATE TABLE orders (
    id uuid NOT NULL,
    number bigint NOT NULL,
    status text NOT NULL,
    customer_id uuid NOT NULL,
    email text NOT NULL,
    note text NOT NULL,
    shipping_address jsonb,
    currency text NOT NULL,
    total bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_number_key UNIQUE (number),
    CONSTRAINT orders_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'paid'::text, 'fulfilled'::text, 'cancelled'::text, 'refunded'::text, 'expired'::text]))),
    CONSTRAINT orders_total_check CHECK ((total >= 0)),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES people(id)
);
CREATE INDEX orders_created_at_idx ON orders USING btree (created_at, id);
CREATE INDEX orders_customer_id_idx ON orders USING btree (customer_id, created_at, id);
CREATE INDEX orders_pending_idx ON orders USING btree (customer_id) WHERE (status = 'pending'::text);
CREATE TABLE product_tags (
    tag text COLLATE "C" NOT NULL,
    product_id uuid NOT NULL,
    CONSTRAINT product_tags_pkey PRIMARY KEY (tag, product_id),
    CONSTRAINT product_tags_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE
);
CREATE INDEX product_tags_product_id_idx ON product_tags USING btree (product_id, tag);
CREATE TABLE product_words (
    word text COLLATE "C" NOT NULL,
    product_id uuid NOT NULL,
    CONSTRAINT product_words_pkey PRIMARY KEY (word, product_id),
    CONSTRAINT product_words_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE
);
CREATE INDEX product_words_product_id_idx ON product_words USING btree (product_id, word);
CREATE TABLE stock_movements (
    id uuid NOT NULL,
    variant_id uuid NOT NULL,
    delta bigint NOT NULL,
    reason text NOT NULL,
    actor_id uuid NOT NULL,
    order_id uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT stock_movements_pkey PRIMARY KEY (id),
    CONSTRAINT stock_movements_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES people(id),
    CONSTRAINT stock_movements_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id) ON DELETE SET NULL,
    CONSTRAINT stock_movements_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES variants(id) ON DELETE CASCADE
);
CREATE INDEX stock_movements_actor_id_idx ON stock_movements USING btree (actor_id);
CREATE INDEX stock_movements_order_id_idx ON stock_movements USING btree (order_id);
CREATE INDEX stock_movements_variant_id_idx ON stock_movements USING btree (variant_id, created_at, id);
CREATE TABLE order_events (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    status text NOT NULL,
    actor_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT order_events_pkey PRIMARY KEY (id),
    CONSTRAINT order_events_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES people(id),
    CONSTRAINT order_events_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id) ON DELETE CASCADE
);
CREATE INDEX order_events_actor_id_idx ON order_events USING btree (actor_id);
CREATE INDEX order_events_order_id_idx ON order_events USING btree (order_id, created_at, id);
CREATE TABLE order_lines (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    "position" integer NOT NULL,
    variant_id uuid,
    title text NOT NULL,
    variant_title text NOT NULL,
    options jsonb NOT NULL,
    sku text,
    quantity bigint NOT NULL,
    unit_price bigint NOT NULL,
    total bigint NOT NULL,
    stock_taken boolean NOT NULL,
    CONSTRAINT order_lines_pkey PRIMARY KEY (id),
    CONSTRAINT order_lines_quantity_check CHECK ((quantity > 0)),
    CONSTRAINT order_lines_total_check CHECK ((total = (unit_price * quantity))),
    CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id) ON DELETE CASCADE,
    CONSTRAINT order_lines_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES variants(id) ON DELETE SET NULL
);
CREATE INDEX order_lines_order_id_idx ON order_lines USING btree (order_id, "position");
CREATE INDEX order_lines_variant_id_idx ON order_lines USING btree (variant_id);
