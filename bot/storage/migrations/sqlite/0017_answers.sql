-- What answers an interaction (its token, and the limits that Discord told with it) stands in `asked` alone. A card says which
-- interaction it answers. Until now each job had a copy.

ALTER TABLE posts ADD COLUMN asked_id INTEGER;

-- An order's card: the row of `asked` with the same token; else the interaction that the order's source names; else an id that no
-- interaction has. A card that the bot posted by itself gets none.
UPDATE posts SET asked_id = (
    SELECT COALESCE(
        (
            SELECT asked.id FROM jobs JOIN asked ON asked.token_expires_at_ms = jobs.token_expires_at_ms AND asked.token = jobs.token
            WHERE jobs.order_id = orders.id AND jobs.elsewhere = 0 AND asked.token <> ''
        ),
        CASE WHEN orders.source LIKE 'interaction:%' THEN CAST(SUBSTR(orders.source, 13) AS INTEGER) END,
        -orders.id
    )
    FROM orders WHERE orders.id = CAST(SUBSTR(posts.subject, 7) AS INTEGER)
)
WHERE subject LIKE 'order:%' AND purpose = 'card' AND way = 'answer';

-- The card of a clip that was posted elsewhere than the others of its order answers the press that asked for that.
UPDATE posts SET asked_id = (
    SELECT COALESCE(
        (
            SELECT asked.id FROM asked
            WHERE asked.token_expires_at_ms = jobs.token_expires_at_ms AND asked.token = jobs.token AND asked.token <> ''
        ),
        -jobs.id
    )
    FROM jobs WHERE jobs.id = CAST(SUBSTR(posts.subject, 5) AS INTEGER)
)
WHERE subject LIKE 'job:%' AND purpose = 'card' AND way = 'answer';

-- Interactions from before `asked`, and those whose row is gone, of what is under way or may still be answered: no token that
-- expired before the last change of any job is still valid.
INSERT INTO asked (
    id, person_id, kind, payload, application_id, guild_id, channel_id, token, token_expires_at_ms, upload_limit, locale,
    guild_locale, private, at_ms, outcome
)
SELECT
    posts.asked_id, orders.person_id, 'press', '', jobs.application_id, orders.guild_id, jobs.channel_id, jobs.token,
    jobs.token_expires_at_ms, jobs.upload_limit, jobs.member_locale,
    CASE WHEN orders.guild_id IS NOT NULL THEN orders.locale END, jobs.private, jobs.token_expires_at_ms - 900000, 'booked'
FROM jobs
JOIN orders ON orders.id = jobs.order_id
JOIN posts ON posts.purpose = 'card' AND posts.part = 0
    AND posts.subject = CASE jobs.elsewhere WHEN 1 THEN 'job:' || jobs.id ELSE 'order:' || jobs.order_id END
WHERE posts.asked_id IS NOT NULL
    AND (jobs.ended_at_ms IS NULL OR jobs.token_expires_at_ms > (SELECT MAX(updated_at_ms) FROM jobs))
ON CONFLICT (id) DO NOTHING;

ALTER TABLE jobs DROP COLUMN application_id;
ALTER TABLE jobs DROP COLUMN token;
ALTER TABLE jobs DROP COLUMN token_expires_at_ms;
ALTER TABLE jobs DROP COLUMN upload_limit;
