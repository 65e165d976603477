-- What all processes know of each provider.

-- name: get
SELECT * FROM provider_state WHERE provider = :provider

-- name: name_ceiling
INSERT INTO provider_state (provider, ceiling, ceiling_at_ms) VALUES (:provider, :ceiling, :at_ms)
ON CONFLICT (provider) DO UPDATE SET ceiling = excluded.ceiling, ceiling_at_ms = excluded.ceiling_at_ms

-- name: keep_clock_skew
INSERT INTO provider_state (provider, clock_skew_ms) VALUES (:provider, :skew_ms)
ON CONFLICT (provider) DO UPDATE SET clock_skew_ms = excluded.clock_skew_ms

-- name: gates
-- A job that was the one that tries, and is not on its way to the provider any more, tries no longer.
SELECT provider_gates.*, (
    SELECT jobs.id FROM jobs WHERE jobs.id = provider_gates.probe_job AND jobs.state IN ('preparing', 'submitting')
) AS probe
FROM provider_gates WHERE provider = :provider ORDER BY kinds

-- name: tries
SELECT kinds, job_id FROM gate_tries WHERE provider = :provider

-- name: shut
-- Of several refusals the longest rest counts.
INSERT INTO provider_gates (provider, kinds, why, since_ms, rest_until_ms, told)
VALUES (:provider, :kinds, :why, :since_ms, :rest_until_ms, :told)
ON CONFLICT (provider, kinds) DO UPDATE SET
    why = excluded.why, since_ms = excluded.since_ms, told = excluded.told,
    rest_until_ms = CASE
        WHEN provider_gates.rest_until_ms > excluded.rest_until_ms THEN provider_gates.rest_until_ms
        ELSE excluded.rest_until_ms
    END

-- name: open
-- Not where another process has meanwhile shut it for longer.
DELETE FROM provider_gates WHERE provider = :provider AND kinds = :kinds AND rest_until_ms <= :rest_until_ms

-- name: forget_tries
DELETE FROM gate_tries WHERE provider = :provider AND kinds = :kinds
    AND NOT EXISTS (SELECT 1 FROM provider_gates WHERE provider = :provider AND kinds = :kinds)

-- name: claim
-- Makes this job the one that tries, if none became that since the row was read. Of two at the same time one succeeds.
UPDATE provider_gates SET probe_job = :job_id
WHERE provider = :provider AND kinds = :kinds AND COALESCE(probe_job, 0) = :seen

-- name: release
UPDATE provider_gates SET probe_job = NULL WHERE provider = :provider AND kinds = :kinds AND probe_job = :job_id

-- name: try
INSERT INTO gate_tries (provider, kinds, job_id) VALUES (:provider, :kinds, :job_id)
ON CONFLICT (provider, kinds, job_id) DO NOTHING

-- name: forget_try
DELETE FROM gate_tries WHERE provider = :provider AND kinds = :kinds AND job_id = :job_id
