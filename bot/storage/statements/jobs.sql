-- Jobs. The marker /*changes*/ is replaced by the columns that one call changes; see `changing` in sql.py. /*owner*/ is replaced by
-- the part of that name, and /*of_order*/ by what a job is read with: columns of its order, where its messages are, and what
-- answers the interaction that asked for its card.

-- part: owner
(SELECT people.discord_id FROM orders JOIN people ON people.id = orders.person_id WHERE orders.id = jobs.order_id)

-- part: messages
CASE jobs.elsewhere WHEN 1 THEN 'job:' || jobs.id ELSE 'order:' || jobs.order_id END

-- part: answer
-- The interaction that the card answers, and with what. One text, since each column of it would be looked up by itself.
(
    SELECT posts.asked_id || COALESCE(
        ' ' || asked.application_id || ' ' || asked.token_expires_at_ms || ' ' || asked.upload_limit || ' ' || asked.token, ''
    )
    FROM posts LEFT JOIN asked ON asked.id = posts.asked_id
    WHERE posts.subject = /*messages*/ AND posts.purpose = 'card' AND posts.part = 0
)

-- part: of_order
/*owner*/ AS member_id,
(SELECT orders.guild_id FROM orders WHERE orders.id = jobs.order_id) AS guild_id,
(SELECT orders.parent_job_id FROM orders WHERE orders.id = jobs.order_id) AS parent_id,
(SELECT orders.size FROM orders WHERE orders.id = jobs.order_id) AS order_size,
(SELECT orders.used_job_id FROM orders WHERE orders.id = jobs.order_id) AS used_job_id,
(SELECT orders.prompt FROM orders WHERE orders.id = jobs.order_id) AS order_prompt,
(SELECT message_id FROM posts WHERE subject = /*messages*/ AND purpose = 'card' AND part = 0) AS card_id,
/*answer*/ AS answer,
(SELECT wanted_rev FROM posts WHERE subject = 'order:' || jobs.order_id AND purpose = 'card' AND part = 0) AS card_rev,
(SELECT wanted_rev FROM posts WHERE subject = 'order:' || jobs.order_id AND purpose = 'progress' AND part = 0) AS progress_rev,
(SELECT message_id FROM posts WHERE subject = /*messages*/ AND purpose = 'thread' AND part = 0) AS thread_id,
(
    SELECT CASE posts.state WHEN 'refused' THEN 1 ELSE 0 END FROM posts
    WHERE subject = /*messages*/ AND purpose = 'thread' AND part = 0
) AS in_place,
(SELECT message_id FROM posts WHERE subject = /*messages*/ AND purpose = 'progress' AND part = 0) AS progress_id,
(SELECT message_id FROM posts WHERE subject = 'job:' || jobs.id AND purpose = 'clip' AND part = 0) AS result_id,
(SELECT way FROM posts WHERE subject = 'job:' || jobs.id AND purpose = 'clip' AND part = 0) AS way,
(SELECT posts.channel_id FROM posts WHERE subject = 'job:' || jobs.id AND purpose = 'clip' AND part = 0) AS clip_channel_id,
(SELECT posts.fence FROM posts WHERE subject = 'job:' || jobs.id AND purpose = 'clip' AND part = 0) AS posting_fence

-- name: insert
INSERT INTO jobs (
    id, order_id, position, state, fence, request, kind, resolution, duration, seed, provider, cost, created_at_ms,
    updated_at_ms, left_after, resets_at_ms, channel_id, locale, member_locale, private, take, variant, turn
) VALUES (
    :id, :order_id, :position, :state, :fence, :request, :kind, :resolution, :duration, :seed, :provider, :cost, :at_ms,
    :at_ms, :left_after, :resets_at_ms, :channel_id, :locale, :member_locale, :private, :take, :variant,
    (SELECT COALESCE(MAX(turns.turn), 0) FROM turns)
)
RETURNING *, /*of_order*/

-- name: get
SELECT *, /*of_order*/ FROM jobs WHERE id = :id

-- name: in_order
SELECT *, /*of_order*/ FROM jobs WHERE order_id = :order_id ORDER BY position

-- name: of_source
SELECT jobs.*, /*of_order*/ FROM jobs JOIN orders ON orders.id = jobs.order_id WHERE orders.source = :source ORDER BY jobs.position

-- name: advance
UPDATE jobs SET
    state = :to_state, updated_at_ms = :at_ms, starts = 0,
    turn = CASE WHEN :to_state = 'generating' THEN (SELECT COALESCE(MAX(turns.turn), 0) + 1 FROM turns) ELSE turn END /*changes*/
WHERE id = :id AND state = :state AND fence = :fence
RETURNING *, /*of_order*/

