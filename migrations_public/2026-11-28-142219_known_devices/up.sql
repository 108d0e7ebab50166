-- Devices from which a user has signed in. A device token names its row here; without the row it has no value.
-- A row outlives its session: whoever signs out, or whose session expires, is known when signing in again. It ends when
-- its session is ended from another one, when the password is reset, or after its time.
CREATE TABLE known_devices (
    -- The session that was opened when the device became known. It may be gone.
    session_id UUID NOT NULL,
    user_id UUID NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT known_devices_pkey PRIMARY KEY (session_id),
    CONSTRAINT known_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
-- The ids of sessions are in the order of time, so this also finds a user's oldest ones.
CREATE INDEX known_devices_user_id_idx ON known_devices (user_id, session_id);
CREATE INDEX known_devices_expires_at_idx ON known_devices (expires_at);
