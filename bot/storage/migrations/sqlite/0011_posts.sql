-- Our messages and threads at Discord, one row each, written before they are sent. What each column means: bot/domain/post.py.
-- Until now the rows of jobs told where they are.

CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    -- `order:<id>`, `job:<id>` or `operator`.
    subject TEXT NOT NULL,
    purpose TEXT NOT NULL,
    part INTEGER NOT NULL DEFAULT 0,
    way TEXT,
    channel_id INTEGER,
    nonce TEXT NOT NULL,
    message_id INTEGER,
    state TEXT NOT NULL,
    fence INTEGER,
    -- What a card has to show, and what it shows: it is brought up to date while they differ.
    wanted_rev INTEGER NOT NULL DEFAULT 0,
    shown_rev INTEGER NOT NULL DEFAULT 0,
    -- How often Discord refused that in a row, and when it is tried again.
    tried INTEGER NOT NULL DEFAULT 0,
    due_ms INTEGER NOT NULL DEFAULT 0,
    UNIQUE (subject, purpose, part)
) STRICT;

INSERT INTO posts (subject, purpose, way, channel_id, nonce, message_id, state, wanted_rev, shown_rev)
SELECT
    'order:' || order_id, 'card', CASE token WHEN '' THEN 'channel' ELSE 'answer' END, channel_id, id || 'c', card_id,
    CASE WHEN card_id IS NULL THEN 'begun' ELSE 'sent' END, ended_at_ms IS NOT NULL, ended_at_ms IS NOT NULL AND shown
FROM jobs ORDER BY id;

INSERT INTO posts (subject, purpose, way, channel_id, nonce, message_id, state)
SELECT
    'order:' || order_id, 'thread', 'channel', channel_id, id || 't', thread_id,
    CASE WHEN in_place THEN 'refused' WHEN thread_id IS NULL THEN 'wanted' ELSE 'sent' END
FROM jobs ORDER BY id;

INSERT INTO posts (subject, purpose, way, channel_id, nonce, message_id, state)
SELECT
    'order:' || order_id, 'progress', 'channel', COALESCE(thread_id, channel_id), id || 'p', progress_id,
    CASE WHEN progress_id IS NULL THEN 'begun' ELSE 'sent' END
FROM jobs WHERE progress_id IS NOT NULL OR thread_id IS NOT NULL ORDER BY id;

-- A clip that may be there. The first version wrote down no fence and no way when it began to post one.
INSERT INTO posts (subject, purpose, way, channel_id, nonce, message_id, state, fence)
SELECT
    'job:' || id, 'clip',
    CASE
        WHEN way IS NOT NULL THEN way
        WHEN result_url LIKE 'https://discord.com/channels/@me/%' THEN 'direct'
        WHEN NOT private THEN 'channel'
        WHEN result_id IS NOT NULL THEN 'answer'
    END,
    CASE
        -- The channel of a clip that was posted stands in its link: .../channels/<server>/<channel>/<message>.
        WHEN result_url LIKE 'https://discord.com/channels/%/%/%' THEN CAST(SUBSTR(
            SUBSTR(result_url, 30), INSTR(SUBSTR(result_url, 30), '/') + 1
        ) AS INTEGER)
        WHEN way IN ('channel', 'answer') OR (private AND result_id IS NOT NULL) THEN channel_id
        WHEN way IS NULL AND NOT private THEN COALESCE(thread_id, channel_id)
    END,
    CAST(id AS TEXT), result_id,
    CASE WHEN result_id IS NOT NULL THEN 'sent' WHEN state = 'done' THEN 'deleted' ELSE 'begun' END,
    posting_fence
FROM jobs
WHERE posting_fence IS NOT NULL OR way IS NOT NULL OR result_id IS NOT NULL OR state IN ('delivering', 'done') ORDER BY id;

-- What the member of a private job may have been told by direct message: that it ended, or that its clip waits for a place.
INSERT INTO posts (subject, purpose, part, way, nonce, state)
SELECT
    'job:' || id, 'notice', CASE state WHEN 'unposted' THEN 2 ELSE 1 END, 'direct',
    id || CASE state WHEN 'unposted' THEN 'u' ELSE 'e' END, 'begun'
FROM jobs WHERE private AND (state = 'unposted' OR (ended_at_ms IS NOT NULL AND NOT shown)) ORDER BY id;

DROP INDEX jobs_unshown;
ALTER TABLE jobs DROP COLUMN posting_fence;
ALTER TABLE jobs DROP COLUMN in_place;
ALTER TABLE jobs DROP COLUMN card_id;
ALTER TABLE jobs DROP COLUMN thread_id;
ALTER TABLE jobs DROP COLUMN progress_id;
ALTER TABLE jobs DROP COLUMN result_id;
ALTER TABLE jobs DROP COLUMN result_url;
ALTER TABLE jobs DROP COLUMN way;
ALTER TABLE jobs DROP COLUMN shown;

CREATE INDEX posts_behind ON posts (due_ms) WHERE shown_rev < wanted_rev;
