-- The language of a job's member, for the messages that they alone read; `locale` is that of its other messages. Before this, `locale`
-- was the member's.
ALTER TABLE jobs ADD COLUMN member_locale TEXT NOT NULL DEFAULT 'en-US';
UPDATE jobs SET member_locale = locale;
