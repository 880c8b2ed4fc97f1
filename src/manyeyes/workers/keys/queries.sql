-- name: own_keys
-- The keys that a worker has set.
SELECT own_keys FROM worker WHERE worker_id = $1;

-- name: save_own_keys
-- Keep the keys that a worker has set, all of them.
UPDATE worker SET own_keys = $2 WHERE worker_id = $1;
