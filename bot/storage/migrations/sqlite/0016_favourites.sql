-- Favourites: marks by which members find their own clips again.

ALTER TABLE jobs ADD COLUMN favourite INTEGER NOT NULL DEFAULT 0;

-- Finds the orders of a person in every state. The indexes that there are have those under way, or those that have ended.
CREATE INDEX orders_of_person ON orders (person_id);
