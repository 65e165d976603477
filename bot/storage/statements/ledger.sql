-- Money. Rows are only ever added; a balance is a sum.

-- part: account
(
    SELECT accounts.id FROM people JOIN accounts ON accounts.person_id = people.id
    WHERE people.discord_id = :member_id AND accounts.kind = :kind
)

-- name: reserve
INSERT INTO ledger (account_id, person_id, guild_id, job_id, entry, credits, at_ms, counts_at_ms)
SELECT account_id, person_id, guild_id, :id, 'reserve', -CAST(:cost AS BIGINT), :at_ms, :at_ms FROM orders WHERE id = :order_id

-- name: close_reserve
-- The uncharged part goes back into the window (`counts_at_ms`) from which it was reserved.
INSERT INTO ledger (account_id, person_id, guild_id, job_id, entry, credits, at_ms, counts_at_ms)
SELECT account_id, person_id, guild_id, job_id, :entry, -credits - :charged, :at_ms, counts_at_ms
FROM ledger WHERE job_id = :id AND entry = 'reserve'
RETURNING id

-- name: booked
SELECT COALESCE(SUM(credits), 0) AS booked FROM ledger
WHERE account_id = /*account*/ AND counts_at_ms >= :start_ms AND counts_at_ms < :end_ms

-- name: booked_of_guild
-- Grants belong to one member, so they do not change what the whole guild may spend.
SELECT COALESCE(SUM(credits), 0) AS booked FROM ledger
WHERE guild_id = :guild_id AND entry <> 'grant' AND counts_at_ms >= :start_ms AND counts_at_ms < :end_ms

-- name: granted
SELECT COALESCE(SUM(credits), 0) AS granted FROM ledger
WHERE account_id = /*account*/ AND entry = 'grant' AND counts_at_ms >= :start_ms AND counts_at_ms < :end_ms

-- name: entries
-- Rows of 0 credits are left out: a clip that cost exactly its reserve is settled with 0.
SELECT ledger.*, people.discord_id AS member_id FROM ledger JOIN people ON people.id = ledger.person_id
WHERE ledger.account_id = /*account*/ AND ledger.credits <> 0 ORDER BY ledger.id DESC LIMIT :most

-- name: of_job
SELECT ledger.*, people.discord_id AS member_id FROM ledger JOIN people ON people.id = ledger.person_id
WHERE ledger.job_id = :job_id ORDER BY ledger.id

-- name: grant
INSERT INTO ledger (account_id, person_id, guild_id, job_id, entry, credits, at_ms, counts_at_ms, note)
SELECT accounts.id, people.id, :guild_id, NULL, 'grant', :credits, :at_ms, :at_ms, :note
FROM people JOIN accounts ON accounts.person_id = people.id
WHERE people.discord_id = :member_id AND accounts.kind = :kind
RETURNING *, (SELECT people.discord_id FROM people WHERE people.id = ledger.person_id) AS member_id
