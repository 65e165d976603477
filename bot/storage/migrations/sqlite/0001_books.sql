-- Jobs, money, images and what must outlive a restart. Times are epoch milliseconds, truth values 0 or 1, JSON is text.

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,
    request TEXT NOT NULL,
    -- Copies of what is inside `request`, to find like clips by.
    kind TEXT NOT NULL,
    resolution TEXT NOT NULL,
    duration INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    provider TEXT NOT NULL,
    cost INTEGER NOT NULL CHECK (cost >= 0),
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    provider_reference TEXT,
    submitted_at_ms INTEGER,
    generated_at_ms INTEGER,
    ended_at_ms INTEGER,
    charged INTEGER CHECK (charged BETWEEN 0 AND cost),
    discard INTEGER NOT NULL DEFAULT 0 CHECK (discard IN (0, 1)),
    failure TEXT,
    failure_detail TEXT,
    parent_id INTEGER,
    left_after INTEGER,
    resets_at_ms INTEGER,
    upload_limit_tried INTEGER,
    application_id INTEGER NOT NULL,
    guild_id INTEGER,
    channel_id INTEGER NOT NULL,
    token TEXT NOT NULL,
    token_expires_at_ms INTEGER NOT NULL,
    upload_limit INTEGER NOT NULL,
    locale TEXT NOT NULL,
    private INTEGER NOT NULL CHECK (private IN (0, 1)),
    in_place INTEGER NOT NULL CHECK (in_place IN (0, 1)),
    card_id INTEGER,
    thread_id INTEGER,
    progress_id INTEGER,
    result_id INTEGER,
    result_url TEXT,
    shown INTEGER NOT NULL DEFAULT 0 CHECK (shown IN (0, 1)),
    -- Ended means all three at once; an unfinished job was charged nothing yet.
    CHECK ((ended_at_ms IS NULL) = (charged IS NULL)),
    CHECK ((ended_at_ms IS NULL) = (state NOT IN ('done', 'failed', 'cancelled', 'unknown')))
) STRICT;

CREATE INDEX jobs_unfinished ON jobs (member_id, guild_id) WHERE ended_at_ms IS NULL;
CREATE INDEX jobs_unfinished_of_guild ON jobs (guild_id) WHERE ended_at_ms IS NULL;
CREATE INDEX jobs_ended_of_member ON jobs (member_id, ended_at_ms) WHERE ended_at_ms IS NOT NULL;
CREATE INDEX jobs_unshown ON jobs (ended_at_ms) WHERE ended_at_ms IS NOT NULL AND shown = 0;
CREATE INDEX jobs_done_alike ON jobs (provider, kind, resolution, ended_at_ms) WHERE state = 'done';
CREATE INDEX jobs_by_parent ON jobs (parent_id, member_id) WHERE parent_id IS NOT NULL;
-- Two jobs must never claim one clip: one member would wait for ever, or both would get the same.
CREATE UNIQUE INDEX jobs_reference ON jobs (provider, provider_reference) WHERE provider_reference IS NOT NULL;
CREATE INDEX jobs_by_age ON jobs (provider, created_at_ms);

CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    job_id INTEGER REFERENCES jobs (id),
    member_id INTEGER NOT NULL,
    guild_id INTEGER,
    entry TEXT NOT NULL CHECK (entry IN ('reserve', 'settle', 'release', 'grant')),
    credits INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    counts_at_ms INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    CHECK ((entry = 'grant') = (job_id IS NULL)),
    CHECK (entry = 'grant' OR (credits <= 0) = (entry = 'reserve') OR credits = 0)
) STRICT;

-- At most one reserve and one end of it, settle or release, for each job. Grants have no job and stay out of it.
CREATE UNIQUE INDEX ledger_of_job ON ledger (job_id, (entry = 'reserve'));
CREATE INDEX ledger_of_member ON ledger (member_id, counts_at_ms, credits);
CREATE INDEX ledger_of_guild ON ledger (guild_id, counts_at_ms, credits) WHERE entry <> 'grant';

CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledger_is_never_shortened BEFORE DELETE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    media_type TEXT NOT NULL,
    -- When it was last handed in.
    at_ms INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE INDEX blobs_by_age ON blobs (at_ms);

-- Which jobs need an image: for as long as they are kept, for Again and Remix.
CREATE TABLE job_images (
    sha256 TEXT NOT NULL,
    job_id INTEGER NOT NULL,
    PRIMARY KEY (sha256, job_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE uploads (
    provider TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    reference TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (provider, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
    id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL,
    content TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX drafts_by_age ON drafts (at_ms);

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
