-- What members typed, kept for a day.

-- name: save
INSERT INTO drafts (id, member_id, content, at_ms) VALUES (:id, :member_id, :content, :at_ms)
ON CONFLICT (id) DO UPDATE SET content = excluded.content, at_ms = excluded.at_ms
WHERE drafts.member_id = excluded.member_id

-- name: forget_old
DELETE FROM drafts WHERE at_ms < :before_ms

-- name: load
SELECT content FROM drafts WHERE id = :id AND member_id = :member_id

-- name: of_member
SELECT content FROM drafts WHERE member_id = :member_id

-- name: bytes_of_unbooked
-- No row for an image that a job keeps.
SELECT LENGTH(content) AS bytes FROM blobs
WHERE sha256 = :sha256 AND NOT EXISTS (SELECT 1 FROM job_images WHERE job_images.sha256 = blobs.sha256)
