-- A clip that was posted elsewhere; what the column means is said in the migration of SQLite.

ALTER TABLE jobs ADD COLUMN elsewhere BIGINT NOT NULL DEFAULT 0 CHECK (elsewhere IN (0, 1));
