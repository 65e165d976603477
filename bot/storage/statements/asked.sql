-- What members asked for, written down before its first answer and deleted after a week.

-- name: add
-- Inserts nothing where the interaction is there already, or its press is a second one.
INSERT INTO asked (
    id, person_id, kind, payload, application_id, guild_id, channel_id, token, token_expires_at_ms, upload_limit,
    locale, guild_locale, private, at_ms, press
)
SELECT
    :id, people.id, :kind, :payload, :application_id, :guild_id, :channel_id, :token, :token_expires_at_ms, :upload_limit,
    :locale, :guild_locale, :private, :at_ms, :press
FROM people WHERE people.discord_id = :member_id AND NOT EXISTS (
    SELECT 1 FROM asked AS earlier
    WHERE earlier.person_id = people.id AND earlier.press = :press AND earlier.press <> ''
        AND earlier.at_ms > :after_ms AND earlier.at_ms < :before_ms
        AND (earlier.outcome IS NULL OR earlier.outcome = 'booked')
)
ON CONFLICT (id) DO NOTHING
RETURNING id

-- name: there
SELECT id FROM asked WHERE id = :id

-- name: get
SELECT asked.*, people.discord_id AS member_id FROM asked JOIN people ON people.id = asked.person_id WHERE asked.id = :id

-- name: left
SELECT asked.*, people.discord_id AS member_id FROM asked JOIN people ON people.id = asked.person_id
WHERE asked.outcome IS NULL OR asked.outcome = 'telling'
ORDER BY asked.id

-- name: settle
-- The payload is blanked once nothing is left to do: an order or a draft has what was typed then. `telling` still needs it.
UPDATE asked SET outcome = :outcome, payload = CASE WHEN :outcome = 'telling' THEN payload ELSE '' END
WHERE id = :id AND (outcome IS NULL OR outcome = 'telling')

-- name: blank
UPDATE asked SET token = '' WHERE token_expires_at_ms <= :at_ms AND token <> ''

-- name: forget_told
-- The messages in which members were told that what they asked for came to nothing: their posts are deleted with what was asked.
DELETE FROM posts WHERE purpose = 'notice' AND subject IN (SELECT 'asked:' || asked.id FROM asked WHERE asked.at_ms < :before_ms)

-- name: forget_old
DELETE FROM asked WHERE at_ms < :before_ms
