-- The shop's people are listed with the newest first.
CREATE INDEX people_created_at_idx ON people (created_at, id);
