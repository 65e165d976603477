-- The tables of 0008 of SQLite; what a column means is said there.

CREATE TABLE provider_state (
    provider TEXT PRIMARY KEY,
    ceiling BIGINT CHECK (ceiling > 0),
    ceiling_at_ms BIGINT,
    clock_skew_ms BIGINT
);

CREATE TABLE provider_gates (
    provider TEXT NOT NULL,
    kinds TEXT NOT NULL,
    why TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    rest_until_ms BIGINT NOT NULL,
    probe_job BIGINT,
    told BIGINT NOT NULL CHECK (told IN (0, 1)),
    PRIMARY KEY (provider, kinds)
);

CREATE TABLE gate_tries (
    provider TEXT NOT NULL,
    kinds TEXT NOT NULL,
    job_id BIGINT NOT NULL,
    PRIMARY KEY (provider, kinds, job_id)
);
