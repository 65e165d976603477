-- What came of jobs: clips and posters in the folder `clips`, and the uses that keep them there.

-- name: keep
-- The same content may be there already, for another job or as a picture of a request.
INSERT INTO files (sha256, type, bytes, location, used_ms) VALUES (:sha256, :type, :bytes, 'clips', :at_ms)
ON CONFLICT (sha256) DO UPDATE SET
    location = COALESCE(files.location, 'clips'),
    used_ms = CASE WHEN files.used_ms > excluded.used_ms THEN files.used_ms ELSE excluded.used_ms END
RETURNING id

-- name: use
INSERT INTO file_uses (file_id, subject, role, pinned) VALUES (:file_id, :subject, :kind, 0)
ON CONFLICT (file_id, subject, role) DO NOTHING

-- name: list
INSERT INTO outputs (job_id, position, kind, file_id) VALUES (:job_id, :position, :kind, :file_id)
ON CONFLICT (job_id, position) DO NOTHING

-- name: of_job
SELECT files.id, files.sha256, files.type, files.bytes, files.used_ms
FROM outputs JOIN files ON files.id = outputs.file_id
WHERE outputs.job_id = :job_id AND outputs.kind = :kind AND files.location = 'clips'
ORDER BY outputs.position LIMIT 1

-- name: touch
UPDATE files SET used_ms = :at_ms WHERE id = :id

-- name: unlist
DELETE FROM outputs WHERE job_id = :job_id RETURNING file_id

-- name: forget_use
DELETE FROM file_uses WHERE file_id = :file_id AND subject = :subject AND role IN ('clip', 'poster')

-- name: remove_unused
-- A picture of a request (location 'database') is pruned once it is old, see files.sql.
DELETE FROM files
WHERE id = :file_id AND COALESCE(location, 'clips') = 'clips'
    AND NOT EXISTS (SELECT 1 FROM file_uses WHERE file_uses.file_id = files.id)
RETURNING sha256, type

-- name: kept
SELECT id, sha256, type, bytes FROM files WHERE location = 'clips'

-- name: is_kept
SELECT 1 AS found FROM files WHERE sha256 = :sha256 AND location = 'clips'

-- name: bytes_kept
SELECT COALESCE(SUM(bytes), 0) AS bytes FROM files WHERE location = 'clips'

-- name: oldest
SELECT id, sha256, type, bytes FROM files
WHERE location = 'clips'
    AND NOT EXISTS (SELECT 1 FROM file_uses WHERE file_uses.file_id = files.id AND file_uses.pinned = 1)
ORDER BY used_ms, id

-- name: make_room
-- The uses stay, so that a file that made room can be told from one that was never kept.
UPDATE files SET location = NULL WHERE id = :id AND location = 'clips'
