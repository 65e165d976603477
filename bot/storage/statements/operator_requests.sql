-- What operators ask of the running bot from the shell, and its answers.

-- name: add
INSERT INTO operator_requests (job_id, action, sure, new_job_id, at_ms) VALUES (:job_id, :action, :sure, :new_job_id, :at_ms)
RETURNING id

-- name: forget_old
-- The latest requests are kept as a record.
DELETE FROM operator_requests WHERE id <= :id - :kept

-- name: unanswered
SELECT * FROM operator_requests WHERE answered_at_ms IS NULL ORDER BY id

-- name: answer
UPDATE operator_requests SET answered_at_ms = :at_ms, done = :done, answer = :answer
WHERE id = :id AND answered_at_ms IS NULL

-- name: answer_of
SELECT done, answer FROM operator_requests WHERE id = :id AND answered_at_ms IS NOT NULL
