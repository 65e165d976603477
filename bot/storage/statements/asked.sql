-- What members asked for, from before its first answer until its outcome is known.

-- name: add
INSERT INTO asked (
    id, person_id, kind, payload, application_id, guild_id, channel_id, token, token_expires_at_ms, upload_limit,
    locale, guild_locale, private, at_ms
)
SELECT
    :id, people.id, :kind, :payload, :application_id, :guild_id, :channel_id, :token, :token_expires_at_ms, :upload_limit,
    :locale, :guild_locale, :private, :at_ms
FROM people WHERE people.discord_id = :member_id
ON CONFLICT (id) DO NOTHING
RETURNING id

-- name: left
SELECT asked.*, people.discord_id AS member_id FROM asked JOIN people ON people.id = asked.person_id
WHERE asked.outcome IS NULL OR asked.outcome = 'telling'
ORDER BY asked.id

-- name: settle
-- The payload is a copy of what the order or a draft has now.
UPDATE asked SET outcome = :outcome, payload = CASE WHEN :outcome = 'telling' THEN payload ELSE '' END
WHERE id = :id AND (outcome IS NULL OR outcome = 'telling')

-- name: blank
UPDATE asked SET token = '' WHERE token_expires_at_ms <= :at_ms AND token <> ''

-- name: forget_old
DELETE FROM asked WHERE at_ms < :before_ms
