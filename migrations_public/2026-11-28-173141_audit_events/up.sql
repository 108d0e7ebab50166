-- The audit trail: who did what to whom, in which shop, from where. No email address and no name ever stands here, so an
-- erased person is left as a bare id. It has no foreign keys: it outlives users and shops, and slows neither down.
CREATE TABLE audit_events (
    -- In the order of time (UUIDv7): lists and the removal of old events go by it.
    id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- A word of the list in the program.
    event TEXT NOT NULL,
    -- Who did it: a user, the operator, the system, or somebody who is not known.
    actor TEXT NOT NULL,
    actor_id UUID,
    -- The user to whom it was done; often the same.
    subject_id UUID,
    shop_id UUID,
    -- Of the client. Null for the operator and the system, and when the person was erased.
    address TEXT,
    user_agent TEXT NOT NULL DEFAULT '',
    details JSONB NOT NULL DEFAULT '{}',
    -- A hash of what may stand here only once: it bounds the rows that failed attempts make.
    once BYTEA,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id),
    CONSTRAINT audit_events_actor_check CHECK (actor IN ('user', 'operator', 'system', 'unknown')),
    CONSTRAINT audit_events_actor_id_check CHECK ((actor = 'user') = (actor_id IS NOT NULL))
);
CREATE INDEX audit_events_shop_id_idx ON audit_events (shop_id, id) WHERE shop_id IS NOT NULL;
CREATE INDEX audit_events_subject_id_idx ON audit_events (subject_id, id) WHERE subject_id IS NOT NULL;
-- What a user did to others; what one did to oneself is found as the subject.
CREATE INDEX audit_events_actor_id_idx ON audit_events (actor_id, id) WHERE actor_id IS DISTINCT FROM subject_id;
CREATE UNIQUE INDEX audit_events_once_key ON audit_events (once) WHERE once IS NOT NULL;
