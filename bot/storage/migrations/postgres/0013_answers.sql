-- As 0017 of SQLite; what the column means is said there. No such database has rows yet.

ALTER TABLE posts ADD COLUMN asked_id BIGINT;

ALTER TABLE jobs
    DROP COLUMN application_id, DROP COLUMN token, DROP COLUMN token_expires_at_ms, DROP COLUMN upload_limit;
