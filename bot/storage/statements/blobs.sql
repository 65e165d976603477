-- Images by content, and which provider has them already.

-- name: exists
SELECT 1 AS found FROM blobs WHERE sha256 = :sha256

-- name: put
INSERT INTO blobs (sha256, media_type, at_ms, content) VALUES (:sha256, :media_type, :at_ms, :content)
ON CONFLICT (sha256) DO NOTHING

-- name: get
SELECT content, media_type FROM blobs WHERE sha256 = :sha256

-- name: uploaded
SELECT reference FROM uploads WHERE provider = :provider AND sha256 = :sha256

-- name: remember_upload
INSERT INTO uploads (provider, sha256, reference, at_ms) VALUES (:provider, :sha256, :reference, :at_ms)
ON CONFLICT (provider, sha256) DO UPDATE SET reference = excluded.reference, at_ms = excluded.at_ms

-- name: forget_upload
DELETE FROM uploads WHERE provider = :provider AND sha256 = :sha256
