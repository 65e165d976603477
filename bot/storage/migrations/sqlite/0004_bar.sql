-- How full the bar of a clip that is being made was shown at most, in per cent, rounded up: after a restart it goes on from here.
ALTER TABLE jobs ADD COLUMN bar_percent INTEGER CHECK (bar_percent BETWEEN 0 AND 100);
