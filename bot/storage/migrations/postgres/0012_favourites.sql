-- Favourites; what the column means is said in the migration of SQLite.

ALTER TABLE jobs ADD COLUMN favourite BIGINT NOT NULL DEFAULT 0;

-- Finds the orders of a person in every state. The indexes that there are have those under way, or those that have ended.
CREATE INDEX orders_of_person ON orders (person_id);
