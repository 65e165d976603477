-- The text of a line to the operator, so that one that could not be sent is sent later.
ALTER TABLE posts ADD COLUMN content TEXT NOT NULL DEFAULT '';
