-- Money. Rows are only ever added; a balance is a sum.

-- name: reserve
INSERT INTO ledger (job_id, member_id, guild_id, entry, credits, at_ms, counts_at_ms)
VALUES (:id, :member_id, :guild_id, 'reserve', -CAST(:cost AS INTEGER), :at_ms, :at_ms)

-- name: close_reserve
-- The uncharged part goes back into the window (`counts_at_ms`) from which it was reserved.
INSERT INTO ledger (job_id, member_id, guild_id, entry, credits, at_ms, counts_at_ms)
SELECT job_id, member_id, guild_id, :entry, -credits - :charged, :at_ms, counts_at_ms
FROM ledger WHERE job_id = :id AND entry = 'reserve'
RETURNING id

-- name: booked
SELECT COALESCE(SUM(credits), 0) AS booked FROM ledger
WHERE member_id = :member_id AND counts_at_ms >= :start_ms AND counts_at_ms < :end_ms

-- name: booked_of_guild
-- Grants belong to one member, so they do not change what the whole guild may spend.
SELECT COALESCE(SUM(credits), 0) AS booked FROM ledger
WHERE guild_id = :guild_id AND entry <> 'grant' AND counts_at_ms >= :start_ms AND counts_at_ms < :end_ms

-- name: granted
SELECT COALESCE(SUM(credits), 0) AS granted FROM ledger
WHERE member_id = :member_id AND entry = 'grant' AND counts_at_ms >= :start_ms AND counts_at_ms < :end_ms

-- name: entries
-- Rows of 0 credits are left out: a clip that cost exactly its reserve is settled with 0.
SELECT * FROM ledger WHERE member_id = :member_id AND credits <> 0 ORDER BY id DESC LIMIT :most

-- name: of_job
SELECT * FROM ledger WHERE job_id = :job_id ORDER BY id

-- name: grant
INSERT INTO ledger (job_id, member_id, guild_id, entry, credits, at_ms, counts_at_ms, note)
VALUES (NULL, :member_id, :guild_id, 'grant', :credits, :at_ms, :at_ms, :note)
RETURNING *
