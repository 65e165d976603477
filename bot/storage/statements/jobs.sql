-- Jobs. The marker /*changes*/ stands where the changed columns of one call are written in; see sql.py.

-- name: exists
SELECT 1 AS found FROM jobs WHERE id = :id

-- name: insert
INSERT INTO jobs (
    id, member_id, state, request, kind, resolution, duration, seed, provider, cost, created_at_ms, updated_at_ms,
    parent_id, left_after, resets_at_ms, application_id, guild_id, channel_id, token, token_expires_at_ms,
    upload_limit, locale, private, in_place, card_id, thread_id, progress_id, result_id, result_url, way
) VALUES (
    :id, :member_id, :state, :request, :kind, :resolution, :duration, :seed, :provider, :cost, :at_ms, :at_ms,
    :parent_id, :left_after, :resets_at_ms, :application_id, :guild_id, :channel_id, :token, :token_expires_at_ms,
    :upload_limit, :locale, :private, :in_place, :card_id, :thread_id, :progress_id, :result_id, :result_url,
    :way
)
ON CONFLICT (id) DO NOTHING
RETURNING *

-- name: running_of_member
-- A made clip that waits for a place to be posted in holds its credits, but keeps nobody from the next one.
SELECT COUNT(*) AS running FROM jobs
WHERE member_id = :member_id AND provider = :provider AND ended_at_ms IS NULL AND state <> 'unposted'

-- name: running_of_guild
SELECT COUNT(*) AS running FROM jobs
WHERE guild_id = :guild_id AND provider = :provider AND ended_at_ms IS NULL AND state <> 'unposted'

-- name: get
SELECT * FROM jobs WHERE id = :id

-- name: advance
UPDATE jobs SET
    state = :to_state, updated_at_ms = :at_ms, starts = 0,
    posting_fence = CASE WHEN :to_state = 'delivering' THEN COALESCE(posting_fence, fence) ELSE posting_fence END /*changes*/
WHERE id = :id AND state = :state AND fence = :fence
RETURNING *

-- name: end
UPDATE jobs SET
    state = :to_state, updated_at_ms = :at_ms, ended_at_ms = :at_ms, charged = :charged, starts = 0,
    failure = :failure, failure_detail = :detail /*changes*/
WHERE id = :id AND state = :state AND fence = :fence
RETURNING *

-- name: end_unreserved
UPDATE jobs SET charged = 0 WHERE id = :id
RETURNING *

-- name: readdress
UPDATE jobs SET shown = shown /*changes*/ WHERE id = :id

-- name: show_bar
-- Of two writers at one moment the fuller bar stays.
UPDATE jobs SET bar_percent = :percent WHERE id = :id AND COALESCE(bar_percent, 0) < :percent

-- name: post_here
-- A new place is a new start of posting: nothing was sent there yet, and what was too large elsewhere may fit.
UPDATE jobs SET
    state = 'fitting', updated_at_ms = :at_ms, starts = 0, failure = NULL, failure_detail = NULL, upload_limit_tried = NULL,
    posting_fence = NULL, application_id = :application_id, channel_id = :channel_id, token = :token,
    token_expires_at_ms = :token_expires_at_ms, upload_limit = :upload_limit, locale = :locale, private = :private,
    in_place = :in_place, card_id = :card_id, thread_id = :thread_id, progress_id = :progress_id, result_id = :result_id,
    result_url = :result_url, way = :way
WHERE id = :id AND state = 'unposted' AND fence = :fence AND discard = 0
RETURNING *

-- name: want_discard
-- A clip that is being posted may be there already: the wish would come too late to be kept.
-- Who threw it away first decides who pays, so a second word leaves it. What the owner threw away, no moderator posts; what
-- a moderator threw away, its owner does not bring back.
UPDATE jobs SET
    discard = :discard, updated_at_ms = :at_ms,
    discarded_by = CASE WHEN NOT :discard THEN NULL WHEN discard THEN discarded_by ELSE :by END
WHERE id = :id AND ended_at_ms IS NULL AND state <> 'delivering'
    AND (:discard OR discarded_by IS NULL OR (discarded_by = member_id) = (:by = member_id))
RETURNING *

