-- Accounts, and the people who own them. Both are made with the first order or grant; a person also when they ask for something.

-- name: add_person
INSERT INTO people (discord_id) VALUES (:member_id) ON CONFLICT (discord_id) DO NOTHING

-- name: add
INSERT INTO accounts (kind, person_id) SELECT :kind, people.id FROM people WHERE people.discord_id = :member_id
ON CONFLICT DO NOTHING
