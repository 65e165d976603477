-- Files by their SHA-256 with what uses them, and the references of providers that have them.

-- name: known
SELECT used_ms FROM files WHERE sha256 = :sha256 AND location = 'database'

-- name: put
INSERT INTO files (sha256, type, bytes, location, used_ms, content)
VALUES (:sha256, :type, :bytes, 'database', :at_ms, :content)
ON CONFLICT (sha256) DO UPDATE SET location = 'database', used_ms = excluded.used_ms, content = excluded.content

-- name: touch
UPDATE files SET used_ms = :at_ms WHERE sha256 = :sha256 AND location = 'database'

-- name: use
-- A picture of a request. One that is not stored has no use to note.
INSERT INTO file_uses (file_id, subject, role, pinned)
SELECT id, :subject, 'reference', 1 FROM files WHERE sha256 = :sha256
ON CONFLICT (file_id, subject, role) DO NOTHING

-- name: forget_uses
DELETE FROM file_uses WHERE subject = :subject

-- name: prune
-- Pictures that no job and no draft uses any more. A few at a time, since all writes share one connection.
DELETE FROM files WHERE id IN (
    SELECT old.id FROM files AS old
    WHERE old.location = 'database' AND old.used_ms < :before_ms
        AND NOT EXISTS (SELECT 1 FROM file_uses WHERE file_uses.file_id = old.id)
    ORDER BY old.used_ms LIMIT :most
)

-- name: get
SELECT content, type FROM files WHERE sha256 = :sha256 AND location = 'database'

-- name: uploaded
SELECT reference FROM uploads WHERE provider = :provider AND sha256 = :sha256

-- name: remember_upload
INSERT INTO uploads (provider, sha256, reference, at_ms) VALUES (:provider, :sha256, :reference, :at_ms)
ON CONFLICT (provider, sha256) DO UPDATE SET reference = excluded.reference, at_ms = excluded.at_ms

-- name: forget_upload
DELETE FROM uploads WHERE provider = :provider AND sha256 = :sha256
