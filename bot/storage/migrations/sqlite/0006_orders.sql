-- People, orders and accounts. An order is what one command, press or confirmation asked for, and its jobs are the clips that are
-- made for it. Every job from before becomes an order of one job with the same id, since the buttons under old messages name it.

DROP TRIGGER ledger_is_never_changed;
DROP TRIGGER ledger_is_never_shortened;
ALTER TABLE ledger RENAME TO old_ledger;
ALTER TABLE jobs RENAME TO old_jobs;

-- Other tables point here, so that a person can be forgotten and the sums stay.
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    discord_id INTEGER UNIQUE
) STRICT;

-- Whose credits are spent. Every member has one account, for all servers.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    person_id INTEGER REFERENCES people (id)
) STRICT;

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    -- What asked for it, `interaction:<id>` for example: what asks twice gets the same order.
    source TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    guild_id INTEGER,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    parent_job_id INTEGER,
    private INTEGER NOT NULL CHECK (private IN (0, 1)),
    locale TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    -- Set in the transaction that ends its last job.
    ended_at_ms INTEGER
) STRICT;

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    -- Its number in the order, from 0.
    position INTEGER NOT NULL,
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
    left_after INTEGER,
    resets_at_ms INTEGER,
    upload_limit_tried INTEGER,
    -- A queued job with trouble of its own is not in line before this moment.
    not_before_ms INTEGER,
    -- Since when that trouble lasts: it makes the waits longer, and ends the job after a day.
    troubled_since_ms INTEGER,
    -- How often a process died while this job was in the state that it is in.
    starts INTEGER NOT NULL DEFAULT 0,
    -- Who does not want the clip any more: its owner pays for it all the same, a moderator's wish costs nobody.
    discarded_by INTEGER,
    -- Since when a made clip waits for a place to be posted in.
    unposted_at_ms INTEGER,
    -- The fence under which its posting began: under a later one, a process that died may have posted it already.
    posting_fence INTEGER,
    -- What a member pays for a clip that is not as it was asked for, where that is less than its cost. Written when the clip was
    -- looked at, so that every way to its end charges the same.
    reduced_to INTEGER CHECK (reduced_to BETWEEN 0 AND cost),
    -- How full the bar of a clip that is being made was shown at most, in per cent, rounded up: after a restart it goes on here.
    bar_percent INTEGER CHECK (bar_percent BETWEEN 0 AND 100),
    -- Where its messages are. They may move to another place than the one where the order was given.
    application_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    token TEXT NOT NULL,
    token_expires_at_ms INTEGER NOT NULL,
    upload_limit INTEGER NOT NULL,
    locale TEXT NOT NULL,
    member_locale TEXT NOT NULL,
    private INTEGER NOT NULL CHECK (private IN (0, 1)),
    in_place INTEGER NOT NULL CHECK (in_place IN (0, 1)),
    card_id INTEGER,
    thread_id INTEGER,
    progress_id INTEGER,
    result_id INTEGER,
    result_url TEXT,
    -- By which way beside the channels the clip was begun to be sent: as an answer to the interaction, or a direct message.
    way TEXT,
    shown INTEGER NOT NULL DEFAULT 0 CHECK (shown IN (0, 1)),
    UNIQUE (order_id, position),
    -- Ended means all three at once; an unfinished job was charged nothing yet.
    CHECK ((ended_at_ms IS NULL) = (charged IS NULL)),
    CHECK ((ended_at_ms IS NULL) = (state NOT IN ('done', 'failed', 'cancelled', 'unknown')))
) STRICT;

CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    person_id INTEGER NOT NULL REFERENCES people (id),
    guild_id INTEGER,
    job_id INTEGER REFERENCES jobs (id),
    entry TEXT NOT NULL CHECK (entry IN ('reserve', 'settle', 'release', 'grant')),
    credits INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    counts_at_ms INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    CHECK ((entry = 'grant') = (job_id IS NULL)),
    CHECK (entry = 'grant' OR (credits <= 0) = (entry = 'reserve') OR credits = 0)
) STRICT;

INSERT INTO people (discord_id)
SELECT member_id FROM old_jobs UNION SELECT member_id FROM old_ledger ORDER BY member_id;

INSERT INTO accounts (kind, person_id) SELECT 'member', id FROM people ORDER BY id;

