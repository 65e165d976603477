-- What members asked for, written down before Discord is told "thinking", so that a killed bot goes on with it.

CREATE TABLE asked (
    -- The interaction's snowflake.
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    -- JSON with a version in it, '' once the outcome is known.
    payload TEXT NOT NULL CHECK (LENGTH(payload) <= 100000),
    application_id INTEGER NOT NULL,
    guild_id INTEGER,
    channel_id INTEGER,
    -- '' once it has expired.
    token TEXT NOT NULL,
    token_expires_at_ms INTEGER NOT NULL,
    upload_limit INTEGER NOT NULL,
    locale TEXT NOT NULL,
    guild_locale TEXT,
    private INTEGER NOT NULL CHECK (private IN (0, 1)),
    at_ms INTEGER NOT NULL,
    outcome TEXT
) STRICT;

CREATE INDEX asked_left ON asked (id) WHERE outcome IS NULL OR outcome = 'telling';
CREATE INDEX asked_with_token ON asked (token_expires_at_ms) WHERE token <> '';
CREATE INDEX asked_by_age ON asked (at_ms);
