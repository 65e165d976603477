-- What members typed, kept for a day.

-- name: save
INSERT INTO drafts (id, member_id, content, at_ms) VALUES (:id, :member_id, :content, :at_ms)
ON CONFLICT (id) DO UPDATE SET content = excluded.content, at_ms = excluded.at_ms
WHERE drafts.member_id = excluded.member_id

-- name: forget_old
DELETE FROM drafts WHERE at_ms < :before_ms

-- name: load
SELECT content FROM drafts WHERE id = :id AND member_id = :member_id

-- name: bytes_kept
-- A damaged draft counts as one without pictures.
SELECT COALESCE(SUM(LENGTH(blobs.content)), 0) AS bytes FROM blobs
WHERE blobs.sha256 IN (
    SELECT JSON_EXTRACT(picture.value, '$.sha256')
    FROM drafts, JSON_EACH(CASE WHEN JSON_VALID(drafts.content) THEN drafts.content ELSE '{}' END, '$.references') AS picture
    WHERE drafts.member_id = :member_id AND picture.type = 'object'
)
AND NOT EXISTS (SELECT 1 FROM job_images WHERE job_images.sha256 = blobs.sha256)
