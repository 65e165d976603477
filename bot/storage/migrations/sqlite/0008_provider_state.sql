-- What all processes know of each provider, over restarts too: its ceiling, its clock, and why it takes no clips.

CREATE TABLE provider_state (
    provider TEXT PRIMARY KEY,
    -- How many clips at a time it named when it refused one too many, and when that was last.
    ceiling INTEGER CHECK (ceiling > 0),
    ceiling_at_ms INTEGER,
    -- How far its clock is ahead of ours.
    clock_skew_ms INTEGER
) STRICT, WITHOUT ROWID;

-- Since when and why a provider takes no clips, one row for all of them and one for each model that is closed.
CREATE TABLE provider_gates (
    provider TEXT NOT NULL,
    -- The kinds of clips of a closed model, sorted, with commas between them; empty for all.
    kinds TEXT NOT NULL,
    why TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    -- Nobody tries before.
    rest_until_ms INTEGER NOT NULL,
    -- The only job that tries, for as long as it is preparing or submitting.
    probe_job INTEGER,
    -- The operator knows of it.
    told INTEGER NOT NULL CHECK (told IN (0, 1)),
    PRIMARY KEY (provider, kinds)
) STRICT, WITHOUT ROWID;

-- Jobs that tried there in vain: others go first.
CREATE TABLE gate_tries (
    provider TEXT NOT NULL,
    kinds TEXT NOT NULL,
    job_id INTEGER NOT NULL,
    PRIMARY KEY (provider, kinds, job_id)
) STRICT, WITHOUT ROWID;

-- Both were texts in `settings` before. What can't be read is left out: it is learned again.
INSERT INTO provider_state (provider, clock_skew_ms)
SELECT 'scenario', CAST(value AS INTEGER) FROM settings
WHERE key = 'clock.scenario' AND value GLOB '*[0-9]' AND LENGTH(value) <= 15;

INSERT OR IGNORE INTO provider_gates (provider, kinds, why, since_ms, rest_until_ms, told)
SELECT
    SUBSTR(held.key, 6),
    COALESCE(
        (SELECT GROUP_CONCAT(kind, ',') FROM (SELECT value AS kind FROM JSON_EACH(row.value, '$.kinds') ORDER BY value)), ''
    ),
    JSON_EXTRACT(row.value, '$.why'),
    JSON_EXTRACT(row.value, '$.since_ms'),
    0,
    JSON_EXTRACT(row.value, '$.told')
FROM settings AS held, JSON_EACH(CASE WHEN JSON_VALID(held.value) THEN held.value ELSE '[]' END) AS row
WHERE held.key LIKE 'hold.%' AND row.type = 'object'
    AND JSON_TYPE(row.value, '$.why') = 'text'
    AND JSON_TYPE(row.value, '$.since_ms') = 'integer'
    AND JSON_TYPE(row.value, '$.told') IN ('true', 'false')
    AND JSON_TYPE(row.value, '$.kinds') IN ('null', 'array');

DELETE FROM settings WHERE key = 'clock.scenario' OR key LIKE 'hold.%';
