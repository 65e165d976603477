-- The order of the line over restarts and for every process, and how far a provider said that a clip is.

-- A member's last turn at each provider: it took a clip of theirs. Turns of all members are numbered from 1.
CREATE TABLE turns (
    provider TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    turn INTEGER NOT NULL,
    PRIMARY KEY (provider, person_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX turns_latest ON turns (turn);

-- The latest turn of all members when the job was booked; once its provider took it, its own.
ALTER TABLE jobs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
-- How far the provider said that the clip is, in per cent, when `bar_percent` was written.
ALTER TABLE jobs ADD COLUMN told_percent INTEGER CHECK (told_percent BETWEEN 0 AND 100);
