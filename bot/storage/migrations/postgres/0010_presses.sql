-- Double presses; what the column means is said in the migration of SQLite.

ALTER TABLE asked ADD COLUMN press TEXT NOT NULL DEFAULT '';

CREATE INDEX asked_by_press ON asked (person_id, press) WHERE press <> '';
