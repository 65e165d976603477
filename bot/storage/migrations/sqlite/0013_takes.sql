-- Orders of several jobs: how many clips an order has, which of them counts, and what tells its clips apart.
-- Until now every order had one job.

ALTER TABLE orders ADD COLUMN size INTEGER NOT NULL DEFAULT 1;
-- The job of "Use this one".
ALTER TABLE orders ADD COLUMN used_job_id INTEGER;
-- Which take of its prompt a job is, from 1; 0 where its prompt has one take only.
ALTER TABLE jobs ADD COLUMN take INTEGER NOT NULL DEFAULT 0;
-- What the alternatives in the prompt gave to it; '' without any.
ALTER TABLE jobs ADD COLUMN variant TEXT NOT NULL DEFAULT '';
