-- Images by their SHA-256, and the references of providers that have them.

-- name: known
SELECT at_ms FROM blobs WHERE sha256 = :sha256

-- name: put
INSERT INTO blobs (sha256, media_type, at_ms, content) VALUES (:sha256, :media_type, :at_ms, :content)
ON CONFLICT (sha256) DO UPDATE SET at_ms = excluded.at_ms

-- name: touch
UPDATE blobs SET at_ms = :at_ms WHERE sha256 = :sha256

-- name: keep_for_job
INSERT INTO job_images (sha256, job_id) VALUES (:sha256, :job_id)

-- name: prune
-- Images that no job uses and no draft names any more. A few at a time, since all writes share one connection.
DELETE FROM blobs WHERE sha256 IN (
    SELECT old.sha256 FROM blobs AS old
    WHERE old.at_ms < :before_ms
        AND NOT EXISTS (SELECT 1 FROM job_images WHERE job_images.sha256 = old.sha256)
        AND NOT EXISTS (SELECT 1 FROM drafts WHERE drafts.content LIKE '%' || old.sha256 || '%')
    ORDER BY old.at_ms LIMIT :most
)

-- name: get
SELECT content, media_type FROM blobs WHERE sha256 = :sha256

-- name: uploaded
SELECT reference FROM uploads WHERE provider = :provider AND sha256 = :sha256

-- name: remember_upload
INSERT INTO uploads (provider, sha256, reference, at_ms) VALUES (:provider, :sha256, :reference, :at_ms)
ON CONFLICT (provider, sha256) DO UPDATE SET reference = excluded.reference, at_ms = excluded.at_ms

-- name: forget_upload
DELETE FROM uploads WHERE provider = :provider AND sha256 = :sha256