-- name: end
UPDATE jobs SET
    state = :to_state, updated_at_ms = :at_ms, ended_at_ms = :at_ms, charged = :charged, starts = 0,
    failure = :failure, failure_detail = :detail
WHERE id = :id AND state = :state AND fence = :fence
RETURNING *, /*of_order*/

-- name: end_unreserved
UPDATE jobs SET charged = 0 WHERE id = :id
RETURNING *, /*of_order*/

-- name: show_bar
-- The bar never goes back: a lower value than the stored one changes nothing.
UPDATE jobs SET bar_percent = :percent, told_percent = COALESCE(:told, told_percent) WHERE id = :id AND COALESCE(bar_percent, 0) < :percent

-- name: post_here
-- Posting starts anew in the new place: nothing was sent there yet, and a file that was too large elsewhere may fit.
UPDATE jobs SET
    state = 'fitting', updated_at_ms = :at_ms, starts = 0, failure = NULL, failure_detail = NULL, upload_limit_tried = NULL,
    channel_id = :channel_id, locale = :locale, member_locale = :member_locale, private = :private, elsewhere = :elsewhere
WHERE id = :id AND state = 'unposted' AND fence = :fence AND discard = 0

-- name: want_discard
-- Not while the clip is being posted: it may stand in Discord already.
-- `discarded_by` is the first who threw it away, which decides who pays; a second one does not change it. Only the owner takes
-- back what the owner threw away, and only moderators what a moderator threw away.
UPDATE jobs SET
    discard = :discard, updated_at_ms = :at_ms,
    discarded_by = CASE WHEN :discard = 0 THEN NULL WHEN discard = 1 THEN discarded_by ELSE :by END
WHERE id = :id AND ended_at_ms IS NULL AND state <> 'delivering'
    AND (:discard = 1 OR discarded_by IS NULL OR (discarded_by = /*owner*/) = (:by = /*owner*/))
RETURNING *, /*of_order*/

-- name: take_over
-- If the process before crashed (:broke), a job that it worked on may be the reason. So `starts` is raised for the states in
-- which this bot works on a job, and for previews, which are drawn here; unposted jobs only wait. A job whose
-- `starts` has reached :alone runs in a turn of its own, and only `count_start` raises its `starts` further.
UPDATE jobs SET fence = fence + 1, updated_at_ms = :at_ms, starts = CASE
    WHEN :broke = 0 THEN 0
    WHEN starts < :alone AND (
        state IN ('preparing', 'submitting', 'fetching', 'fitting', 'delivering')
        OR (state = 'generating' AND provider = 'preview')
    ) THEN starts + 1
    ELSE starts
END
WHERE ended_at_ms IS NULL
RETURNING *, /*of_order*/

-- name: take_over_behind
-- The same for ended jobs whose messages do not show that yet.
UPDATE jobs SET starts = CASE WHEN :broke = 0 THEN 0 WHEN starts < :alone THEN starts + 1 ELSE starts END
WHERE ended_at_ms IS NOT NULL AND order_id IN (
    SELECT CAST(SUBSTR(subject, 7) AS BIGINT) FROM posts
    WHERE purpose IN ('card', 'progress') AND shown_rev < wanted_rev AND due_ms <= :at_ms
)

-- name: count_start
UPDATE jobs SET starts = starts + 1
WHERE id = :id AND fence = :fence AND (
    ended_at_ms IS NULL OR EXISTS (
        SELECT 1 FROM posts
        WHERE subject = 'order:' || jobs.order_id AND purpose IN ('card', 'progress') AND part = 0 AND shown_rev < wanted_rev
    )
)

-- name: reset_starts
UPDATE jobs SET starts = 0 WHERE id = :id AND ended_at_ms IS NOT NULL

-- name: resume
UPDATE jobs SET not_before_ms = NULL, troubled_since_ms = NULL, starts = 0 WHERE id = :id AND ended_at_ms IS NULL
RETURNING *, /*of_order*/

-- name: order_of
SELECT order_id FROM jobs WHERE id = :id

-- name: end_unreadable
UPDATE jobs SET
    state = 'failed', updated_at_ms = :at_ms, ended_at_ms = :at_ms, charged = 0, failure = :failure,
    failure_detail = :detail
WHERE id = :id AND ended_at_ms IS NULL

-- name: behind
SELECT jobs.*, /*of_order*/
FROM jobs
WHERE jobs.ended_at_ms IS NOT NULL AND jobs.order_id IN (
    SELECT CAST(SUBSTR(subject, 7) AS BIGINT) FROM posts
    WHERE purpose IN ('card', 'progress') AND shown_rev < wanted_rev AND due_ms <= :at_ms
)
ORDER BY jobs.ended_at_ms, jobs.id

