-- Pictures and finished clips alike are files; what needs a file is one of its uses. Replaces `blobs` and `job_images`.

CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    -- The media type, `image/jpeg` for example.
    type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    -- `database`: in `content`, as pictures of requests are. `clips`: in the folder of that name beside the database. NULL: it had to
    -- make room for later ones.
    location TEXT CHECK (location IN ('database', 'clips')),
    -- When it was last handed in, posted or handed out.
    used_ms INTEGER NOT NULL,
    content BLOB,
    CHECK ((content IS NOT NULL) = (location IS NOT NULL AND location = 'database'))
) STRICT;

-- The unique index on (file_id, subject, role) finds the uses of a file.
CREATE TABLE file_uses (
    file_id INTEGER NOT NULL REFERENCES files (id),
    -- `job:<id>` or `draft:<id>`.
    subject TEXT NOT NULL,
    -- `reference`: a picture of the request. `clip`, `poster`: what came of the job.
    role TEXT NOT NULL,
    -- 1: the file stays as long as this use is there. 0: it may have to make room.
    pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),
    PRIMARY KEY (file_id, subject, role)
) STRICT, WITHOUT ROWID;

-- What came of a job.
CREATE TABLE outputs (
    job_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    file_id INTEGER NOT NULL REFERENCES files (id),
    PRIMARY KEY (job_id, position)
) STRICT, WITHOUT ROWID;

INSERT INTO files (sha256, type, bytes, location, used_ms, content)
SELECT sha256, media_type, LENGTH(content), 'database', at_ms, content FROM blobs ORDER BY at_ms, sha256;

-- The pictures of jobs, for Again and Remix.
INSERT INTO file_uses (file_id, subject, role, pinned)
SELECT files.id, 'job:' || job_images.job_id, 'reference', 1
FROM job_images JOIN files ON files.sha256 = job_images.sha256;

-- The pictures of drafts. A damaged draft has none.
INSERT INTO file_uses (file_id, subject, role, pinned)
SELECT DISTINCT files.id, 'draft:' || drafts.id, 'reference', 1
FROM drafts, JSON_EACH(CASE WHEN JSON_VALID(drafts.content) THEN drafts.content ELSE '{}' END, '$.references') AS picture
JOIN files ON files.sha256 = JSON_EXTRACT(picture.value, '$.sha256')
WHERE picture.type = 'object';

DROP TABLE job_images;
DROP TABLE blobs;

CREATE INDEX files_by_location ON files (location, used_ms);
CREATE INDEX file_uses_by_subject ON file_uses (subject);
CREATE INDEX outputs_by_file ON outputs (file_id);
