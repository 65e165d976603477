-- What a job's own trouble, the operator's requests and a member's last known multiplier need to outlive a restart.

-- A queued job with trouble of its own is not in line before this moment.
ALTER TABLE jobs ADD COLUMN not_before_ms INTEGER;
-- Since when that trouble lasts: it makes the waits longer, and ends the job after a day.
ALTER TABLE jobs ADD COLUMN troubled_since_ms INTEGER;
-- How often a process died while this job was in the state that it is in.
ALTER TABLE jobs ADD COLUMN starts INTEGER NOT NULL DEFAULT 0;
-- Who does not want the clip any more: its owner pays for it all the same, a moderator's wish costs nobody.
ALTER TABLE jobs ADD COLUMN discarded_by INTEGER;
-- Since when a made clip waits for a place to be posted in.
ALTER TABLE jobs ADD COLUMN unposted_at_ms INTEGER;
-- The fence under which its posting began: under a later one, a process that died may have posted it already.
ALTER TABLE jobs ADD COLUMN posting_fence INTEGER;
-- By which way beside the channels the clip was begun to be sent: as an answer to the interaction, or a direct message.
ALTER TABLE jobs ADD COLUMN way TEXT;

-- What the operator asked for from the shell while a bot runs; the bot takes each up and answers it.
CREATE TABLE operator_requests (
    id INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('end', 'retry')),
    -- The operator knows what it may cost.
    sure INTEGER NOT NULL CHECK (sure IN (0, 1)),
    -- Chosen beforehand: a kill between booking and answer must not book another one.
    new_job_id INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    answered_at_ms INTEGER,
    done INTEGER CHECK (done IN (0, 1)),
    answer TEXT
) STRICT;

CREATE INDEX operator_requests_open ON operator_requests (id) WHERE answered_at_ms IS NULL;

-- The best role multiplier that a member was last seen with in a server: a direct message knows no roles.
CREATE TABLE multipliers (
    member_id INTEGER PRIMARY KEY,
    multiplier REAL NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
