-- Who had which turn at the providers; the line is ordered by it.

-- name: take
-- The job's turn, which `jobs.advance` gave it, is its member's last one now.
INSERT INTO turns (provider, person_id, turn)
SELECT jobs.provider, orders.person_id, jobs.turn FROM jobs JOIN orders ON orders.id = jobs.order_id WHERE jobs.id = :id
ON CONFLICT (provider, person_id) DO UPDATE SET turn = excluded.turn

-- name: of_members
SELECT people.discord_id AS member_id, MAX(turns.turn) AS turn
FROM turns JOIN people ON people.id = turns.person_id
GROUP BY people.discord_id

-- name: prune
-- Members who have nothing under way. The latest turn stays, since the next one follows it.
DELETE FROM turns
WHERE turn < (SELECT MAX(latest.turn) FROM turns AS latest)
    AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.person_id = turns.person_id AND orders.ended_at_ms IS NULL)
