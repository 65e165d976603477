-- A clip of an order of several that its owner had posted in another place than the others.

-- 1: its card, thread and progress message are posts of the job; 0: those of its order.
ALTER TABLE jobs ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0 CHECK (elsewhere IN (0, 1));
