-- Clips that were posted and not deleted since.

-- name: of_member
-- An appended '' keeps SQLite from using a column's index here, which would read the clips of all members.
SELECT jobs.id, jobs.request
FROM people
JOIN orders ON orders.person_id = people.id
JOIN jobs ON jobs.order_id = orders.id
WHERE people.discord_id = :member_id AND jobs.state || '' = 'done' AND jobs.created_at_ms >= :since_ms
    AND jobs.favourite >= :favourite AND (CAST(:kind AS TEXT) = '' OR jobs.kind = :kind)
    AND EXISTS (
        SELECT 1 FROM posts
        WHERE subject = 'job:' || jobs.id AND purpose = 'clip' AND part = 0 AND message_id IS NOT NULL
    )
ORDER BY jobs.created_at_ms DESC, jobs.id DESC
LIMIT :most OFFSET :skip

-- name: mark
UPDATE jobs SET favourite = :favourite WHERE id = :id AND state = 'done' RETURNING id
