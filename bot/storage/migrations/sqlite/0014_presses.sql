-- Double presses: the same button or form of a member, pressed twice within seconds, makes one clip. Which one it was is stored
-- with what was asked, so that it holds after a restart and between processes.

-- '' where a second press is a second request, as a second command is.
ALTER TABLE asked ADD COLUMN press TEXT NOT NULL DEFAULT '';

CREATE INDEX asked_by_press ON asked (person_id, press) WHERE press <> '';
