-- Orders.

-- name: of_source
SELECT orders.*, people.discord_id AS member_id FROM orders JOIN people ON people.id = orders.person_id
WHERE orders.source = :source

-- name: get
SELECT orders.*, people.discord_id AS member_id FROM orders JOIN people ON people.id = orders.person_id WHERE orders.id = :id

-- name: insert
-- Inserts nothing where the member has no such account yet.
INSERT INTO orders (
    id, source, kind, size, person_id, guild_id, account_id, parent_job_id, private, locale, prompt, created_at_ms
)
SELECT :id, :source, :kind, :size, people.id, :guild_id, accounts.id, :parent_job_id, :private, :locale, :prompt, :at_ms
FROM people JOIN accounts ON accounts.person_id = people.id
WHERE people.discord_id = :member_id AND accounts.kind = :account_kind

-- name: running_of_member
-- Unfinished orders and jobs at each provider. An unposted clip holds its credits, but does not count as running, so its member
-- can start the next one.
SELECT jobs.provider, COUNT(DISTINCT jobs.order_id) AS orders, COUNT(*) AS jobs
FROM people
JOIN orders ON orders.person_id = people.id AND orders.ended_at_ms IS NULL
JOIN jobs ON jobs.order_id = orders.id
WHERE people.discord_id = :member_id AND jobs.ended_at_ms IS NULL AND jobs.state <> 'unposted'
GROUP BY jobs.provider

-- name: running_of_guild
SELECT jobs.provider, COUNT(DISTINCT jobs.order_id) AS orders, COUNT(*) AS jobs
FROM orders
JOIN jobs ON jobs.order_id = orders.id
WHERE orders.guild_id = :guild_id AND orders.ended_at_ms IS NULL AND jobs.ended_at_ms IS NULL AND jobs.state <> 'unposted'
GROUP BY jobs.provider

-- name: use
-- Marks one clip of an order of several as the one in use. Nothing changes where it is that one already, or was not posted.
UPDATE orders SET used_job_id = :job_id
WHERE id = (SELECT jobs.order_id FROM jobs WHERE jobs.id = :job_id AND jobs.state = 'done')
    AND size > 1 AND COALESCE(used_job_id, 0) <> :job_id

-- name: end
-- Ends the order of a job that has ended, if it was the last one.
UPDATE orders SET ended_at_ms = :at_ms
WHERE id = (SELECT jobs.order_id FROM jobs WHERE jobs.id = :job_id) AND ended_at_ms IS NULL
    AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.order_id = orders.id AND jobs.ended_at_ms IS NULL)
