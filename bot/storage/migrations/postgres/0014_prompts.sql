-- As 0018 of SQLite; what the column means is said there.

ALTER TABLE orders ADD COLUMN prompt TEXT NOT NULL DEFAULT '';
