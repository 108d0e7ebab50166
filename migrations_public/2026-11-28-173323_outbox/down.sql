DROP TABLE mailed_resets;
DROP TABLE outbox;
