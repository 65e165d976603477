-- What a member pays for a clip that is not as it was asked for, where that is less than its cost. Written when the clip was
-- looked at, so that every way to its end charges the same.
ALTER TABLE jobs ADD COLUMN reduced_to INTEGER CHECK (reduced_to BETWEEN 0 AND cost);
