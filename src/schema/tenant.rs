//! The tables of a shop's schema.
//!
//! Written by `./dev schema` from the migrations; a test holds the two equal.

diesel::table! {
    counters (name) {
        name -> Text,
        value -> Int8,
    }
}

diesel::table! {
    idempotency_keys (user_id, key_hash) {
        user_id -> Uuid,
        key_hash -> Bytea,
        request_hash -> Bytea,
        status -> Int4,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    images (id) {
        id -> Uuid,
        product_id -> Uuid,
        url -> Text,
        alt -> Text,
        position -> Int4,
    }
}

diesel::table! {
    imports (id) {
        id -> Uuid,
        kind -> Text,
        state -> Text,
        user_id -> Uuid,
        rows_total -> Int4,
        rows_done -> Int4,
        report -> Nullable<Jsonb>,
        problem -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    order_events (id) {
        id -> Uuid,
        order_id -> Uuid,
        status -> Text,
        actor_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    order_lines (id) {
        id -> Uuid,
        order_id -> Uuid,
        position -> Int4,
        variant_id -> Nullable<Uuid>,
        title -> Text,
        variant_title -> Text,
        options -> Jsonb,
        sku -> Nullable<Text>,
        quantity -> Int8,
        unit_price -> Int8,
        total -> Int8,
        stock_taken -> Bool,
    }
}

diesel::table! {
    orders (id) {
        id -> Uuid,
        number -> Int8,
        status -> Text,
        customer_id -> Uuid,
        email -> Text,
        note -> Text,
        shipping_address -> Nullable<Jsonb>,
        currency -> Text,
        total -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    people (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    product_tags (tag, product_id) {
        tag -> Text,
        product_id -> Uuid,
    }
}

diesel::table! {
    product_words (word, product_id) {
        word -> Text,
        product_id -> Uuid,
    }
}

diesel::table! {
    products (id) {
        id -> Uuid,
        handle -> Text,
        title -> Text,
        description -> Text,
        vendor -> Text,
        product_type -> Text,
        tags -> Array<Text>,
        status -> Text,
        options -> Array<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    stock_movements (id) {
        id -> Uuid,
        variant_id -> Uuid,
        delta -> Int8,
        reason -> Text,
        actor_id -> Uuid,
        order_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    variants (id) {
        id -> Uuid,
        product_id -> Uuid,
        sku -> Nullable<Text>,
        options -> Array<Text>,
        price -> Int8,
        compare_at_price -> Nullable<Int8>,
        currency -> Text,
        track_stock -> Bool,
        allow_oversell -> Bool,
        stock -> Int8,
        barcode -> Nullable<Text>,
        grams -> Int8,
        position -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(idempotency_keys -> people (user_id));
diesel::joinable!(images -> products (product_id));
diesel::joinable!(imports -> people (user_id));
diesel::joinable!(order_events -> people (actor_id));
diesel::joinable!(order_events -> orders (order_id));
diesel::joinable!(order_lines -> orders (order_id));
diesel::joinable!(order_lines -> variants (variant_id));
diesel::joinable!(orders -> people (customer_id));
diesel::joinable!(product_tags -> products (product_id));
diesel::joinable!(product_words -> products (product_id));
diesel::joinable!(stock_movements -> people (actor_id));
diesel::joinable!(stock_movements -> orders (order_id));
diesel::joinable!(stock_movements -> variants (variant_id));
diesel::joinable!(variants -> products (product_id));

diesel::allow_tables_to_appear_in_same_query!(
    counters,
    idempotency_keys,
    images,
    imports,
    order_events,
    order_lines,
    orders,
    people,
    product_tags,
    product_words,
    products,
    stock_movements,
    variants,
);
