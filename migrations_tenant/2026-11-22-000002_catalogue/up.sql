-- What the shop sells.

CREATE TABLE products (
    id UUID NOT NULL,
    handle TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    vendor TEXT NOT NULL,
    product_type TEXT NOT NULL,
    tags TEXT[] NOT NULL,
    status TEXT NOT NULL,
    -- The names of the options, such as {Size,Colour}; a variant has one value for each, in this order.
    options TEXT[] NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (id),
    CONSTRAINT products_handle_key UNIQUE (handle),
    CONSTRAINT products_status_check CHECK (status IN ('active', 'draft', 'archived'))
);
CREATE INDEX products_created_at_idx ON products (created_at, id);
CREATE INDEX products_title_idx ON products (title, id);

CREATE TABLE variants (
    id UUID NOT NULL,
    product_id UUID NOT NULL,
    sku TEXT,
    options TEXT[] NOT NULL,
    -- Minor units of the currency, such as cents.
    price BIGINT NOT NULL,
    compare_at_price BIGINT,
    -- The shop's currency, kept here so that a product is read without leaving its schema.
    currency TEXT NOT NULL,
    track_stock BOOLEAN NOT NULL,
    allow_oversell BOOLEAN NOT NULL,
    stock BIGINT NOT NULL,
    barcode TEXT,
    grams BIGINT NOT NULL,
    position INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT variants_pkey PRIMARY KEY (id),
    CONSTRAINT variants_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT variants_price_check CHECK (price >= 0),
    CONSTRAINT variants_compare_at_price_check CHECK (compare_at_price >= 0),
    CONSTRAINT variants_grams_check CHECK (grams >= 0),
    -- The last word on overselling, whatever the application does.
    CONSTRAINT variants_stock_check CHECK (stock >= 0 OR allow_oversell OR NOT track_stock)
);
CREATE INDEX variants_product_id_idx ON variants (product_id, position, id);
CREATE UNIQUE INDEX variants_sku_key ON variants (sku) WHERE sku IS NOT NULL;

CREATE TABLE images (
    id UUID NOT NULL,
    product_id UUID NOT NULL,
    url TEXT NOT NULL,
    alt TEXT NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT images_pkey PRIMARY KEY (id),
    CONSTRAINT images_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE INDEX images_product_id_idx ON images (product_id, position, id);
