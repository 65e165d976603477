-- What members asked for; what a column means is said in the migration of SQLite.

CREATE TABLE asked (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (LENGTH(payload) <= 100000),
    application_id BIGINT NOT NULL,
    guild_id BIGINT,
    channel_id BIGINT,
    token TEXT NOT NULL,
    token_expires_at_ms BIGINT NOT NULL,
    upload_limit BIGINT NOT NULL,
    locale TEXT NOT NULL,
    guild_locale TEXT,
    private BIGINT NOT NULL CHECK (private IN (0, 1)),
    at_ms BIGINT NOT NULL,
    outcome TEXT
);

CREATE INDEX asked_left ON asked (id) WHERE outcome IS NULL OR outcome = 'telling';
CREATE INDEX asked_with_token ON asked (token_expires_at_ms) WHERE token <> '';
CREATE INDEX asked_by_age ON asked (at_ms);
