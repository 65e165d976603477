-- Small texts that are kept over a restart.

-- name: read
SELECT value FROM settings WHERE key = :key

-- name: write
INSERT INTO settings (key, value, at_ms) VALUES (:key, :value, :at_ms)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms
