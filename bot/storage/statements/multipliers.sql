-- The allowance multiplier by role with which each member was last seen in a server.

-- name: last
SELECT multiplier FROM multipliers WHERE member_id = :member_id

-- name: remember
INSERT INTO multipliers (member_id, multiplier, at_ms) VALUES (:member_id, :multiplier, :at_ms)
ON CONFLICT (member_id) DO UPDATE SET multiplier = excluded.multiplier, at_ms = excluded.at_ms