INSERT INTO orders (
    id, source, kind, person_id, guild_id, account_id, parent_job_id, private, locale, created_at_ms, ended_at_ms
)
SELECT
    old_jobs.id,
    CASE WHEN EXISTS (SELECT 1 FROM operator_requests WHERE new_job_id = old_jobs.id) THEN 'operator:' ELSE 'interaction:' END
        || old_jobs.id,
    'clip', people.id, old_jobs.guild_id, accounts.id, old_jobs.parent_id, old_jobs.private,
    old_jobs.locale, old_jobs.created_at_ms, old_jobs.ended_at_ms
FROM old_jobs
JOIN people ON people.discord_id = old_jobs.member_id
JOIN accounts ON accounts.person_id = people.id;

INSERT INTO jobs (
    id, order_id, position, state, fence, request, kind, resolution, duration, seed, provider, cost, created_at_ms,
    updated_at_ms, tries, provider_reference, submitted_at_ms, generated_at_ms, ended_at_ms, charged, discard, failure,
    failure_detail, left_after, resets_at_ms, upload_limit_tried, not_before_ms, troubled_since_ms, starts, discarded_by,
    unposted_at_ms, posting_fence, reduced_to, bar_percent, application_id, channel_id, token, token_expires_at_ms,
    upload_limit, locale, member_locale, private, in_place, card_id, thread_id, progress_id, result_id, result_url, way, shown
)
SELECT
    id, id, 0, state, fence, request, kind, resolution, duration, seed, provider, cost, created_at_ms,
    updated_at_ms, tries, provider_reference, submitted_at_ms, generated_at_ms, ended_at_ms, charged, discard, failure,
    failure_detail, left_after, resets_at_ms, upload_limit_tried, not_before_ms, troubled_since_ms, starts, discarded_by,
    unposted_at_ms, posting_fence, reduced_to, bar_percent, application_id, channel_id, token, token_expires_at_ms,
    upload_limit, locale, member_locale, private, in_place, card_id, thread_id, progress_id, result_id, result_url, way, shown
FROM old_jobs;

INSERT INTO ledger (id, account_id, person_id, guild_id, job_id, entry, credits, at_ms, counts_at_ms, note)
SELECT
    old_ledger.id, accounts.id, people.id, old_ledger.guild_id, old_ledger.job_id, old_ledger.entry, old_ledger.credits,
    old_ledger.at_ms, old_ledger.counts_at_ms, old_ledger.note
FROM old_ledger
JOIN people ON people.discord_id = old_ledger.member_id
JOIN accounts ON accounts.person_id = people.id
ORDER BY old_ledger.id;

DROP TABLE old_ledger;
DROP TABLE old_jobs;

CREATE UNIQUE INDEX accounts_of_person ON accounts (person_id, kind);

CREATE INDEX orders_unfinished ON orders (person_id) WHERE ended_at_ms IS NULL;
CREATE INDEX orders_unfinished_of_guild ON orders (guild_id) WHERE ended_at_ms IS NULL;
CREATE INDEX orders_ended_of_person ON orders (person_id, ended_at_ms) WHERE ended_at_ms IS NOT NULL;
CREATE INDEX orders_by_parent ON orders (parent_job_id, person_id) WHERE parent_job_id IS NOT NULL;

CREATE INDEX jobs_unfinished ON jobs (order_id) WHERE ended_at_ms IS NULL;
CREATE INDEX jobs_unshown ON jobs (ended_at_ms) WHERE ended_at_ms IS NOT NULL AND shown = 0;
CREATE INDEX jobs_done_alike ON jobs (provider, kind, resolution, ended_at_ms) WHERE state = 'done';
-- Two jobs must never claim one clip: one member would wait for ever, or both would get the same.
CREATE UNIQUE INDEX jobs_reference ON jobs (provider, provider_reference) WHERE provider_reference IS NOT NULL;
CREATE INDEX jobs_by_age ON jobs (provider, created_at_ms);

-- At most one reserve and one end of it, settle or release, for each job. Grants have no job and stay out of it.
CREATE UNIQUE INDEX ledger_of_job ON ledger (job_id, (entry = 'reserve'));
CREATE INDEX ledger_of_account ON ledger (account_id, counts_at_ms, credits);
CREATE INDEX ledger_of_guild ON ledger (guild_id, counts_at_ms, credits) WHERE entry <> 'grant';

CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledger_is_never_shortened BEFORE DELETE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