-- name: refused
SELECT jobs.*, /*of_order*/
FROM jobs
WHERE jobs.ended_at_ms IS NOT NULL AND jobs.order_id IN (
    SELECT CAST(SUBSTR(subject, 7) AS BIGINT) FROM posts
    WHERE purpose IN ('card', 'progress') AND shown_rev < wanted_rev AND due_ms <= :at_ms AND tried > 0
)
ORDER BY jobs.ended_at_ms, jobs.id LIMIT :most

-- name: unfinished_of_member
-- Jobs of unfinished orders, one order after the other. First the orders in which a clip runs, the latest first; then those in
-- which clips only wait to be posted, beginning with the order of the one that has been unposted longest.
SELECT jobs.*, /*of_order*/
FROM (
    SELECT orders.id,
        MIN(CASE WHEN each_job.ended_at_ms IS NULL AND each_job.state <> 'unposted' THEN 0 ELSE 1 END) AS only_waits,
        CASE MIN(CASE WHEN each_job.ended_at_ms IS NULL AND each_job.state <> 'unposted' THEN 0 ELSE 1 END)
            WHEN 1 THEN MIN(CASE each_job.state WHEN 'unposted' THEN each_job.unposted_at_ms END)
            ELSE -MIN(each_job.created_at_ms)
        END AS place
    FROM people
    JOIN orders ON orders.person_id = people.id AND orders.ended_at_ms IS NULL
    JOIN jobs AS each_job ON each_job.order_id = orders.id
    WHERE people.discord_id = :member_id
    GROUP BY orders.id
    ORDER BY only_waits, place, orders.id DESC
    LIMIT :most
) AS page
JOIN jobs ON jobs.order_id = page.id
ORDER BY page.only_waits, page.place, page.id DESC, jobs.position

-- name: ended_of_member
-- Jobs of ended orders, one order after the other, the latest first. The page of orders comes first, so that only their jobs are
-- read.
SELECT jobs.*, /*of_order*/
FROM (
    SELECT orders.id, orders.ended_at_ms
    FROM people
    JOIN orders ON orders.person_id = people.id AND orders.ended_at_ms IS NOT NULL
    WHERE people.discord_id = :member_id
    ORDER BY orders.ended_at_ms DESC, orders.id DESC
    LIMIT :most OFFSET :skip
) AS page
JOIN jobs ON jobs.order_id = page.id
ORDER BY page.ended_at_ms DESC, page.id DESC, jobs.position

-- name: alike
SELECT jobs.*, /*of_order*/
FROM orders
JOIN people ON people.id = orders.person_id
JOIN jobs ON jobs.order_id = orders.id
WHERE orders.parent_job_id = :parent_id AND people.discord_id = :member_id AND jobs.seed = :seed
    AND ((jobs.ended_at_ms IS NULL AND jobs.discard = 0) OR (jobs.state = 'done' AND EXISTS (
        SELECT 1 FROM posts
        WHERE subject = 'job:' || jobs.id AND purpose = 'clip' AND part = 0 AND message_id IS NOT NULL
    )))
ORDER BY jobs.id

-- name: references_held
-- The store has no clock, so the time of the latest job counts as the present; an older reference in the answer does no harm.
-- An appended '' keeps SQLite from using a column's index here, which would read all jobs that the provider ever made.
SELECT provider_reference FROM jobs
WHERE ended_at_ms IS NULL AND provider || '' = :provider AND provider_reference || '' IS NOT NULL
UNION
SELECT provider_reference FROM jobs
WHERE provider = :provider AND provider_reference || '' IS NOT NULL
    AND created_at_ms >= (SELECT MAX(created_at_ms) FROM jobs WHERE provider = :provider) - :hold_ms

-- name: holder
SELECT id FROM jobs WHERE provider = :provider AND provider_reference = :reference

-- name: submitting
-- The '' makes SQLite read the unfinished jobs only, as above.
SELECT *, /*of_order*/ FROM jobs WHERE provider || '' = :provider AND state = 'submitting' AND ended_at_ms IS NULL
ORDER BY submitted_at_ms, id

-- name: took_ms
-- Only the latest jobs are compared, so that the query does not get slower as the table grows.
SELECT latest.took_ms FROM (
    SELECT generated_at_ms - submitted_at_ms AS took_ms, duration, ended_at_ms FROM jobs
    WHERE provider = :provider AND kind = :kind AND resolution = :resolution AND state = 'done'
        AND submitted_at_ms IS NOT NULL AND generated_at_ms IS NOT NULL
    ORDER BY ended_at_ms DESC LIMIT :looked_at
) AS latest
ORDER BY ABS(latest.duration - :duration), latest.ended_at_ms DESC LIMIT :most
