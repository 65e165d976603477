-- Posts: messages and threads of ours at Discord. See bot/domain/post.py.

-- name: keep
-- Which interaction a card answers stays as it is: `move` alone changes it.
INSERT INTO posts (id, subject, purpose, part, way, channel_id, nonce, message_id, state, fence, content, asked_id)
VALUES (:id, :subject, :purpose, :part, :way, :channel_id, :nonce, :message_id, :state, :fence, :content, :asked_id)
ON CONFLICT (subject, purpose, part) DO UPDATE SET
    way = excluded.way, channel_id = excluded.channel_id, message_id = excluded.message_id, state = excluded.state,
    fence = excluded.fence
RETURNING *

-- name: find
SELECT * FROM posts WHERE subject = :subject AND purpose = :purpose AND part = :part

-- name: begin_clip
-- Written with the transition of the job to `delivering`: the place in which its clip is posted first, and the fence under which
-- that begins. A clip whose posting began before keeps its place. A private clip has no first place of this kind.
INSERT INTO posts (id, subject, purpose, part, way, channel_id, nonce, state, fence)
SELECT
    :post_id, :subject, 'clip', 0,
    CASE jobs.private WHEN 0 THEN 'channel' END,
    CASE jobs.private WHEN 0 THEN COALESCE(
        (SELECT thread.message_id FROM posts AS thread WHERE thread.subject = :order AND thread.purpose = 'thread' AND thread.part = 0),
        jobs.channel_id
    ) END,
    :nonce, 'begun', jobs.fence
FROM jobs WHERE jobs.id = :id AND jobs.state = :state AND jobs.fence = :fence
ON CONFLICT (subject, purpose, part) DO UPDATE SET
    way = COALESCE(posts.way, excluded.way), channel_id = COALESCE(posts.channel_id, excluded.channel_id),
    fence = COALESCE(posts.fence, excluded.fence), state = CASE posts.state WHEN 'wanted' THEN 'begun' ELSE posts.state END

-- name: clip_posted
-- Written with the end of the job, if it is still as the run knew it. The way stays the one by which sending the clip began.
INSERT INTO posts (id, subject, purpose, part, way, channel_id, nonce, message_id, state, fence)
SELECT :post_id, :subject, 'clip', 0, :way, :channel_id, :nonce, :message_id, :post_state, jobs.fence
FROM jobs WHERE jobs.id = :id AND jobs.state = :state AND jobs.fence = :fence
ON CONFLICT (subject, purpose, part) DO UPDATE SET
    way = COALESCE(posts.way, excluded.way), channel_id = excluded.channel_id, message_id = excluded.message_id,
    state = excluded.state

-- name: want_end
-- Written with the end of the job, if it is still as the run knew it: card and progress message have something new to show.
UPDATE posts SET wanted_rev = wanted_rev + 1, tried = 0, due_ms = 0
WHERE subject = :order AND purpose IN ('card', 'progress')
    AND EXISTS (SELECT 1 FROM jobs WHERE jobs.id = :id AND jobs.state = :state AND jobs.fence = :fence)

-- name: want
UPDATE posts SET wanted_rev = wanted_rev + 1, tried = 0, due_ms = 0
WHERE subject = :subject AND purpose IN ('card', 'progress')
RETURNING purpose, wanted_rev

-- name: move
-- An unposted clip gets another place: the answer to the interaction that asked for it is its card from now on, and the thread
-- and the progress message stay behind. Its clip is not begun there yet. Written once `jobs.post_here` has moved the job.
UPDATE posts SET
    way = CASE purpose WHEN 'card' THEN 'answer' END,
    channel_id = CASE purpose WHEN 'card' THEN CAST(:channel_id AS BIGINT) END,
    message_id = CASE purpose WHEN 'card' THEN CAST(:card_id AS BIGINT) END,
    asked_id = CASE purpose WHEN 'card' THEN CAST(:asked_id AS BIGINT) END,
    state = CASE purpose WHEN 'card' THEN CASE WHEN CAST(:card_id AS BIGINT) IS NULL THEN 'begun' ELSE 'sent' END
        WHEN 'thread' THEN 'refused' ELSE 'wanted' END,
    fence = NULL
WHERE (subject = :order AND purpose IN ('card', 'thread', 'progress')) OR (subject = :subject AND purpose = 'clip')

-- name: shown
-- A revision of 0 notes nothing for that message.
UPDATE posts SET shown_rev = CASE purpose WHEN 'card' THEN :card_rev ELSE :progress_rev END, tried = 0, due_ms = 0
WHERE subject = :subject
    AND ((purpose = 'card' AND shown_rev < :card_rev) OR (purpose = 'progress' AND shown_rev < :progress_rev))

-- name: tried
SELECT tried FROM posts WHERE subject = :subject AND purpose = :purpose AND part = 0 AND shown_rev < wanted_rev

-- name: put_off
UPDATE posts SET tried = tried + 1, due_ms = :due_ms
WHERE subject = :subject AND purpose = :purpose AND shown_rev < wanted_rev

-- name: all_shown
-- For a job that the operator ended although this version can't read it: its order's card counts as up to date.
UPDATE posts SET shown_rev = wanted_rev
WHERE subject = (SELECT 'order:' || jobs.order_id FROM jobs WHERE jobs.id = :id) AND purpose IN ('card', 'progress')

-- name: recent_line
-- Lines to the operator: `part` is the id, which has the time in it.
SELECT * FROM posts WHERE subject = 'operator' AND purpose = 'line' AND part >= :since_id AND content = :content

-- name: oldest_line
SELECT id FROM posts WHERE subject = 'operator' AND purpose = 'line' ORDER BY part LIMIT 1

-- name: lines_left
SELECT * FROM posts
WHERE subject = 'operator' AND purpose = 'line' AND part >= :since_id AND state = 'begun' AND due_ms <= :at_ms
ORDER BY part LIMIT :most

-- name: forget_lines
DELETE FROM posts WHERE subject = 'operator' AND purpose = 'line' AND part < :before_id

-- name: line_tried
SELECT tried FROM posts WHERE id = :id

-- name: put_line_off
UPDATE posts SET tried = tried + 1, due_ms = :due_ms WHERE id = :id
