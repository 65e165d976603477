-- The table and columns of 0010 of SQLite; what they mean is said there.

CREATE TABLE turns (
    provider TEXT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    turn BIGINT NOT NULL,
    PRIMARY KEY (provider, person_id)
);

CREATE INDEX turns_latest ON turns (turn);

ALTER TABLE jobs ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN told_percent BIGINT CHECK (told_percent BETWEEN 0 AND 100);
