-- What was typed as an order's prompt, with the braces of its alternatives. '' where the prompts of its jobs say it all, and for
-- orders from before, whose cards show what their jobs' prompts come to.

ALTER TABLE orders ADD COLUMN prompt TEXT NOT NULL DEFAULT '';
