//! The tables of `public`.
//!
//! Written by `./dev schema` from the migrations; a test holds the two equal.

diesel::table! {
    address_proofs (token_hash) {
        token_hash -> Bytea,
        email -> Text,
        purpose -> Text,
        user_id -> Nullable<Uuid>,
        password_hash -> Nullable<Text>,
        name -> Nullable<Text>,
        shop_id -> Nullable<Uuid>,
        invitation_hash -> Nullable<Bytea>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Uuid,
        user_id -> Uuid,
        shop_id -> Uuid,
        role -> Text,
        name -> Text,
        key_hash -> Bytea,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        scopes -> Nullable<Array<Text>>,
        last_used_at -> Nullable<Timestamptz>,
        rotated_at -> Nullable<Timestamptz>,
        previous_hash -> Nullable<Bytea>,
        previous_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    applied_migrations (tree, version) {
        tree -> Text,
        version -> Text,
        name -> Text,
        checksum -> Text,
        applied_at -> Timestamptz,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Uuid,
        created_at -> Timestamptz,
        event -> Text,
        actor -> Text,
        actor_id -> Nullable<Uuid>,
        subject_id -> Nullable<Uuid>,
        shop_id -> Nullable<Uuid>,
        address -> Nullable<Text>,
        user_agent -> Text,
        details -> Jsonb,
        once -> Nullable<Bytea>,
    }
}

diesel::table! {
    deadlines (shop_id, item_id) {
        shop_id -> Uuid,
        item_id -> Uuid,
        due_at -> Timestamptz,
    }
}

diesel::table! {
    former_members (user_id, shop_id) {
        user_id -> Uuid,
        shop_id -> Uuid,
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
    installation (singleton) {
        singleton -> Bool,
        name -> Text,
        rights_version -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    invitation_counts (subject) {
        subject -> Bytea,
        made -> Int4,
        ends_at -> Timestamptz,
    }
}

diesel::table! {
    invitations (id) {
        id -> Uuid,
        shop_id -> Uuid,
        email -> Text,
        role -> Text,
        token_hash -> Bytea,
        invited_by -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        user_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    known_devices (session_id) {
        session_id -> Uuid,
        user_id -> Uuid,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    mailed_resets (token_hash) {
        token_hash -> Bytea,
        user_id -> Uuid,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    memberships (user_id, shop_id) {
        user_id -> Uuid,
        shop_id -> Uuid,
        role -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        recipient -> Text,
        template -> Text,
        contents -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        state -> Text,
        attempts -> Int4,
        due_at -> Timestamptz,
        give_up_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    recovery_codes (user_id, code_hash) {
        user_id -> Uuid,
        code_hash -> Bytea,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Bytea,
        session_id -> Uuid,
        created_at -> Timestamptz,
        spent_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    removed_members (shop_id, email_hash) {
        shop_id -> Uuid,
        email_hash -> Bytea,
        user_id -> Uuid,
        removed_at -> Timestamptz,
    }
}

diesel::table! {
    reset_tokens (user_id) {
        user_id -> Uuid,
        token_hash -> Bytea,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        user_agent -> Text,
        refreshed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    shops (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        description -> Text,
        currency -> Text,
        state -> Text,
        schema_version -> Text,
        schema_floor -> Text,
        migrated_at -> Timestamptz,
        failed_from -> Nullable<Text>,
        failed_migration -> Nullable<Text>,
        failure -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_from -> Nullable<Text>,
        deleted_at -> Nullable<Timestamptz>,
        erase_after -> Nullable<Timestamptz>,
        erasing_since -> Nullable<Timestamptz>,
        order_hold_minutes -> Int4,
        limits -> Jsonb,
        opened_by -> Nullable<Uuid>,
        require_second_factor -> Bool,
    }
}

diesel::table! {
    sign_in_attempts (subject) {
        subject -> Bytea,
        attempts -> Int4,
        last_at -> Timestamptz,
        free_at -> Timestamptz,
    }
}

diesel::table! {
    totp_factors (user_id) {
        user_id -> Uuid,
        secret -> Bytea,
        created_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> Int8,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        erased_at -> Nullable<Timestamptz>,
        erasing -> Bool,
        email_verified_at -> Nullable<Timestamptz>,
    }
}

diesel::joinable!(address_proofs -> users (user_id));
diesel::joinable!(former_members -> shops (shop_id));
diesel::joinable!(former_members -> users (user_id));
diesel::joinable!(idempotency_keys -> users (user_id));
diesel::joinable!(known_devices -> users (user_id));
diesel::joinable!(mailed_resets -> users (user_id));
diesel::joinable!(memberships -> shops (shop_id));
diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(recovery_codes -> totp_factors (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(removed_members -> shops (shop_id));
diesel::joinable!(removed_members -> users (user_id));
diesel::joinable!(reset_tokens -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(shops -> users (opened_by));
diesel::joinable!(totp_factors -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(
    address_proofs,
    api_keys,
    applied_migrations,
    audit_events,
    deadlines,
    former_members,
    idempotency_keys,
    installation,
    invitation_counts,
    invitations,
    known_devices,
    mailed_resets,
    memberships,
    outbox,
    recovery_codes,
    refresh_tokens,
    removed_members,
    reset_tokens,
    sessions,
    shops,
    sign_in_attempts,
    totp_factors,
    users,
);
