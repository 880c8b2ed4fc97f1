-- name: app
-- One app by its secretId.
SELECT secret_id, name, cell, account_id, medium, time_zone, public_key, calls_per_second, suspended
FROM app WHERE secret_id = $1;

-- name: lock_apps
-- Apps that may change now.
SELECT secret_id, name, cell, account_id, medium, time_zone, public_key, calls_per_second, suspended
FROM app WHERE secret_id = ANY ($1::text[]) ORDER BY secret_id FOR UPDATE;

-- name: apps_of
-- The apps of an account, the oldest first; of all accounts when none is named.
SELECT secret_id, name, cell, account_id, medium, time_zone, public_key, calls_per_second, suspended
FROM app WHERE account_id = coalesce($1, account_id) ORDER BY created_at, secret_id;

-- name: insert_app
-- Open an app.
INSERT INTO app (secret_id, name, cell, account_id, medium, time_zone, public_key, calls_per_second, suspended, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now());

-- name: set_app
-- Change what is given of an app.
UPDATE app SET public_key = coalesce($2, public_key), suspended = coalesce($3, suspended),
               calls_per_second = coalesce($4, calls_per_second)
WHERE secret_id = $1 RETURNING secret_id;