-- name: take_over
-- Where the process before did not end in order, whatever it ran may be what broke it: the states in which something of ours
-- works at the job (a made clip without a place to be posted in only waits), and a preview that is drawn here. From :alone on
-- a job runs in a turn of its own, which counts by itself.
UPDATE jobs SET fence = fence + 1, updated_at_ms = :at_ms, starts = CASE
    WHEN NOT :broke THEN 0
    WHEN starts < :alone AND (
        state IN ('preparing', 'submitting', 'fetching', 'fitting', 'delivering')
        OR (state = 'generating' AND provider = 'preview')
    ) THEN starts + 1
    ELSE starts
END
WHERE ended_at_ms IS NULL
RETURNING *

-- name: take_over_unshown
-- The same for ends that are yet to be shown.
UPDATE jobs SET starts = CASE WHEN :broke THEN MIN(starts + 1, MAX(starts, :alone)) ELSE 0 END
WHERE ended_at_ms IS NOT NULL AND shown = 0

-- name: count_start
UPDATE jobs SET starts = starts + 1 WHERE id = :id AND fence = :fence AND (ended_at_ms IS NULL OR shown = 0)

-- name: resume
UPDATE jobs SET not_before_ms = NULL, troubled_since_ms = NULL, starts = 0 WHERE id = :id AND ended_at_ms IS NULL
RETURNING *

-- name: end_unreadable
UPDATE jobs SET
    state = 'failed', updated_at_ms = :at_ms, ended_at_ms = :at_ms, charged = 0, failure = :failure,
    failure_detail = 'ended by the operator, who could not read it'
WHERE id = :id AND ended_at_ms IS NULL

-- name: shown
UPDATE jobs SET shown = 1, starts = 0 WHERE id = :id AND ended_at_ms IS NOT NULL

-- name: unshown
SELECT * FROM jobs WHERE ended_at_ms IS NOT NULL AND shown = 0 ORDER BY ended_at_ms, id

-- name: unfinished_of_member
-- Those on their way, the latest first; then those that wait for a place, the one that ends first before the others.
SELECT * FROM jobs WHERE member_id = :member_id AND ended_at_ms IS NULL
ORDER BY state = 'unposted', CASE state WHEN 'unposted' THEN unposted_at_ms ELSE -created_at_ms END, id DESC LIMIT :most

-- name: ended_of_member
SELECT * FROM jobs WHERE member_id = :member_id AND ended_at_ms IS NOT NULL ORDER BY ended_at_ms DESC, id DESC
LIMIT :most OFFSET :skip

-- name: alike
-- At the same provider: a preview's final is not the real one.
SELECT * FROM jobs
WHERE parent_id = :parent_id AND member_id = :member_id AND provider = :provider AND seed = :seed
    AND ((ended_at_ms IS NULL AND discard = 0) OR (state = 'done' AND result_id IS NOT NULL))
ORDER BY id

-- name: references_held
-- The latest job stands for now: the store has no clock, and holding a reference for longer does no harm.
-- What has a + before it is in no index that may be chosen here: those would have us read all that the provider ever made.
SELECT provider_reference FROM jobs
WHERE ended_at_ms IS NULL AND +provider = :provider AND +provider_reference IS NOT NULL
UNION
SELECT provider_reference FROM jobs
WHERE provider = :provider AND +provider_reference IS NOT NULL
    AND created_at_ms >= (SELECT MAX(created_at_ms) FROM jobs WHERE provider = :provider) - :hold_ms

-- name: holder
SELECT id FROM jobs WHERE provider = :provider AND provider_reference = :reference

-- name: submitting
-- The + keeps to the unfinished jobs, as above.
SELECT * FROM jobs WHERE +provider = :provider AND state = 'submitting' AND ended_at_ms IS NULL
ORDER BY submitted_at_ms, id

-- name: took_ms
-- Only the latest are looked at, so that the cost stays the same as history grows.
SELECT latest.took_ms FROM (
    SELECT generated_at_ms - submitted_at_ms AS took_ms, duration, ended_at_ms FROM jobs
    WHERE provider = :provider AND kind = :kind AND resolution = :resolution AND state = 'done'
        AND submitted_at_ms IS NOT NULL AND generated_at_ms IS NOT NULL
    ORDER BY ended_at_ms DESC LIMIT :looked_at
) AS latest
ORDER BY ABS(latest.duration - :duration), latest.ended_at_ms DESC LIMIT :most
