-- What members typed, kept for a day.

-- name: save
INSERT INTO drafts (id, member_id, content, at_ms) VALUES (:id, :member_id, :content, :at_ms)
ON CONFLICT (id) DO UPDATE SET content = excluded.content, at_ms = excluded.at_ms
WHERE drafts.member_id = excluded.member_id

-- name: forget_old_uses
DELETE FROM file_uses WHERE subject IN (SELECT 'draft:' || drafts.id FROM drafts WHERE drafts.at_ms < :before_ms)

-- name: forget_old
DELETE FROM drafts WHERE at_ms < :before_ms

-- name: load
SELECT content FROM drafts WHERE id = :id AND member_id = :member_id

-- name: bytes_kept
SELECT COALESCE(SUM(files.bytes), 0) AS bytes FROM files
WHERE files.id IN (
    SELECT file_uses.file_id FROM drafts JOIN file_uses ON file_uses.subject = 'draft:' || drafts.id
    WHERE drafts.member_id = :member_id
)
AND NOT EXISTS (SELECT 1 FROM file_uses WHERE file_uses.file_id = files.id AND file_uses.subject LIKE 'job:%')
